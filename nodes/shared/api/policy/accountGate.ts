import type { Clock } from '../clock';
import type { FailureReason } from '../reasons';
import { AccountLimit, type SentCall } from './accountLimit';
import { LONGEST_RETRY_AFTER_MS, retryDelayMs } from './retryDelay';
import { WaitingLine, type WaitLimits } from './waitingLine';

/** The service asked to stay away for longer than anybody waits. */
export interface TurnedAway {
	readonly reason: FailureReason;
	/** What is left of the time that it asked for. */
	readonly retryAfterMs: number;
}

/** How waiting for a turn ended: with the turn, by Stop, at the caller's deadline, or because nobody gets one. */
export type Entry = 'in' | 'stopped' | 'late' | TurnedAway;

/** One call's place at the gate, kept through all of its tries. */
export interface GatePass {
	/** Waits for the turn. After each entry that is `in` comes one of the next four. */
	enter(limits?: WaitLimits): Promise<Entry>;
	succeeded(): void;
	/** Failed for a reason that says nothing about the account's limit. */
	failed(): void;
	/**
	 * Met a 429: closes the gate for as long as that asks, and never for less than the back-off. Returns how many
	 * milliseconds the call has to wait on its own before it enters again, mostly none.
	 */
	rateLimited(retryAfterMs?: number): number;
	/** Met a `Retry-After` that nobody waits for: whoever waits or comes is turned away. */
	turnedAway(away: TurnedAway): void;
	/** No further try will follow. A call without a report counts as failed. */
	end(): void;
}

interface Away {
	readonly reason: FailureReason;
	readonly untilMs: number;
	/** One call asks again then: what was to last for hours may have been lifted. */
	readonly asksAgainAtMs: number;
	asking?: SentCall;
}

type Turn = { readonly call: SentCall } | TurnedAway;

/** After so long without a call, what was learned of an account is worth nothing. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;
/** A timer may ring this much early. What it was set for counts as come then. */
const EARLY_TIMER_MS = 1;
/** Without a reason of its own, an abort makes an error with a stack trace. */
const REPLACED = new Error('The alarm is set anew.');

/**
 * Lets the calls of one account in, as {@link AccountLimit} learns from its 429s. First come, first served: a call that
 * has to come back keeps its place, unless nothing gets through at all. Time is the clock's `elapsed()`, which no change of the date moves.
 */
export class AccountGate {
	private limit = new AccountLimit();
	private away: Away | undefined;
	private nextTicket = 0;
	private passes = 0;
	private lastUsedMs: number;
	private readonly line: WaitingLine<Turn>;
	private alarm: { readonly atMs: number; readonly off: AbortController } | undefined;

	constructor(private readonly clock: Clock) {
		this.lastUsedMs = clock.elapsed();
		// A gate at which nobody waits keeps no timer.
		this.line = new WaitingLine(clock, () => this.alarmOff());
	}

	/** Nobody holds a pass. */
	get isIdle(): boolean {
		return this.passes === 0;
	}

	/** No call holds a pass, and nothing has been learned that is worth keeping. */
	get isForgettable(): boolean {
		if (!this.isIdle) return false;
		const nowMs = this.clock.elapsed();
		if (this.away !== undefined && nowMs < this.away.untilMs) return false;
		return this.limit.isUnknown || nowMs > this.lastUsedMs + FORGOTTEN_AFTER_MS;
	}

	pass(): GatePass {
		if (this.isForgettable) {
			this.limit = new AccountLimit();
			this.away = undefined;
		}
		const ticket = this.nextTicket++;
		this.passes++;
		let sent: SentCall | undefined;
		let refusals = 0;
		const leave = (report: (call: SentCall, nowMs: number) => void) => {
			if (sent === undefined) return;
			this.lastUsedMs = this.clock.elapsed();
			report(sent, this.lastUsedMs);
			sent = undefined;
			this.serve();
		};
		const failed = () =>
			leave((call, nowMs) => {
				if (this.away?.asking === call) this.away.asking = undefined;
				this.limit.failed(call, nowMs);
			});
		return {
			enter: async (limits = {}) => {
				const waiting = this.line.join({ ticket, refusals }, limits);
				this.serve();
				const turn = await waiting;
				if (typeof turn === 'string' || !('call' in turn)) return turn;
				sent = turn.call;
				return 'in';
			},
			succeeded: () =>
				leave((call, nowMs) => {
					this.answered(call);
					this.limit.succeeded(call, nowMs);
				}),
			failed,
			rateLimited: (retryAfterMs = 0) => {
				let ownWaitMs = 0;
				refusals++;
				leave((call, nowMs) => {
					this.answered(call);
					ownWaitMs = this.limit.refused(call, nowMs, retryAfterMs, (refusalsInARow) =>
						retryDelayMs(refusalsInARow, undefined, () => this.clock.random()),
					);
				});
				return ownWaitMs;
			},
			turnedAway: ({ reason, retryAfterMs }) =>
				leave((call, nowMs) => {
					this.limit.failed(call, nowMs);
					this.away = {
						reason,
						untilMs: nowMs + retryAfterMs,
						asksAgainAtMs: nowMs + Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS),
					};
				}),
			end: () => {
				failed();
				this.passes--;
			},
		};
	}

	/** The service answers again. Calls that were in flight when it turned all away do not tell. */
	private answered(call: SentCall): void {
		if (this.away?.asking === call) this.away = undefined;
	}

	private serve(): void {
		const elapsedMs = this.clock.elapsed();
		const nowMs = elapsedMs + EARLY_TIMER_MS;
		while (!this.line.isEmpty) {
			const { away } = this;
			if (away !== undefined && nowMs < away.asksAgainAtMs) {
				const { reason, untilMs } = away;
				this.line.serve({ reason, retryAfterMs: untilMs - elapsedMs });
				continue;
			}
			const opensAtMs = away?.asking === undefined ? this.limit.opensAtMs(nowMs) : undefined;
			if (opensAtMs === undefined) return;
			if (opensAtMs > nowMs) {
				this.setAlarm(opensAtMs);
				return;
			}
			const call = this.limit.sent(nowMs);
			if (away !== undefined) away.asking = call;
			// While nothing gets through, the calls take turns: otherwise the first one would use up all of its tries.
			if (this.limit.isRefusedAgain) this.line.serveLeastRefused({ call });
			else this.line.serve({ call });
		}
	}

	private setAlarm(atMs: number): void {
		if (this.alarm !== undefined && this.alarm.atMs <= atMs) return;
		this.alarmOff();
		const alarm = { atMs, off: new AbortController() };
		this.alarm = alarm;
		const ring = () => {
			if (this.alarm === alarm) this.alarm = undefined;
			this.serve();
		};
		// The only rejection is that of the sleep which alarmOff() ends.
		this.clock.sleep(atMs - this.clock.elapsed(), alarm.off.signal).then(ring, () => undefined);
	}

	private alarmOff(): void {
		this.alarm?.off.abort(REPLACED);
		this.alarm = undefined;
	}
}
