import { interleaved, median, medianOf } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench, type Measured, type Work } from '../workbench.mts';

const ITEMS = 200;
const LATENCY_MS = 100;
const SLOW = 5;
const FAST = 20;
/** A run at 20 is over in a second, so that chance weighs more. */
const FAST_ROUNDS_FACTOR = 3;

export const throughput: Scenario = {
	name: 'throughput',
	run: async ({ rounds }) =>
		await withWorkbench(async (bench): Promise<Figure[]> => {
			const work = { items: ITEMS, latencyMs: LATENCY_MS, bytes: 200 * 1024 };
			const slow = { ...work, concurrency: SLOW };
			const fast = { ...work, concurrency: FAST };
			const atSlow = await interleaved(rounds, {
				ours: async () => await bench.ours(slow),
				bare: async () => await bench.rival('bareLoop', slow),
				sequential: async () => await bench.rival('helperLoop', { ...work, concurrency: 1 }),
			});
			const atFast = await interleaved(rounds * FAST_ROUNDS_FACTOR, {
				ours: async () => await bench.ours(fast),
				bare: async () => await bench.rival('bareLoop', fast),
			});
			const oursMs = medianOf(atSlow.ours, wallOf);
			const sequentialMs = medianOf(atSlow.sequential, wallOf);
			return [
				againstBare(slow, atSlow),
				againstBare(fast, atFast),
				{
					name: `at ${SLOW}, than a sequential loop of n8n’s helper`,
					value: sequentialMs / oursMs,
					unit: '× faster',
					limit: { atLeast: 4.5 },
					beside: { 'this package ms': oursMs, 'sequential ms': sequentialMs },
				},
			];
		}),
};

function againstBare(
	{ items, latencyMs, concurrency }: Work & { readonly latencyMs: number },
	samples: Readonly<Record<'ours' | 'bare', readonly Measured[]>>,
): Figure {
	const [ours, bare] = [samples.ours.map(wallOf), samples.bare.map(wallOf)];
	const idealMs = Math.ceil(items / concurrency) * latencyMs;
	return {
		name: `wall time at ${concurrency}, of a bare undici loop`,
		value: median(ours) / median(bare),
		unit: '×',
		limit: { atMost: 1.05 },
		beside: {
			'this package ms': median(ours),
			'bare ms': median(bare),
			'× the ideal': median(ours) / idealMs,
			'bare × the ideal': median(bare) / idealMs,
			'best rounds ×': Math.min(...ours) / Math.min(...bare),
		},
	};
}

function wallOf({ wallMs }: Measured): number {
	return wallMs;
}
