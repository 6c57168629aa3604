import type { IPollFunctions } from 'n8n-workflow';

import type { Clock } from '../shared/api/clock';

/** Where the host does not say how long a poll may take. */
const DEFAULT_BUDGET_MS = 30_000;

/** The time of one poll, in milliseconds by the clock's `elapsed()`. */
export interface PollBudget {
	readonly budgetMs: number;
	/** No try begins to wait after this. */
	readonly deadlineMs: number;
	/** The longest that one request may be silent. */
	readonly longestRequestMs: number;
	/** Aborted when the time is up, or nobody needs the poll any more. */
	readonly signal: AbortSignal;
	/** Whether there is time for one more request: half of it is left for those that take long. */
	hasTime(): boolean;
	/** Must be called when the poll is over. */
	dispose(): void;
}

/** What n8n allows a poll; hosts before 2.37 have no word for it, whatever the types say. */
export function budgetMsOf(host: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>): number {
	return host.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS;
}

export function startBudget(budgetMs: number, clock: Clock, stop?: AbortSignal): PollBudget {
	const startedMs = clock.elapsed();
	const lastingMs = 0.9 * budgetMs;
	const request = new AbortController();
	const watching = new AbortController();
	stop?.addEventListener('abort', () => request.abort(), { signal: watching.signal });
	clock.sleep(lastingMs, watching.signal).then(
		() => request.abort(),
		// The only rejection is that of the sleep which dispose() ends.
		() => undefined,
	);
	return {
		budgetMs,
		deadlineMs: startedMs + lastingMs,
		longestRequestMs: 0.8 * budgetMs,
		signal: request.signal,
		hasTime: () => clock.elapsed() - startedMs < budgetMs / 2,
		dispose: () => watching.abort(),
	};
}
