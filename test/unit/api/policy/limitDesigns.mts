import { AccountLimit } from '../../../../nodes/shared/api/policy/accountLimit.ts';
import { CallsAtOnce, type PlacedCall } from '../../../../nodes/shared/api/policy/callsAtOnce.ts';
import { LearnedPace } from '../../../../nodes/shared/api/policy/learnedPace.ts';
import { simulate, type Admission, type Load } from './limitSimulation.mts';

/** Version 0.1: half of what is in flight at a 429, one more after as many successes in a row as the limit. */
class Halving implements Admission<void> {
	private limit = Number.POSITIVE_INFINITY;
	private inFlight = 0;
	private successesInARow = 0;
	private closedUntilMs = 0;

	opensAtMs(): number | undefined {
		return this.inFlight < this.limit ? this.closedUntilMs : undefined;
	}

	sent(): void {
		this.inFlight++;
	}

	succeeded(): void {
		this.inFlight--;
		if (++this.successesInARow < this.limit) return;
		this.limit++;
		this.successesInARow = 0;
	}

	refused(
		_call: void,
		nowMs: number,
		retryAfterMs: number,
		backOffMs: (refusals: number) => number,
		tries: number,
	): number {
		const ownMs = retryAfterMs > 0 ? retryAfterMs : backOffMs(tries);
		this.successesInARow = 0;
		if (nowMs >= this.closedUntilMs) {
			this.limit = Math.max(1, Math.floor(this.inFlight / 2));
			this.closedUntilMs = nowMs + ownMs;
		}
		this.inFlight--;
		return ownMs;
	}
}

interface Sent {
	readonly placed: PlacedCall;
	readonly closures: number;
}

/** What designs with one half of the account's limit share. */
abstract class OneHalf implements Admission<Sent> {
	protected readonly atOnce = new CallsAtOnce();
	protected accepted = 0;
	private closures = 0;
	private closure: { atMs: number; untilMs: number; carried: number } | undefined;
	private refusalsInARow = 0;

	protected abstract learn(closedAtMs: number, nowMs: number, carried: number): void;
	protected abstract nextAtMs(nowMs: number): number | undefined;

	opensAtMs(nowMs: number): number | undefined {
		if (this.closure !== undefined) {
			const { atMs, untilMs, carried } = this.closure;
			if (nowMs < untilMs) return untilMs;
			this.learn(atMs, nowMs, Math.max(1, carried));
			this.closure = undefined;
			this.closures++;
		}
		return this.nextAtMs(nowMs);
	}

	sent(nowMs: number): Sent {
		this.accepted++;
		return { placed: this.atOnce.sent(nowMs), closures: this.closures };
	}

	succeeded({ placed, closures }: Sent, nowMs: number): void {
		this.atOnce.ended(placed, nowMs);
		this.refusalsInARow = 0;
		if (closures === this.closures) this.atOnce.succeeded(placed);
	}

	refused(
		{ placed, closures }: Sent,
		nowMs: number,
		retryAfterMs: number,
		backOffMs: (refusals: number) => number,
	): number {
		this.atOnce.ended(placed, nowMs);
		if (closures === this.closures) this.accepted--;
		if (this.closure !== undefined) {
			this.closure.carried--;
			return 0;
		}
		const forMs = Math.max(retryAfterMs, backOffMs(++this.refusalsInARow));
		this.closure = { atMs: nowMs, untilMs: nowMs + forMs, carried: this.atOnce.count };
		return 0;
	}
}

/** Additive increase, and a decrease to what was carried when a 429 came: a number of calls at once, whatever the cause. */
class NumberAlone extends OneHalf {
	protected override learn(_closedAtMs: number, _nowMs: number, carried: number): void {
		this.atOnce.growFrom(carried);
	}

	protected override nextAtMs(nowMs: number): number | undefined {
		return this.atOnce.hasRoom ? nowMs : undefined;
	}
}

/** A pace by the rate between two 429s, whatever the cause, and nothing to hold back what comes before the second. */
class PaceAlone extends OneHalf {
	private readonly pace = new LearnedPace();
	private sinceMs: number | undefined;

	protected override learn(closedAtMs: number, nowMs: number): void {
		if (this.sinceMs !== undefined && this.accepted > 0)
			this.pace.learn(this.accepted, closedAtMs - this.sinceMs, true);
		this.pace.reopen(nowMs, closedAtMs, nowMs - closedAtMs, true);
		this.sinceMs = closedAtMs;
		this.accepted = 0;
	}

	protected override nextAtMs(nowMs: number): number {
		return this.pace.nextAtMs(nowMs);
	}

	override sent(nowMs: number): Sent {
		this.pace.sent(nowMs);
		return super.sent(nowMs);
	}
}

/** Each plays a batch with one of these in each process. */
export const DESIGNS = {
	halving: (load: Load) => simulate(load, () => new Halving()),
	numberAlone: (load: Load) => simulate(load, () => new NumberAlone()),
	paceAlone: (load: Load) => simulate(load, () => new PaceAlone()),
	chosen: (load: Load) => simulate(load, () => new AccountLimit()),
} as const;
