import { CallsAtOnce, type PlacedCall } from './callsAtOnce';
import { LearnedPace } from './learnedPace';

/** One call let in, from its sending to its answer. */
export interface SentCall {
	readonly placed: PlacedCall;
	/** How many closures there had been. */
	readonly closures: number;
}

interface Closure {
	readonly atMs: number;
	readonly forMs: number;
	untilMs: number;
	/** Whether the refused call took the last place there was. */
	readonly wasFull: boolean;
	/** Whether calls had waited for the pace before it. */
	readonly wasPaced: boolean;
	/** Calls in flight when it began that were not refused after all. */
	carried: number;
}

/** 429s of one wave come a little apart; the closure lasts until the last of them may come back. */
const WAVE_MS = 250;
/** Fewer accepted calls say too little about a rate. */
const FEWEST_TO_MEASURE = 5;

/**
 * What an account allows, learned from its 429s: a rate, or a number of calls at once, or nothing yet, which is how it
 * starts. A 429 that comes while it is open closes it; what it meant is decided when it opens again, because by then it
 * is known how many of the calls in flight were refused with it. No clock inside: times are elapsed milliseconds.
 */
export class AccountLimit {
	private readonly atOnce = new CallsAtOnce();
	private readonly pace = new LearnedPace();
	private closure: Closure | undefined;
	private closures = 0;
	private refusalsInARow = 0;
	private hasWaitedForPace = false;
	/** Since when `accepted` counts: a moment when nothing was left. */
	private measuredFromMs: number | undefined;
	private accepted = 0;

	/** No 429 has come yet. */
	get isUnknown(): boolean {
		return this.closures === 0 && this.closure === undefined;
	}

	/** The first call after a closure was refused again. */
	get isRefusedAgain(): boolean {
		return this.refusalsInARow > 1;
	}

	/** When the next call may go: now or before, or later; `undefined` when an answer has to come first. */
	opensAtMs(nowMs: number): number | undefined {
		if (this.closure !== undefined && nowMs < this.closure.untilMs) return this.closure.untilMs;
		this.reopen(nowMs);
		if (!this.atOnce.hasRoom) return undefined;
		const nextAtMs = this.pace.nextAtMs(nowMs);
		if (nextAtMs > nowMs) this.hasWaitedForPace = true;
		return nextAtMs;
	}

	sent(nowMs: number): SentCall {
		this.pace.sent(nowMs);
		this.accepted++;
		return { placed: this.atOnce.sent(nowMs), closures: this.closures };
	}

	succeeded({ placed, closures }: SentCall, nowMs: number): void {
		this.atOnce.ended(placed, nowMs);
		this.refusalsInARow = 0;
		if (closures === this.closures) this.atOnce.succeeded(placed);
	}

	/** Failed for a reason of its own, which says nothing about a limit. */
	failed({ placed }: SentCall, nowMs: number): void {
		this.atOnce.ended(placed, nowMs);
	}

	/**
	 * Met a 429, which closes for as long as it asks, and never for less than the back-off after so many in a row.
	 * Returns for how long the call has to wait on its own before it comes back: 0 unless it was asked for longer than others.
	 */
	refused(
		{ placed, closures }: SentCall,
		nowMs: number,
		retryAfterMs: number,
		backOffMs: (refusalsInARow: number) => number,
	): number {
		this.atOnce.ended(placed, nowMs);
		const isOfNow = closures === this.closures;
		if (isOfNow) this.accepted--;
		if (this.closure !== undefined && nowMs < this.closure.untilMs) {
			if (isOfNow) this.closure.carried--;
			return joinClosure(this.closure, nowMs + retryAfterMs) ? 0 : retryAfterMs;
		}
		this.reopen(nowMs);
		const forMs = Math.max(retryAfterMs, backOffMs(++this.refusalsInARow));
		this.closure = {
			atMs: nowMs,
			forMs,
			untilMs: nowMs + forMs,
			wasFull: this.atOnce.isFull(placed),
			wasPaced: this.hasWaitedForPace,
			carried: this.atOnce.count,
		};
		return 0;
	}

	private reopen(nowMs: number): void {
		if (this.closure === undefined) return;
		const { atMs, forMs } = this.closure;
		this.learn(this.closure);
		this.pace.reopen(nowMs, atMs, forMs, this.refusalsInARow < 2);
		this.hasWaitedForPace = false;
		this.closures++;
		this.closure = undefined;
	}

	private learn({ atMs, wasFull, wasPaced, ...closure }: Closure): void {
		const carried = Math.max(1, closure.carried);
		// An account that allows some calls at once would have let one of them through.
		const isAboutNumber =
			wasFull && !wasPaced && closure.carried > 0 && this.atOnce.explains(carried);
		const isMeasured = this.measuredFromMs === undefined || this.accepted >= FEWEST_TO_MEASURE;
		if (isAboutNumber) this.atOnce.limitTo(carried);
		else if (this.measuredFromMs === undefined) this.atOnce.growFrom(carried + 1);
		else {
			if (isMeasured) this.pace.learn(this.accepted, atMs - this.measuredFromMs, wasPaced);
			else this.pace.slowDown();
			if (!this.pace.isKnown) this.atOnce.growFrom(carried);
			else this.atOnce.unlimited();
		}
		if (!isMeasured) return;
		this.measuredFromMs = atMs;
		this.accepted = 0;
		this.atOnce.forgetProof();
	}
}

/** Whether a call that may come back at `untilMs` comes back with the closure. */
function joinClosure(closure: Closure, untilMs: number): boolean {
	if (untilMs > closure.atMs + closure.forMs + WAVE_MS) return false;
	closure.untilMs = Math.max(closure.untilMs, untilMs);
	return true;
}
