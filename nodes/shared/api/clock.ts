/** How time enters the client. Sleeps end at once, by rejecting with the signal's reason, when the signal aborts. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** A number in [0, 1). */
	random(): number;
}
