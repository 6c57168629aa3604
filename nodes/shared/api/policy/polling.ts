import type { Clock } from '../clock';

/** A user's polling options, in milliseconds. */
export interface PollingOptions {
	readonly initialPollMs: number;
	readonly maxPollMs: number;
	readonly waitTimeoutMs: number;
}

const GROWTH = 1.25;
const JITTER = 0.1;

/**
 * The pause before poll number `poll` (0 is the first), in milliseconds: growing by a quarter up to the maximum,
 * give or take 10 % so that the jobs of a batch do not all ask at once.
 */
export function pollDelayMs(
	poll: number,
	{ initialPollMs, maxPollMs }: Pick<PollingOptions, 'initialPollMs' | 'maxPollMs'>,
	random: () => number,
): number {
	const intervalMs = Math.min(maxPollMs, initialPollMs * GROWTH ** poll);
	return Math.round(intervalMs * (1 - JITTER + 2 * JITTER * random()));
}

/** What a poll came to: `done` ends the wait; `again` asks to go on, perhaps not before `notBeforeMs` from now. */
export type Poll<T> =
	| { readonly done: true; readonly value: T }
	| { readonly done: false; readonly notBeforeMs?: number };

/**
 * Polls until done or until the deadline, whichever is first. The last pause is clamped to the time left, so that the
 * last poll happens at the deadline. `poll` is told the deadline, by the clock's `elapsed()`, so that it waits for nothing
 * beyond it. Resolves with `undefined` at the deadline; rejects with the signal's reason on Stop and with whatever `poll`
 * throws.
 */
export async function pollUntilDone<T>(
	poll: (deadlineMs: number) => Promise<Poll<T>>,
	options: PollingOptions & { readonly pollAtOnce: boolean; readonly signal?: AbortSignal },
	clock: Clock,
): Promise<T | undefined> {
	const deadlineMs = clock.elapsed() + options.waitTimeoutMs;
	let notBeforeMs = 0;
	for (let polls = 0; ; polls++) {
		if (polls > 0 || !options.pollAtOnce) {
			const leftMs = deadlineMs - clock.elapsed();
			if (leftMs <= 0) return undefined;
			const pauseNumber = options.pollAtOnce ? polls - 1 : polls;
			const delayMs = pollDelayMs(pauseNumber, options, () => clock.random());
			const pauseMs = Math.max(notBeforeMs, delayMs);
			await clock.sleep(Math.min(leftMs, pauseMs), options.signal);
		}
		const result = await poll(deadlineMs);
		if (result.done) return result.value;
		notBeforeMs = result.notBeforeMs ?? 0;
	}
}
