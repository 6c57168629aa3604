/** How time enters the client. Sleeps end at once, by rejecting with the signal's reason, when the signal aborts. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Milliseconds since some fixed moment, which no change of the date moves: for waits and deadlines. */
	elapsed(): number;
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** A number in [0, 1). */
	random(): number;
}
