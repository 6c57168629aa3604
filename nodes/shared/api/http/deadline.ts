import type { Clock } from '../clock';

/** Without a reason of its own, an abort makes an error with a stack trace, which every request would pay for. */
const OVER = new Error('The request is over.');

/** A whole answer may take this many time-outs, however often it shows signs of life. */
const MOST_TIMEOUTS = 10;

/** Ends a request that shows no sign of life for `timeoutMs`, and at once when the execution is stopped. */
export interface Deadline {
	/** Aborted on time-out, on Stop, and when the exchange is over. */
	readonly signal: AbortSignal;
	readonly timedOut: boolean;
	/** Whether the end came because the whole answer took too long. */
	readonly isOverdue: boolean;
	/** From now on the whole answer may take ten time-outs at most: for bodies that have no reason to take long. */
	limitWhole(): void;
	/** A sign of life: the allowed silence starts anew. */
	touch(): void;
	/** Must be called once the exchange is over: closes the connection of an answer that was not read to its end. */
	dispose(): void;
}

/**
 * Time-outs come from the clock because those of HTTP libraries are coarse, or watch only part of an exchange.
 * With `graceMs`, a request that is under way at Stop may go on for that long.
 */
export function startDeadline(
	clock: Clock,
	timeoutMs: number,
	stop?: AbortSignal,
	graceMs = 0,
): Deadline {
	const request = new AbortController();
	const watching = new AbortController();
	const abort = () => request.abort(stop?.reason);
	const onStop = () => {
		if (graceMs === 0) abort();
		// The only rejection is that of the sleep which dispose() ends.
		else clock.sleep(graceMs, watching.signal).then(abort, () => undefined);
	};
	let lastSignOfLifeMs = clock.elapsed();
	let timedOut = false;
	let isOverdue = false;
	let endsAtMs = Number.POSITIVE_INFINITY;

	if (stop?.aborted) onStop();
	else stop?.addEventListener('abort', onStop, { once: true });

	const watch = async (): Promise<void> => {
		for (;;) {
			const nowMs = clock.elapsed();
			isOverdue = nowMs >= endsAtMs;
			const leftMs = Math.min(lastSignOfLifeMs + timeoutMs, endsAtMs) - nowMs;
			if (leftMs <= 0) break;
			await clock.sleep(leftMs, watching.signal);
		}
		timedOut = true;
		request.abort();
	};
	// The only rejection is that of the sleep which dispose() ends.
	watch().catch(() => undefined);

	return {
		signal: request.signal,
		get timedOut() {
			return timedOut;
		},
		get isOverdue() {
			return isOverdue;
		},
		limitWhole() {
			endsAtMs = clock.elapsed() + MOST_TIMEOUTS * timeoutMs;
		},
		touch() {
			lastSignOfLifeMs = clock.elapsed();
		},
		dispose() {
			stop?.removeEventListener('abort', onStop);
			watching.abort(OVER);
			request.abort(OVER);
		},
	};
}
