/** One call let in, from its sending to its answer. */
export interface SentCall {
	/** How many were in flight with it, itself included. */
	readonly place: number;
	readonly closures: number;
}

const K = {
	margin: 0.95, keep: 0.9, fewest: 5, t0: 2, tX: 2, tmax: 48, agree: 0.03, probe0: 4, probeX: 4, probeMax: 64, minClose: 500, slack: 1, credit: 0.98, tau: 0.5, ss: 2, init: 1, ex: 2,
};
export const knobs: Record<string, number> = K;

const NONE = Number.POSITIVE_INFINITY;

export class AccountLimit {
	private limit = NONE;
	private perMs = NONE;
	private inFlight = 0;

	private credit = 0;
	private lastSentMs = 0;
	private filledAtMs = 0;
	private openedAtMs = 0;
	private closedUntilMs = 0;
	private closedForMs = 0;
	private refusalsInARow = 0;
	private patience = K.t0;

	private closure: { atMs: number; carried: number; wasFull: boolean; wasPaced: boolean } | undefined;
	private closures = 0;
	private epochStartMs: number | undefined;
	private accepted = 0;
	private proven = 0;
	private provenBefore = 0;
	private successes = 0;
	private probeAfter = 1;
	private isPaced = false;
	private grownOnce = false;

	opensAtMs(nowMs: number): number | undefined {
		if (nowMs < this.closedUntilMs) return this.closedUntilMs;
		this.learn(nowMs);
		if (this.inFlight >= this.limit) return undefined;
		if (this.perMs === NONE) return nowMs;
		this.fill(nowMs);
		if (this.credit >= 1) return Math.max(nowMs, this.lastSentMs + 1 / (this.pace(nowMs) + (this.credit - 1) / (K.tau! * Math.max(K.minClose!, this.closedForMs))));
		this.isPaced = true;
		return nowMs + (1 - this.credit) / this.pace(nowMs);
	}

	sent(nowMs: number): SentCall {
		this.lastSentMs = nowMs;
		this.credit--;
		this.inFlight++;
		this.accepted++;
		return { place: this.inFlight, closures: this.closures };
	}

	succeeded(call: SentCall): void {
		this.inFlight--;
		this.refusalsInARow = 0;
		this.proven = Math.max(this.proven, call.place);
		if (call.place < this.limit || call.closures !== this.closures) return;
		if (++this.successes < this.limit * this.probeAfter) return;
		this.limit++;
		this.successes = 0;
		if (this.grownOnce) this.probeAfter = 1;
		this.grownOnce = true;
	}

	failed(): void {
		this.inFlight--;
	}

	refused(call: SentCall, nowMs: number, closeForMs: (refusalsInARow: number) => number): void {
		this.inFlight--;
		if (nowMs < this.closedUntilMs || this.closure) {
			if (call.closures === this.closures) {
				this.accepted--;
				if (this.closure) this.closure.carried--;
			}
			return;
		}
		if (call.closures === this.closures) this.accepted--;
		this.closedForMs = closeForMs(++this.refusalsInARow);
		this.closedUntilMs = nowMs + this.closedForMs;
		this.closure = { atMs: nowMs, carried: this.inFlight, wasFull: call.place >= this.limit || this.limit === NONE, wasPaced: this.isPaced };
	}

	/** Once it is known which calls the closure's 429s were about. */
	private learn(nowMs: number): void {
		if (this.closure === undefined) return;
		const { atMs, wasFull, wasPaced } = this.closure;
		const carried = Math.max(1, this.closure.carried);
		const { accepted, epochStartMs } = this;
		const durationMs = epochStartMs === undefined ? undefined : atMs - epochStartMs;
		const isAtOnce = !wasPaced && wasFull && carried + (this.limit===NONE?0:K.slack!) >= Math.max(this.proven, this.provenBefore);
		if (process.env.DBG) console.log('learn', { at: atMs, accepted, durationMs, carried, proven: this.proven, before: this.provenBefore, limit: this.limit, perS: this.perMs * 1000, pace: this.pace(atMs)*1000, credit: this.credit, wasPaced, wasFull, isAtOnce, patience: this.patience });
		if (isAtOnce) {
			this.probeAfter = this.limit === NONE ? K.probe0! : Math.min(K.probeMax!, this.probeAfter * K.probeX!);
			this.limit = carried;
		} else if (durationMs === undefined) {
			this.limit = Math.max(2, carried + K.init!);
			this.probeAfter = K.ss!;
		} else {
			if (this.perMs === NONE) {
				this.limit = carried;
				this.probeAfter = K.ss!;
			}
			const measured = accepted >= K.fewest! ? accepted / durationMs : 0;
			const floor = this.perMs === NONE ? 0 : Math.min(this.perMs, this.pace(atMs)) * K.keep!;
			const perMs = Math.max(measured, floor);
			if (perMs > 0) {
				const agrees = wasPaced && Math.abs(measured / this.perMs - 1) < K.agree!;
				this.patience = agrees ? Math.min(K.tmax!, this.patience * K.tX!) : K.t0!;
				this.perMs = perMs;
			}
		}
		this.successes = 0;
		this.grownOnce = false;
		if (durationMs === undefined || accepted >= K.fewest!) {
			this.epochStartMs = atMs;
			this.accepted = 0;
			this.provenBefore = this.proven;
			this.proven = 0;
		}
		this.closures++;
		this.openedAtMs = nowMs;
		this.filledAtMs = nowMs;
		this.credit = this.refusalsInARow > 1 ? 1 : this.perMs * (nowMs - atMs) * K.credit!;
		this.isPaced = false;
		this.closure = undefined;
	}

	private fill(nowMs: number): void {
		this.credit += this.pace(nowMs) * (nowMs - this.filledAtMs);
		this.filledAtMs = nowMs;
	}

	/** Cubic. */
	private pace(nowMs: number): number {
		const grown = (nowMs - this.openedAtMs) / (this.patience * Math.max(K.minClose!, this.closedForMs));
		return this.perMs * (K.margin! + grown ** K.ex!);
	}
}
