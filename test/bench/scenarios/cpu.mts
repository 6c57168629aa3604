import { interleaved, medianOf } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench } from '../workbench.mts';

const ITEMS = 1_000;
const BYTES = 20 * 1024;

export const cpu: Scenario = {
	name: 'CPU per item',
	run: async ({ rounds }) =>
		await withWorkbench(async (bench): Promise<Figure[]> => {
			const work = { items: ITEMS, bytes: BYTES, concurrency: 5 };
			// Two warm-up rounds: the first runs before the optimising compiler has seen much.
			await bench.ours(work);
			const samples = await interleaved(rounds, {
				ours: async () => await bench.ours(work),
				bare: async () => await bench.rival('bareLoop', work),
				empty: async () => await bench.empty(work),
			});
			const perItem = (name: keyof typeof samples) =>
				medianOf(samples[name], ({ cpuMs }) => cpuMs) / ITEMS;
			const [ours, bare, empty] = [perItem('ours'), perItem('bare'), perItem('empty')];
			return [
				{
					name: 'CPU of a bare loop and an empty node together',
					value: ours / (bare + empty),
					unit: '×',
					limit: { atMost: 1.5 },
					beside: {
						'this package ms/item': ours,
						'bare loop ms/item': bare,
						'empty node ms/item': empty,
					},
				},
			];
		}),
};
