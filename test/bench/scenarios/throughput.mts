import { interleaved, median, medianOf } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench, type Measured, type Work } from '../workbench.mts';

const ITEMS = 200;
const LATENCY_MS = 100;
const CONCURRENCIES = [5, 20];

export const throughput: Scenario = {
	name: 'throughput',
	run: async ({ rounds }) =>
		await withWorkbench(async (bench): Promise<Figure[]> => {
			const work = { items: ITEMS, latencyMs: LATENCY_MS, bytes: 200 * 1024 };
			const contenders = CONCURRENCIES.flatMap((concurrency) => [
				[`ours${concurrency}`, async () => await bench.ours({ ...work, concurrency })] as const,
				[
					`bare${concurrency}`,
					async () => await bench.rival('bareLoop', { ...work, concurrency }),
				] as const,
			]);
			const samples = await interleaved<string, Measured>(rounds, {
				...Object.fromEntries(contenders),
				sequential: async () => await bench.rival('helperLoop', { ...work, concurrency: 1 }),
			});
			const wallMs = (name: string) => medianOf(samples[name] ?? [], (sample) => sample.wallMs);
			const sequentialMs = wallMs('sequential');
			return [
				...CONCURRENCIES.map((concurrency) => againstBare(concurrency, work, samples)),
				{
					name: 'at 5, than a sequential loop of n8n’s helper',
					value: sequentialMs / wallMs('ours5'),
					unit: '× faster',
					limit: { atLeast: 4.5 },
					beside: { 'this package ms': wallMs('ours5'), 'sequential ms': sequentialMs },
				},
			];
		}),
};

function againstBare(
	concurrency: number,
	{ items, latencyMs }: Pick<Work, 'items'> & { latencyMs: number },
	samples: Readonly<Record<string, readonly Measured[]>>,
): Figure {
	const wallsMs = (name: string) =>
		(samples[`${name}${concurrency}`] ?? []).map((sample) => sample.wallMs);
	const [ours, bare] = [median(wallsMs('ours')), median(wallsMs('bare'))];
	const idealMs = Math.ceil(items / concurrency) * latencyMs;
	return {
		name: `wall time at ${concurrency}, of a bare undici loop`,
		value: ours / bare,
		unit: '×',
		limit: { atMost: 1.05 },
		beside: {
			'this package ms': ours,
			'bare ms': bare,
			'× the ideal': ours / idealMs,
			'bare × the ideal': bare / idealMs,
			'best rounds ×': Math.min(...wallsMs('ours')) / Math.min(...wallsMs('bare')),
		},
	};
}
