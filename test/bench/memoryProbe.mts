import type { MemoryReport } from './scenarios/memory.mts';
import { withWorkbench } from './workbench.mts';

const WORK = { items: 60, bytes: 20 * 1024 ** 2, concurrency: 5 };
/** Loads and compiles what the batch needs, so that only the batch is counted. */
const WARM_UP = { items: 20, bytes: 200 * 1024, concurrency: 5 };
const SAMPLE_EVERY_MS = 5;

const [, , contender] = process.argv;
const report = await withWorkbench(async (bench): Promise<MemoryReport> => {
	const run = async (work: typeof WORK) =>
		contender === 'ours' ? await bench.ours(work) : await bench.rival('helperLoop', work);
	await run(WARM_UP);
	globalThis.gc?.();
	const beforeBytes = process.memoryUsage.rss();
	let peakBytes = beforeBytes;
	const sampling = setInterval(() => {
		peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
	}, SAMPLE_EVERY_MS);
	await run(WORK);
	clearInterval(sampling);
	return { beforeBytes, peakBytes: Math.max(peakBytes, process.memoryUsage.rss()) };
});
process.send?.(report, () => process.disconnect());
