import { describe, expect, it } from 'vitest';
import {
	LONGEST_RETRY_AFTER_MS,
	parseRetryAfter,
	retryDelayMs,
} from '../../../nodes/shared/api/policy/retryDelay.ts';

const nowMs = Date.UTC(2026, 10, 20, 10, 0, 0);

describe('Retry-After', () => {
	it.each([
		['seconds', '7', 7_000],
		['zero', '0', 0],
		['seconds with spaces round them', ' 12 ', 12_000],
		['a fraction, rounded up to a millisecond', '0.0015', 2],
		['a date', 'Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
		['a date in the old format of RFC 850', 'Friday, 20-Nov-26 10:01:00 GMT', 60_000],
		['a date in the past', 'Fri, 20 Nov 2026 09:00:00 GMT', 0],
		['a day', '86400', 86_400_000],
		['absurdly many seconds', '9'.repeat(400), Number.MAX_SAFE_INTEGER],
	])('%s', (_what, header, expectedMs) => {
		expect(parseRetryAfter(header, undefined, nowMs)).toBe(expectedMs);
	});

	it.each([
		['nothing', undefined],
		['an empty header', ''],
		['white space', '   '],
		['a negative number', '-5'],
		['a number in another notation', '1e3'],
		['a word', 'soon'],
		['two headers joined', '5, 10'],
		['a number with a unit', '10s'],
		['not a date', 'Fri, 99 Nov 2026 10:00:30 GMT'],
	])('is not read from %s', (_what, header) => {
		expect(parseRetryAfter(header, undefined, nowMs)).toBeUndefined();
	});

	it.each([
		['an hour ahead of ours', 'Fri, 20 Nov 2026 11:00:00 GMT', 'Fri, 20 Nov 2026 11:00:30 GMT'],
		['a day behind ours', 'Thu, 19 Nov 2026 10:00:00 GMT', 'Thu, 19 Nov 2026 10:00:30 GMT'],
	])('as a date is counted from the Date of the answer, by a clock %s', (_what, date, header) => {
		expect(parseRetryAfter(header, date, nowMs)).toBe(30_000);
	});

	it('as a date is counted from our own clock where the Date cannot be read', () => {
		expect(parseRetryAfter('Fri, 20 Nov 2026 10:00:30 GMT', 'yesterday', nowMs)).toBe(30_000);
	});

	it('as seconds does not depend on the Date', () => {
		expect(parseRetryAfter('7', 'Thu, 19 Nov 2026 10:00:00 GMT', nowMs)).toBe(7_000);
	});
});

describe('the delay before the next try', () => {
	it.each([
		['what the server asks for', 1, 7_000, 7_000],
		['what it asks for, however long', 1, LONGEST_RETRY_AFTER_MS + 1, LONGEST_RETRY_AFTER_MS + 1],
		['the back-off where it asks for no wait', 4, 0, 4_000],
		['the back-off where it asks for less', 4, 3_000, 4_000],
		['the back-off where it asks for nothing', 4, undefined, 4_000],
	])('is %s', (_what, failedAttempts, retryAfterMs, expectedMs) => {
		expect(retryDelayMs(failedAttempts, retryAfterMs, () => 0.5)).toBe(expectedMs);
	});

	it.each([
		[1, 1_000],
		[2, 2_000],
		[3, 4_000],
		[4, 8_000],
		[5, 16_000],
		[6, 30_000],
		[7, 30_000],
		[21, 30_000],
	])('after %i failures is at most %i ms, and anything from zero', (failedAttempts, ceilingMs) => {
		expect(retryDelayMs(failedAttempts, undefined, () => 0)).toBe(0);
		expect(retryDelayMs(failedAttempts, undefined, () => 0.5)).toBe(ceilingMs / 2);
		expect(retryDelayMs(failedAttempts, undefined, () => 1 - Number.EPSILON)).toBe(ceilingMs);
	});
});
