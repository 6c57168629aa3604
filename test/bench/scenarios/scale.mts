import { interleaved, medianOf } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench, type Measured } from '../workbench.mts';

const FEW = 1_000;
const MANY = 10_000;

export const scale: Scenario = {
	name: 'scale',
	run: async ({ rounds }) =>
		await withWorkbench(async (bench): Promise<Figure[]> => {
			const work = { bytes: 2 * 1024, concurrency: 20 };
			const { few, many } = await interleaved(rounds, {
				few: async () => await bench.ours({ ...work, items: FEW }),
				many: async () => await bench.ours({ ...work, items: MANY }),
			});
			const perItem = (samples: readonly Measured[], items: number) =>
				medianOf(samples, ({ wallMs }) => wallMs) / items;
			const [atFew, atMany] = [perItem(few, FEW), perItem(many, MANY)];
			return [
				{
					name: 'time per item at 10,000 items, of that at 1,000',
					value: atMany / atFew,
					unit: '×',
					limit: { atMost: 1.25 },
					beside: { 'ms/item at 1,000': atFew, 'ms/item at 10,000': atMany },
				},
				{
					name: 'ledger for each finished audio row',
					value: await bench.ledgerBytesPerRow({ ...work, items: FEW }),
					unit: 'bytes',
					limit: { atMost: 1_000 },
					beside: { 'as JSON, rows': FEW },
				},
			];
		}),
};
