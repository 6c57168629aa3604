const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

/** A `Retry-After` above this is not waited for: the item fails and says when to come back. */
export const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/**
 * Milliseconds that a `Retry-After` header asks for, as seconds or as an HTTP date (RFC 9110 §10.2.3). A date is counted
 * from the answer's own `Date` where it has one, because the server's clock may differ from ours; else from `nowMs`.
 * Absent, unreadable and negative ones are `undefined`; a date in the past is 0.
 */
export function parseRetryAfter(
	header: string | undefined,
	dateHeader: string | undefined,
	nowMs: number,
): number | undefined {
	if (header === undefined) return undefined;
	const value = header.trim();
	if (/^\d+(\.\d+)?$/.test(value))
		return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(Number(value) * 1_000));
	const untilMs = parseDate(value);
	if (untilMs === undefined) return undefined;
	return Math.max(0, untilMs - (parseDate(dateHeader ?? '') ?? nowMs));
}

/**
 * How long to wait before the next try, in milliseconds: full-jitter exponential back-off, so that a batch does not come
 * back as one wave, or what the server asks for where that is longer. So a `Retry-After` of 0 uses up no tries.
 */
export function retryDelayMs(
	failedAttempts: number,
	retryAfterMs: number | undefined,
	random: () => number,
): number {
	const ceilingMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failedAttempts - 1));
	return Math.max(retryAfterMs ?? 0, Math.round(random() * ceilingMs));
}

function parseDate(value: string): number | undefined {
	// Date.parse also reads bare numbers such as "-5" as years: a date has letters in it.
	if (!/[a-z]{3}/i.test(value)) return undefined;
	const dateMs = Date.parse(value);
	return Number.isNaN(dateMs) ? undefined : dateMs;
}
