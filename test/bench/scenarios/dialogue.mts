import { interleaved, median, medianOf, type Sample } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench, type Workbench } from '../workbench.mts';

const LINES = 500;
const CONCURRENCY = 20;
const LATENCY_MS = 100;
const LINE_BYTES = 20 * 1024;
const IDEAL_MS = (LINES / CONCURRENCY) * LATENCY_MS;

/** A long script, its lines spoken side by side and joined into one file. */
export const dialogue: Scenario = {
	name: 'dialogue',
	run: async ({ rounds }): Promise<Figure[]> =>
		await withWorkbench(async (bench: Workbench) => {
			const work = { bytes: LINE_BYTES, latencyMs: LATENCY_MS, concurrency: CONCURRENCY };
			const { ours, bare } = await interleaved<'ours' | 'bare', Sample>(rounds, {
				ours: async () => await bench.dialogue({ ...work, items: LINES }),
				bare: async () => await bench.rival('bareLoop', { ...work, items: LINES }),
			});
			const oursMs = medianOf(ours, ({ wallMs }) => wallMs);
			const bareMs = medianOf(bare, ({ wallMs }) => wallMs);
			return [
				{
					name: `${LINES} lines, ${CONCURRENCY} at once, joined with pauses, of the bare loop that joins nothing`,
					value: oursMs / bareMs,
					unit: '×',
					limit: { atMost: 1.1 },
					beside: {
						'this package ms': oursMs,
						'bare ms': bareMs,
						'of the ideal': oursMs / IDEAL_MS,
						'bare loop of the ideal': bareMs / IDEAL_MS,
						'CPU ms': median(ours.map(({ cpuMs }) => cpuMs)),
					},
				},
			];
		}),
};
