/** Kept below the measured rate, so that what was measured a little too high does not end in a 429. */
const MARGIN = 0.97;
/** A rate that turns out too high is lowered to no less than this part of it at a time: one 429 is not much evidence. */
const KEPT_AT_LEAST = 0.9;
/** A measurement as close as this to the rate confirms it, and so does one that is off by half a call. */
const AGREEMENT = 0.05;
const ROUNDING = 0.5;
/** One call a second. A slower account is seldom one: more likely, not all that it had to give was asked for. */
const SLOWEST_PER_MS = 1 / 1_000;
/** How many closures long the pace takes to double, at first and after many measurements that confirmed it. */
const FIRST_PATIENCE = 1.25;
const LONGEST_PATIENCE = 48;
/** A shorter closure says nothing about how costly the next 429 will be. */
const SHORTEST_CLOSURE_MS = 500;
/** Nor does one in which so few calls fit. */
const FEWEST_CALLS = 4;
/** In what part of the closure's length the calls are caught up with that it held back. */
const CATCH_UP = 0.4;

/**
 * How many calls a second an account allows, as far as its 429s have told. Between two 429s everything was used that
 * the account had to give, so the calls accepted between them, over the time between them, are its rate.
 * Calls are spaced by that rate. After a closure, those that it held back are caught up with. The longer no 429 comes,
 * the faster the pace grows; each measurement that confirms the one before makes it grow more slowly.
 * All times are elapsed milliseconds.
 */
export class LearnedPace {
	private perMs: number | undefined;
	/** Calls that may go at once. */
	private credit = 0;
	private creditAtMs = 0;
	private lastSentMs = 0;
	/** Time in which the pace was used since the last 429; time without calls proves nothing. */
	private usedMs = 0;
	private closureMs = SHORTEST_CLOSURE_MS;
	private patience = FIRST_PATIENCE;

	/** Without it, calls go as they come. */
	get isKnown(): boolean {
		return this.perMs !== undefined;
	}

	/** When the next call may go; now or before when it need not wait. */
	nextAtMs(nowMs: number): number {
		if (this.perMs === undefined) return nowMs;
		const pace = this.paceOf(this.perMs);
		const credit = this.creditAt(nowMs, pace);
		if (credit < 1) return nowMs + (1 - credit) / pace;
		return this.lastSentMs + 1 / (pace + (credit - 1) / (CATCH_UP * this.closureMs));
	}

	sent(nowMs: number): void {
		if (this.perMs === undefined) return;
		this.credit = this.creditAt(nowMs, this.paceOf(this.perMs)) - 1;
		this.creditAtMs = nowMs;
		this.usedMs += Math.min(nowMs - this.lastSentMs, 2 / this.perMs);
		this.lastSentMs = nowMs;
	}

	/** `accepted` calls in `durationMs` were all that the account had to give; `wasUsed` when calls waited for the pace. */
	learn(accepted: number, durationMs: number, wasUsed: boolean): void {
		const { perMs } = this;
		const measuredPerMs = Math.max(SLOWEST_PER_MS, accepted / durationMs);
		if (perMs === undefined) {
			this.perMs = measuredPerMs;
			return;
		}
		const isOffBy = Math.abs(accepted - perMs * durationMs);
		const isConfirmed = wasUsed && isOffBy <= Math.max(ROUNDING, AGREEMENT * accepted);
		this.patience = isConfirmed ? Math.min(LONGEST_PATIENCE, this.patience * 2) : FIRST_PATIENCE;
		this.perMs = Math.max(measuredPerMs, this.lowered(perMs));
	}

	/** The same after too few calls to measure by. */
	slowDown(): void {
		if (this.perMs !== undefined) this.perMs = this.lowered(this.perMs);
	}

	/** The closure is over that began at `closedAtMs`; `isFirst` unless the one before it ended in a 429 at once. */
	reopen(nowMs: number, closedAtMs: number, closureMs: number, isFirst: boolean): void {
		this.closureMs = Math.max(SHORTEST_CLOSURE_MS, closureMs);
		this.credit = isFirst ? MARGIN * (this.perMs ?? 0) * (nowMs - closedAtMs) : 1;
		this.creditAtMs = nowMs;
		this.usedMs = 0;
	}

	/** Never more than a closure holds back: an account that was not used for long allows no endless burst. */
	private creditAt(nowMs: number, pace: number): number {
		const most = Math.max(1, pace * this.closureMs);
		return Math.min(most, this.credit + pace * (nowMs - this.creditAtMs));
	}

	private paceOf(perMs: number): number {
		const doublesInMs = this.patience * Math.max(this.closureMs, FEWEST_CALLS / perMs);
		return perMs * (MARGIN + (this.usedMs / doublesInMs) ** 2);
	}

	private lowered(perMs: number): number {
		return Math.max(SLOWEST_PER_MS, KEPT_AT_LEAST * Math.min(perMs, this.paceOf(perMs)));
	}
}
