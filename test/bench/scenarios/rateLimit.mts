import { interleaved, median, medianOf } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench } from '../workbench.mts';

const ITEMS = 200;
const PER_SECOND = 20;
const LATENCY_MS = 100;

/** A full bucket at once, the rest as the tokens come. */
const IDEAL_MS = ((ITEMS - PER_SECOND) / PER_SECOND) * 1_000 + LATENCY_MS;

export const rateLimit: Scenario = {
	name: 'rate limit',
	run: async ({ rounds }) =>
		await withWorkbench(async (bench): Promise<Figure[]> => {
			const work = {
				items: ITEMS,
				concurrency: 20,
				latencyMs: LATENCY_MS,
				requestsPerSecond: PER_SECOND,
			};
			const { ours, atOnce } = await interleaved(rounds, {
				ours: async () => await bench.ours(work),
				atOnce: async () => await bench.rival('helperAtOnce', work),
			});
			const wallMs = medianOf(ours, (sample) => sample.wallMs);
			const requests = median(ours.map((sample) => sample.requests));
			return [
				{
					name: 'failed items of 200, worst round',
					value: Math.max(...ours.map(({ failedItems }) => failedItems)),
					unit: '',
					limit: { atMost: 0 },
					beside: {
						'all at once through n8n’s helper': median(atOnce.map((sample) => sample.failedItems)),
					},
				},
				{
					name: 'requests for each item',
					value: requests / ITEMS,
					unit: '×',
					limit: { atMost: 1.12 },
					beside: { requests, worst: Math.max(...ours.map((sample) => sample.requests)) },
				},
				{
					name: 'wall time, of the ideal',
					value: wallMs / IDEAL_MS,
					unit: '×',
					limit: { atMost: 1.06 },
					beside: {
						'this package ms': wallMs,
						'ideal ms': IDEAL_MS,
						'worst ms': Math.max(...ours.map((sample) => sample.wallMs)),
					},
				},
			];
		}),
};
