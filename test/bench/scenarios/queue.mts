import { interleaved, median } from '../measure.mts';
import { growthMibOf, withQueueWorkshop, type QueueBench } from '../queueBench.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';

const BATCH = { items: 400, executions: 8 };
const MANY_ITEMS = 2_000;
const MOST_WORKERS = 3;

interface Walls {
	readonly ours: number;
	readonly theirs: number;
}

export const queue: Scenario = {
	name: 'queue mode',
	isOptional: true,
	run: async ({ rounds }): Promise<Figure[]> =>
		await withQueueWorkshop(async ({ withCluster }): Promise<Figure[]> => {
			const byWorkers: Walls[] = [];
			let growthMib = 0;
			await withCluster({ workers: MOST_WORKERS }, async (bench) => {
				// One after the other is sent away, so that all counts meet the same cluster.
				for (let workers = MOST_WORKERS; workers >= 1; workers--) {
					byWorkers[workers] = await wallsOf(bench, rounds);
					if (workers > 1) await bench.cluster.workers[workers - 1]?.terminate();
				}
				growthMib = await growthOverMany(bench);
			});
			const inFiles = await withCluster(
				{ workers: 1, env: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' } },
				async (bench) => await wallsOf(bench, rounds),
			);
			const [, one, two, three] = byWorkers;
			if (one === undefined || two === undefined || three === undefined)
				throw new Error('A number of workers was not measured');
			return [
				{
					name: 'one worker, 400 items of 200 KiB: wall time of the HTTP Request node',
					value: one.ours / one.theirs,
					unit: '×',
					beside: { 'this package ms': one.ours, 'HTTP Request ms': one.theirs },
				},
				speedUp('two workers', two, one),
				speedUp('three workers', three, one),
				{
					name: 'files in the database: wall time, of files in the file system',
					value: one.ours / inFiles.ours,
					unit: '×',
					beside: {
						'database ms': one.ours,
						'file system ms': inFiles.ours,
						'HTTP Request database ms': one.theirs,
						'HTTP Request file system ms': inFiles.theirs,
					},
				},
				{
					name: `memory of a worker: growth over ${MANY_ITEMS} items in one execution`,
					value: growthMib,
					unit: 'MiB',
					beside: { 'audio MiB': (MANY_ITEMS * 200) / 1024 },
				},
			];
		}),
};

async function wallsOf(bench: QueueBench, rounds: number): Promise<Walls> {
	const walls = await interleaved(rounds, {
		ours: async () => await bench.wallMsOf({ node: 'ours', ...BATCH }),
		theirs: async () => await bench.wallMsOf({ node: 'HTTP Request', ...BATCH }),
	});
	return { ours: median(walls.ours), theirs: median(walls.theirs) };
}

/** Of the only worker that is left, which has run other batches before. */
async function growthOverMany(bench: QueueBench): Promise<number> {
	const [worker] = bench.cluster.workers;
	if (worker === undefined) throw new Error('There is no worker');
	return await growthMibOf(
		worker,
		async () => await bench.wallMsOf({ node: 'ours', items: MANY_ITEMS, executions: 1 }),
	);
}

function speedUp(name: string, walls: Walls, one: Walls): Figure {
	return {
		name: `${name}: as fast as one`,
		value: one.ours / walls.ours,
		unit: '×',
		beside: {
			'this package ms': walls.ours,
			'HTTP Request ms': walls.theirs,
			'HTTP Request ×': one.theirs / walls.theirs,
		},
	};
}
