/** A service as its limit sees it: calls arrive at a time, and are accepted or refused. */
export interface LimitedServer {
	/** Whether a call that arrives at `atMs` is accepted; an accepted one is busy until `doneAtMs`. */
	accepts(atMs: number, doneAtMs: number): boolean;
}

/** Tokens a second, over time. */
export type Rate = (atMs: number) => number;

const STEP_MS = 1;

/** A token bucket that starts full. `others` a second are taken by somebody else whenever there is one. */
export function tokenBucket(
	rate: Rate,
	{ capacity = 20, others = () => 0 }: { readonly capacity?: number; readonly others?: Rate } = {},
): LimitedServer {
	let tokens = capacity;
	let filledAtMs = 0;
	let owedToOthers = 0;
	return {
		accepts: (atMs) => {
			for (; filledAtMs < atMs; filledAtMs += STEP_MS) {
				tokens = Math.min(capacity, tokens + (rate(filledAtMs) * STEP_MS) / 1_000);
				owedToOthers = Math.min(1, owedToOthers + (others(filledAtMs) * STEP_MS) / 1_000);
				if (owedToOthers < 1 || tokens < 1) continue;
				tokens--;
				owedToOthers--;
			}
			if (tokens < 1) return false;
			tokens--;
			return true;
		},
	};
}

/** So many calls in each second of the clock on the wall, anew in the next. */
export function fixedWindow(perSecond: number): LimitedServer {
	let second = -1;
	let taken = 0;
	return {
		accepts: (atMs) => {
			const now = Math.floor(atMs / 1_000);
			if (now !== second) taken = 0;
			second = now;
			return ++taken <= perSecond;
		},
	};
}

/** So many calls at once, over time. */
export function atOnce(limit: Rate): LimitedServer {
	let busyUntilMs: number[] = [];
	return {
		accepts: (atMs, doneAtMs) => {
			busyUntilMs = busyUntilMs.filter((untilMs) => untilMs > atMs);
			if (busyUntilMs.length >= limit(atMs)) return false;
			busyUntilMs.push(doneAtMs);
			return true;
		},
	};
}
