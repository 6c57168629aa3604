import type { Clock } from '../clock';

/** Without a reason of its own, an abort makes an error with a stack trace, which every request would pay for. */
const OVER = new Error('The request is over.');

/** A whole answer may take this many time-outs, however often it shows signs of life. */
const MOST_TIMEOUTS = 10;

/** See {@link startDeadline}. */
export type Deadline = ReturnType<typeof startDeadline>;

/**
 * Ends a request that shows no sign of life for `timeoutMs`, and at once when the execution is stopped.
 * Time-outs come from the clock because those of HTTP libraries are coarse, or watch only part of an exchange.
 * With `graceMs`, a request that is under way at Stop may go on for that long.
 */
export function startDeadline(clock: Clock, timeoutMs: number, stop?: AbortSignal, graceMs = 0) {
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
		/** Aborted on time-out, on Stop, and when the exchange is over. */
		signal: request.signal,
		get timedOut() {
			return timedOut;
		},
		/** Whether the end came because the whole answer took too long. */
		get isOverdue() {
			return isOverdue;
		},
		/** From now on the whole answer may take ten time-outs at most: for bodies that have no reason to take long. */
		limitWhole() {
			endsAtMs = clock.elapsed() + MOST_TIMEOUTS * timeoutMs;
		},
		/** A sign of life: the allowed silence starts anew. */
		touch() {
			lastSignOfLifeMs = clock.elapsed();
		},
		/** Must be called once the exchange is over: closes the connection of an answer that was not read to its end. */
		dispose() {
			stop?.removeEventListener('abort', onStop);
			watching.abort(OVER);
			request.abort(OVER);
		},
	};
}
