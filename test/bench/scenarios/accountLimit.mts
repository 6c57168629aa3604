import { fork } from 'node:child_process';
import path from 'node:path';
import { startSandbox, type RateLimit } from '../../sandbox/server.mts';
import type { LimitResult, LimitWork } from '../limitWorker.mts';
import { median } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';

const ITEMS = 200;
const CONCURRENCY = 20;
const PER_SECOND = 20;
const LATENCY_MS = 100;
/** A full bucket at once, the rest as the tokens come. */
const IDEAL_MS = ((ITEMS - PER_SECOND) / PER_SECOND) * 1_000 + LATENCY_MS;

interface Case {
	readonly name: string;
	readonly processes: number;
	readonly retryAfter: RateLimit['retryAfter'];
	readonly requestsAtMost?: number;
	readonly timeAtMost?: number;
}

const CASES: readonly Case[] = [
	{
		name: 'one process',
		processes: 1,
		retryAfter: 'seconds',
		requestsAtMost: 1.12,
		timeAtMost: 1.06,
	},
	{
		name: 'two processes',
		processes: 2,
		retryAfter: 'seconds',
		requestsAtMost: 1.3,
		timeAtMost: 1.12,
	},
	{ name: 'one, no Retry-After', processes: 1, retryAfter: 'none' },
	{ name: 'two, no Retry-After', processes: 2, retryAfter: 'none' },
];

/** Processes that share the limit of one account, from the API layer down: no engine of n8n, a real server. */
export const accountLimit: Scenario = {
	name: 'account limit',
	run: async ({ rounds }) => {
		const figures: Figure[] = [];
		for (const played of CASES) {
			const runs: Run[] = [];
			for (let round = 0; round < rounds; round++) runs.push(await play(played));
			figures.push(...figuresOf(played, runs));
		}
		return figures;
	},
};

interface Run {
	readonly requests: number;
	readonly failedItems: number;
	readonly wallMs: number;
	readonly longestWaitMs: number;
	readonly medianWaitMs: number;
}

async function play({ processes, retryAfter }: Case): Promise<Run> {
	const rateLimit = { capacity: PER_SECOND, perSecond: PER_SECOND, retryAfter };
	const sandbox = await startSandbox({
		latencyMs: LATENCY_MS,
		unknownVoices: 'accept',
		rateLimit,
	});
	try {
		const workers = await Promise.all(Array.from({ length: processes }, openWorker));
		// Fresh tokens, now that everybody is ready.
		sandbox.control.configure({ rateLimit });
		const { baseUrl, token } = sandbox;
		const work = { baseUrl, token, items: ITEMS / processes, concurrency: CONCURRENCY };
		const results = await Promise.all(workers.map(async (run) => await run(work)));
		const waitsMs = results.flatMap((result) => result.waitsMs);
		return {
			requests: sum(results.map((result) => result.requests)),
			failedItems: sum(results.map((result) => result.failedItems)),
			wallMs: Math.max(...results.map((result) => result.wallMs)),
			longestWaitMs: Math.max(...waitsMs),
			medianWaitMs: median(waitsMs),
		};
	} finally {
		await sandbox.close();
	}
}

/** Resolves once the process is ready, with what makes it work. */
async function openWorker(): Promise<(work: LimitWork) => Promise<LimitResult>> {
	const child = fork(path.join(import.meta.dirname, '..', 'limitWorker.mts'), [], {
		execArgv: ['--import', 'tsx'],
	});
	const answer = async (): Promise<unknown> =>
		await new Promise((resolve, reject) => {
			child.once('message', resolve);
			child.once('exit', () => reject(new Error('a worker ended without a result')));
		});
	await answer();
	return async (work) => {
		child.send(work);
		return (await answer()) as LimitResult;
	};
}

function figuresOf(
	{ name, requestsAtMost, timeAtMost }: Case,
	runs: readonly Run[],
): readonly Figure[] {
	const of = (figure: (run: Run) => number) => runs.map(figure);
	const wallMs = of((run) => run.wallMs);
	return [
		{
			name: `${name}: failed items, all rounds`,
			value: sum(of((run) => run.failedItems)),
			unit: '',
			limit: { atMost: 0 },
			beside: { items: ITEMS * runs.length },
		},
		{
			name: `${name}: requests for each item`,
			value: median(of((run) => run.requests)) / ITEMS,
			unit: '×',
			...(requestsAtMost !== undefined && { limit: { atMost: requestsAtMost } }),
			beside: { worst: Math.max(...of((run) => run.requests)) / ITEMS },
		},
		{
			name: `${name}: wall time, of the ideal`,
			value: median(wallMs) / IDEAL_MS,
			unit: '×',
			...(timeAtMost !== undefined && { limit: { atMost: timeAtMost } }),
			beside: {
				'ideal ms': IDEAL_MS,
				'worst ms': Math.max(...wallMs),
				'longest wait ms': median(of((run) => run.longestWaitMs)),
				'median wait ms': median(of((run) => run.medianWaitMs)),
			},
		},
	];
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
