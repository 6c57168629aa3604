import { medianOf } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench, type Workbench } from '../workbench.mts';

/** A paragraph and an article, read aloud. */
const SIZES = [
	{ name: '20 KiB', files: 2_000, bytes: 20 * 1024 },
	{ name: '1 MiB', files: 100, bytes: 1024 * 1024 },
] as const;

export const duration: Scenario = {
	name: 'duration',
	run: async ({ rounds }) =>
		await withWorkbench(async (bench): Promise<Figure[]> => {
			const figures: Figure[] = [];
			for (const size of SIZES) figures.push(await measuring(bench, rounds, size));
			return figures;
		}),
};

interface Stored {
	readonly cpuMs: number;
	readonly scanMs: number;
	readonly seconds: number;
}

async function measuring(
	bench: Workbench,
	rounds: number,
	{ name, files, bytes }: (typeof SIZES)[number],
): Promise<Figure> {
	const samples: Stored[] = [];
	// The first round does not count.
	for (let round = -1; round < rounds; round++) {
		const sample = await store(bench, files, bytes);
		if (round >= 0) samples.push(sample);
	}
	return {
		name: `CPU of storing MP3 files of ${name} with their duration measured, of storing alone`,
		value: medianOf(samples, ({ cpuMs, scanMs }) => cpuMs / (cpuMs - scanMs)),
		unit: '×',
		limit: { atMost: 1.03 },
		beside: {
			'measuring µs/file': (1_000 * medianOf(samples, ({ scanMs }) => scanMs)) / files,
			'all of it µs/file': (1_000 * medianOf(samples, ({ cpuMs }) => cpuMs)) / files,
			'seconds of audio': medianOf(samples, ({ seconds }) => seconds),
		},
	};
}

async function store(bench: Workbench, files: number, bytes: number): Promise<Stored> {
	const result = await bench.engine.run({
		node: 'bench.storeNode',
		parameters: { files, bytes },
		items: [{ json: {} }],
	});
	const [row] = result.rows;
	if (row === undefined) throw new Error(result.error?.message ?? 'nothing was stored');
	await bench.engine.binary.deleteExecution('workflow-1', result.executionId);
	return {
		cpuMs: Number(row['cpuMs']),
		scanMs: Number(row['scanMs']),
		seconds: Number(row['seconds']),
	};
}
