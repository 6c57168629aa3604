import { builtModule } from '../builtModule.mts';
import { median } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';

const { pollUntilDone } = builtModule<typeof import('../../../nodes/shared/api/policy/polling.ts')>(
	'shared/api/policy/polling',
);

/** The node's defaults. */
const OPTIONS = { initialPollMs: 1_000, maxPollMs: 10_000, waitTimeoutMs: 900_000 };
const FIXED_MS = 5_000;
const SHORTEST_MS = 5_000;
const LONGEST_MS = 300_000;
const JOBS = 20_000;

interface Wait {
	readonly durationMs: number;
	readonly lagMs: number;
	readonly polls: number;
}

type Waiter = (durationMs: number) => Promise<Wait>;

export const waiting: Scenario = {
	name: 'waiting',
	run: async () => {
		const uniform = (share: number) => SHORTEST_MS + share * (LONGEST_MS - SHORTEST_MS);
		const logUniform = (share: number) => SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** share;
		const untilTwelveSeconds = (share: number) => SHORTEST_MS + share * (12_000 - SHORTEST_MS);
		const ours = {
			uniform: await waits(uniform, ourWait),
			logUniform: await waits(logUniform, ourWait),
			short: await waits(untilTwelveSeconds, ourWait),
			longest: await waits(() => LONGEST_MS, ourWait),
		};
		const fixed = {
			uniform: await waits(uniform, fixedWait),
			logUniform: await waits(logUniform, fixedWait),
			short: await waits(untilTwelveSeconds, fixedWait),
			longest: await waits(() => LONGEST_MS, fixedWait),
		};
		const lagFigure = (name: 'uniform' | 'logUniform', limit: number): Figure => ({
			name: `mean lag of the duration, ${name === 'uniform' ? 'uniform' : 'log-uniform'} in 5–300 s`,
			value: 100 * mean(ours[name].map(({ lagMs, durationMs }) => lagMs / durationMs)),
			unit: '%',
			limit: { atMost: limit },
			beside: {
				'fixed 5 s %': 100 * mean(fixed[name].map(({ lagMs, durationMs }) => lagMs / durationMs)),
				'polls per job': mean(ours[name].map(({ polls }) => polls)),
				'fixed 5 s polls per job': mean(fixed[name].map(({ polls }) => polls)),
			},
		});
		const worst = (set: readonly Wait[]) => Math.max(...set.map(({ lagMs }) => lagMs)) / 1_000;
		return [
			lagFigure('uniform', 7),
			lagFigure('logUniform', 13),
			{
				name: 'longest lag',
				value: Math.max(worst(ours.uniform), worst(ours.logUniform)),
				unit: 's',
				limit: { atMost: 11 },
				beside: { 'fixed 5 s': worst(fixed.uniform) },
			},
			{
				name: 'polls of a job of 300 s, worst',
				value: Math.max(...ours.longest.map(({ polls }) => polls)),
				unit: '',
				limit: { atMost: 40 },
				beside: {
					median: median(ours.longest.map(({ polls }) => polls)),
					'fixed 5 s': median(fixed.longest.map(({ polls }) => polls)),
				},
			},
			{
				name: 'lag of jobs of 5–12 s, of fixed 5 s',
				value: mean(ours.short.map(lagOf)) / mean(fixed.short.map(lagOf)),
				unit: '×',
				limit: { atMost: 1 },
				beside: {
					'mean s': mean(ours.short.map(lagOf)) / 1_000,
					'fixed 5 s': mean(fixed.short.map(lagOf)) / 1_000,
					'worst s': worst(ours.short),
				},
			},
		];
	},
};

/** Jobs spread evenly over a distribution, given by its quantile function. */
async function waits(quantile: (share: number) => number, waiter: Waiter): Promise<Wait[]> {
	const results: Wait[] = [];
	for (let job = 0; job < JOBS; job++) results.push(await waiter(quantile((job + 0.5) / JOBS)));
	return results;
}

/** The package's own loop on a clock that only counts. */
async function ourWait(durationMs: number): Promise<Wait> {
	let nowMs = 0;
	let polls = 0;
	const clock = {
		now: () => nowMs,
		elapsed: () => nowMs,
		sleep: async (ms: number) => {
			nowMs += ms;
		},
		random: () => Math.random(),
	};
	const poll = async () => {
		polls++;
		return nowMs >= durationMs
			? ({ done: true, value: true } as const)
			: ({ done: false } as const);
	};
	await pollUntilDone(poll, { ...OPTIONS, pollAtOnce: false }, clock);
	return { durationMs, lagMs: nowMs - durationMs, polls };
}

async function fixedWait(durationMs: number): Promise<Wait> {
	const polls = Math.ceil(durationMs / FIXED_MS);
	return { durationMs, lagMs: polls * FIXED_MS - durationMs, polls };
}

function lagOf({ lagMs }: Wait): number {
	return lagMs;
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
