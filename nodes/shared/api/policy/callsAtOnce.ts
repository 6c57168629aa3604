/** One call in flight. */
export interface PlacedCall {
	/** How many were in flight with it when it was sent, itself included. */
	readonly place: number;
	readonly sentMs: number;
	/** The fewest and the most that may have been there when it arrived, itself included. */
	fewest: number;
	most: number;
}

const NONE = Number.POSITIVE_INFINITY;
/** What ends or is sent so soon after a call may have done so before the call arrived. */
const ARRIVAL_MS = 20;
/** One more is tried after this many times the limit have succeeded: at first, and growing after each refusal. */
const FIRST_PATIENCE = 4;
const PATIENCE_GROWTH = 4;
const LONGEST_PATIENCE = 64;

/**
 * How many calls an account allows at once, as far as its 429s have told. It starts without a limit. A limit that is used
 * grows by one after enough successes, and faster once growing has gone well.
 */
export class CallsAtOnce {
	private limit = NONE;
	private readonly inFlight = new Set<PlacedCall>();
	private successes = 0;
	private patience = FIRST_PATIENCE;
	private steps = 0;
	/** The most in flight of which one succeeded, since the last 429 and between the two before. */
	private proven = 0;
	private provenBefore = 0;

	get count(): number {
		return this.inFlight.size;
	}

	get hasRoom(): boolean {
		return this.inFlight.size < this.limit;
	}

	sent(nowMs: number): PlacedCall {
		const place = this.inFlight.size + 1;
		for (const other of this.inFlight) if (mayArriveAt(other, nowMs)) other.most++;
		const call = { place, sentMs: nowMs, fewest: place, most: place };
		this.inFlight.add(call);
		return call;
	}

	/** Whether the call may have been the last that the limit allows. */
	isFull({ most }: PlacedCall): boolean {
		return this.limit === NONE || most >= this.limit;
	}

	ended(call: PlacedCall, nowMs: number): void {
		this.inFlight.delete(call);
		for (const other of this.inFlight) if (mayArriveAt(other, nowMs)) other.fewest--;
	}

	succeeded({ place, fewest }: PlacedCall): void {
		this.proven = Math.max(this.proven, fewest);
		if (place < this.limit || ++this.successes < this.limit * this.patience) return;
		this.limit++;
		this.successes = 0;
		if (++this.steps > 1) this.patience = 1;
	}

	/** Whether a 429 that left `carried` calls in flight can be about their number: never were more accepted. */
	explains(carried: number): boolean {
		return carried >= Math.max(this.proven, this.provenBefore);
	}

	/** A 429 was about the number: no more than were carried, and patience before the next try. */
	limitTo(carried: number): void {
		this.patience =
			this.limit === NONE
				? FIRST_PATIENCE
				: Math.min(LONGEST_PATIENCE, this.patience * PATIENCE_GROWTH);
		this.restart(carried);
	}

	/** The rate is the limit, and still unknown: few at first, soon more. */
	growFrom(count: number): void {
		this.patience = FIRST_PATIENCE;
		this.restart(count);
	}

	/** The rate is the limit. */
	unlimited(): void {
		this.restart(NONE);
	}

	forgetProof(): void {
		this.provenBefore = this.proven;
		this.proven = 0;
	}

	private restart(limit: number): void {
		this.limit = limit;
		this.successes = 0;
		this.steps = 0;
	}
}

function mayArriveAt({ sentMs }: PlacedCall, nowMs: number): boolean {
	return nowMs - sentMs < ARRIVAL_MS;
}
