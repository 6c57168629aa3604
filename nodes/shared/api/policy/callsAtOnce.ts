const NONE = Number.POSITIVE_INFINITY;
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
	private inFlight = 0;
	private successes = 0;
	private patience = FIRST_PATIENCE;
	private steps = 0;
	/** The most in flight of which one succeeded, since the last 429 and between the two before. */
	private proven = 0;
	private provenBefore = 0;

	get count(): number {
		return this.inFlight;
	}

	get hasRoom(): boolean {
		return this.inFlight < this.limit;
	}

	/** Returns how many are in flight with the call that is sent. */
	sent(): number {
		return ++this.inFlight;
	}

	/** Whether a call sent as one of `place` had the last place. */
	isFull(place: number): boolean {
		return this.limit === NONE || place >= this.limit;
	}

	ended(): void {
		this.inFlight--;
	}

	succeeded(place: number): void {
		this.proven = Math.max(this.proven, place);
		if (place < this.limit || ++this.successes < this.limit * this.patience) return;
		this.limit++;
		this.successes = 0;
		if (++this.steps > 1) this.patience = 1;
	}

	/** Whether a 429 that left `carried` calls in flight can be about their number: never were more accepted. */
	explains(carried: number): boolean {
		// With a known limit, one more may have been accepted because another had just ended.
		const tolerance = this.limit === NONE ? 0 : 1;
		return carried + tolerance >= Math.max(this.proven, this.provenBefore);
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
