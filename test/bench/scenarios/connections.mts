import { interleaved, medianOf } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench } from '../workbench.mts';

const ITEMS = 200;
const CONCURRENCY = 5;

export const connections: Scenario = {
	name: 'connections',
	run: async ({ rounds }) =>
		await withWorkbench(async (bench): Promise<Figure[]> => {
			const work = { items: ITEMS, bytes: 20 * 1024, isDistant: true };
			const { ours, sequential } = await interleaved(rounds, {
				ours: async () => await bench.ours({ ...work, concurrency: CONCURRENCY }),
				sequential: async () => await bench.rival('helperLoop', { ...work, concurrency: 1 }),
			});
			const wallMs = medianOf(ours, (sample) => sample.wallMs);
			const sequentialMs = medianOf(sequential, (sample) => sample.wallMs);
			return [
				{
					name: 'connections for 200 requests over TLS at concurrency 5, worst round',
					value: Math.max(...ours.map((sample) => sample.connections)),
					unit: '',
					limit: { atMost: CONCURRENCY },
					beside: { 'n8n’s helper': medianOf(sequential, (sample) => sample.connections) },
				},
				{
					name: '20 ms away, than a sequential loop of n8n’s helper',
					value: sequentialMs / wallMs,
					unit: '× faster',
					beside: { 'this package ms': wallMs, 'sequential ms': sequentialMs },
				},
			];
		}),
};
