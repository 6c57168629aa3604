import type { Load } from './limitSimulation.mts';
import { atOnce, tokenBucket, type LimitedServer } from './limitServers.mts';

export interface Scenario extends Omit<Load, 'server' | 'seed'> {
	readonly name: string;
	readonly server: () => LimitedServer;
	/** How long the batch takes when whoever sends it knows the limit. */
	readonly idealMs: number;
}

const CHANGES_AT_MS = 4_500;

/** 200 items, 20 at once, answers after 100 ms, a token bucket of 20 a second that says `Retry-After: 1`. */
const USUAL: Scenario = {
	name: 'one process',
	server: () => tokenBucket(() => 20),
	idealMs: 9_100,
	items: 200,
	concurrency: 20,
	processes: 1,
	latencyMs: 100,
	spread: 0.02,
	retryAfterMs: 1_000,
};

export const ONE_PROCESS: readonly Scenario[] = [
	USUAL,
	{ ...USUAL, name: 'one process, 429s as slow as answers', hasSlowRefusals: true },
	{ ...USUAL, name: 'one process, answers that vary by half', spread: 0.5 },
];

export const TWO_PROCESSES: readonly Scenario[] = [
	{ ...USUAL, name: 'two processes', processes: 2 },
	{ ...USUAL, name: 'two processes, 429s as slow as answers', processes: 2, hasSlowRefusals: true },
	{ ...USUAL, name: 'two processes, 200 items each', processes: 2, items: 400, idealMs: 19_100 },
];

const WITHOUT_WORD = { ...USUAL, retryAfterMs: undefined };
const FIVE_AT_ONCE = { ...USUAL, server: () => atOnce(() => 5), idealMs: 4_000 };

export const OTHERS: readonly Scenario[] = [
	{ ...WITHOUT_WORD, name: 'one process, no Retry-After' },
	{ ...WITHOUT_WORD, name: 'two processes, no Retry-After', processes: 2 },
	{ ...FIVE_AT_ONCE, name: 'five at once' },
	{ ...FIVE_AT_ONCE, name: 'five at once, no Retry-After', retryAfterMs: undefined },
	{ ...FIVE_AT_ONCE, name: 'five at once, answers after 1 s', latencyMs: 1_000, idealMs: 40_000 },
	{
		...USUAL,
		name: 'the limit doubles in the middle',
		server: () => tokenBucket((atMs) => (atMs < CHANGES_AT_MS ? 20 : 40)),
		idealMs: 6_900,
	},
	{
		...USUAL,
		name: 'the limit halves in the middle',
		server: () => tokenBucket((atMs) => (atMs < CHANGES_AT_MS ? 20 : 10)),
		idealMs: 13_600,
	},
	{
		...USUAL,
		name: 'somebody else uses half',
		server: () => tokenBucket(() => 20, { others: () => 10 }),
		idealMs: 18_100,
	},
];
