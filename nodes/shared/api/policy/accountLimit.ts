/** One call let in, from its sending to its answer. */
export interface SentCall {
	/** How many were in flight with it, itself included. */
	readonly place: number;
	readonly epoch: number;
}

/** What was sent between two 429s, at both of which nothing was left. */
interface Epoch {
	number: number;
	startedMs: number;
	accepted: number;
}

const MARGIN = 0.98;
const KEEP = 0.8;
/** Fewer say too little about a rate. */
const FEWEST_FOR_A_RATE = 5;
const GROWTH_TIME_CLOSURES = 12;

export class AccountLimit {
	private limit = Number.POSITIVE_INFINITY;
	private perMs = Number.POSITIVE_INFINITY;
	private inFlight = 0;

	private credit = 0;
	private filledAtMs = 0;
	private openedAtMs = 0;
	private closedUntilMs = 0;
	private closedAtMs: number | undefined;
	private closedForMs = 0;
	private carried = 0;
	private wasFull = false;
	private wasPaced = false;

	private epoch: Epoch = { number: 0, startedMs: Number.NaN, accepted: 0 };
	/** Most in flight of which one succeeded: in this epoch, and the one before. */
	private proven = 0;
	private provenBefore = 0;
	private successes = 0;
	private probeAfter = 1;
	private isPaced = false;

	opensAtMs(nowMs: number): number | undefined {
		if (nowMs < this.closedUntilMs) return this.closedUntilMs;
		this.learn(nowMs);
		if (this.inFlight >= this.limit) return undefined;
		this.fill(nowMs);
		if (this.credit >= 1) return nowMs;
		this.isPaced = true;
		return nowMs + (1 - this.credit) / this.pace(nowMs);
	}

	sent(nowMs: number): SentCall {
		if (this.perMs !== Number.POSITIVE_INFINITY) this.credit--;
		this.inFlight++;
		this.epoch.accepted++;
		return { place: this.inFlight, epoch: this.epoch.number };
	}

	succeeded(call: SentCall): void {
		this.inFlight--;
		this.proven = Math.max(this.proven, call.place);
		// only a limit that is used proves itself
		if (call.place < this.limit) return;
		if (++this.successes < this.limit * this.probeAfter) return;
		this.limit++;
		this.successes = 0;
		this.probeAfter = Math.max(1, this.probeAfter / 2);
	}

	failed(): void {
		this.inFlight--;
	}

	refused(call: SentCall, nowMs: number, closeForMs: number): void {
		this.inFlight--;
		if (call.epoch === this.epoch.number) this.epoch.accepted--;
		if (nowMs < this.closedUntilMs) {
			if (call.epoch === this.epoch.number) this.carried--;
			return;
		}
		this.closedAtMs = nowMs;
		this.closedForMs = closeForMs;
		this.closedUntilMs = nowMs + closeForMs;
		this.carried = this.inFlight;
		this.wasFull = call.place >= this.limit;
		this.wasPaced = this.isPaced;
	}

	/** Once it is known which calls the closure's 429s were about. */
	private learn(nowMs: number): void {
		if (this.closedAtMs === undefined) return;
		const { accepted, startedMs } = this.epoch;
		const durationMs = this.closedAtMs - startedMs;
		const carried = Math.max(1, this.carried);
		const isAtOnce = carried >= Math.max(this.proven, this.provenBefore);
		if (process.env.DBG) console.log('learn', { at: this.closedAtMs, accepted, durationMs, carried, proven: this.proven, before: this.provenBefore, limit: this.limit, perS: this.perMs * 1000, pace: this.pace(this.closedAtMs)*1000, credit: this.credit, wasPaced: this.wasPaced, wasFull: this.wasFull });
		if (isAtOnce && !this.wasPaced && (this.wasFull || this.limit === Number.POSITIVE_INFINITY)) {
			this.probeAfter = this.limit === Number.POSITIVE_INFINITY ? 1 : Math.min(64, this.probeAfter * 4);
			this.limit = carried;
			this.successes = 0;
		} else if (Number.isNaN(durationMs)) {
			this.limit = Math.max(2, carried);
			this.successes = 0;
		} else {
			const measured = accepted / durationMs;
			const floor = this.perMs === Number.POSITIVE_INFINITY ? 0 : this.pace(this.closedAtMs) * KEEP;
			if (accepted >= FEWEST_FOR_A_RATE || floor > 0) this.perMs = Math.max(measured, floor);
		}
		if (Number.isNaN(durationMs) || accepted >= FEWEST_FOR_A_RATE) {
			this.epoch.startedMs = this.closedAtMs;
			this.epoch.accepted = 0;
			this.provenBefore = this.proven;
			this.proven = 0;
		}
		this.epoch.number++;
		this.openedAtMs = nowMs;
		this.filledAtMs = nowMs;
		this.credit = this.perMs === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : this.perMs * (nowMs - this.closedAtMs) * MARGIN;
		this.isPaced = false;
		this.closedAtMs = undefined;
	}

	private fill(nowMs: number): void {
		if (this.perMs === Number.POSITIVE_INFINITY) {
			this.credit = Number.POSITIVE_INFINITY;
			return;
		}
		this.credit += this.pace(nowMs) * (nowMs - this.filledAtMs);
		this.filledAtMs = nowMs;
	}

	/** Cubic. */
	private pace(nowMs: number): number {
		const grown = (nowMs - this.openedAtMs) / (GROWTH_TIME_CLOSURES * Math.max(500, this.closedForMs));
		return this.perMs * (MARGIN + grown ** 3);
	}
}
