import { interleaved, medianOf } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench, type Workbench } from '../workbench.mts';

/** A paragraph and an article, read aloud. */
const SIZES = [
	{ name: '20 KiB', files: 400, bytes: 20 * 1024 },
	{ name: '1 MiB', files: 20, bytes: 1024 * 1024 },
] as const;
/** What takes milliseconds needs more rounds than what takes seconds. */
const SHORT_ROUNDS_FACTOR = 3;

export const duration: Scenario = {
	name: 'duration',
	run: async ({ rounds }) =>
		await withWorkbench(async (bench): Promise<Figure[]> => {
			const figures: Figure[] = [];
			for (const size of SIZES) figures.push(await measuring(bench, rounds, size));
			return figures;
		}),
};

async function measuring(
	bench: Workbench,
	rounds: number,
	{ name, files, bytes }: (typeof SIZES)[number],
): Promise<Figure> {
	const cpuMs = async (mode: 'plain' | 'measured') => {
		const parameters = { mode, files, bytes };
		const result = await bench.engine.run({
			node: 'bench.storeNode',
			parameters,
			items: [{ json: {} }],
		});
		const [row] = result.rows;
		if (row === undefined) throw new Error(result.error?.message ?? 'nothing was stored');
		await bench.engine.binary.deleteExecution('workflow-1', result.executionId);
		return { cpuMs: Number(row['cpuMs']), seconds: Number(row['seconds']) };
	};
	const samples = await interleaved(rounds * SHORT_ROUNDS_FACTOR, {
		measured: async () => await cpuMs('measured'),
		plain: async () => await cpuMs('plain'),
	});
	const measuredMs = medianOf(samples.measured, (sample) => sample.cpuMs);
	const plainMs = medianOf(samples.plain, (sample) => sample.cpuMs);
	return {
		name: `CPU of storing MP3 files of ${name} with their duration measured, of storing alone`,
		value: measuredMs / plainMs,
		unit: '×',
		limit: { atMost: 1.03 },
		beside: {
			'measured ms/file': measuredMs / files,
			'plain ms/file': plainMs / files,
			'seconds of audio': medianOf(samples.measured, ({ seconds }) => seconds),
		},
	};
}
