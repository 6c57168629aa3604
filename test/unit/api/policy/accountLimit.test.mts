import { describe, expect, it } from 'vitest';
import { AccountLimit, type SentCall } from '../../../../nodes/shared/api/policy/accountLimit.ts';

const noBackOff = () => 0;

/** Sends what may go now, at most `most`. */
function sendAll(limit: AccountLimit, nowMs: number, most = 1_000): SentCall[] {
	const sent: SentCall[] = [];
	for (;;) {
		const opensAtMs = limit.opensAtMs(nowMs);
		if (sent.length === most || opensAtMs === undefined || opensAtMs > nowMs) return sent;
		sent.push(limit.sent(nowMs));
	}
}

/** Lets `count` calls go as they may, each answered well at once, and says when the last went. */
function sendOneByOne(limit: AccountLimit, fromMs: number, count: number): number {
	let nowMs = fromMs;
	for (let sent = 0; sent < count; sent++) {
		nowMs = Math.max(nowMs, limit.opensAtMs(nowMs) ?? Number.NaN);
		limit.succeeded(limit.sent(nowMs), nowMs);
	}
	return nowMs;
}

/** A limit that has seen 20 accepted in the second between two 429s, one at a time, after 20 at once. */
function pacedAt20(): AccountLimit {
	const limit = new AccountLimit();
	for (const call of sendAll(limit, 0, 20)) limit.succeeded(call, 100);
	for (const call of sendAll(limit, 0, 1)) limit.refused(call, 0, 500, noBackOff);
	sendOneByOne(limit, 500, 20);
	for (const call of sendAll(limit, 999, 1)) limit.refused(call, 1_000, 1_000, noBackOff);
	return limit;
}

describe('the limit of an account', () => {
	it('starts without one', () => {
		const limit = new AccountLimit();
		expect(sendAll(limit, 0, 500)).toHaveLength(500);
		expect(limit.isUnknown).toBe(true);
	});

	it.each([
		['for as long as a 429 asks', 2_000, 0, 2_000],
		['for the back-off where the 429 asks for no wait', 0, 700, 700],
		['for the back-off where the 429 asks for less', 300, 700, 700],
	])('closes %s', (_what, retryAfterMs, backOffMs, expectedMs) => {
		const limit = new AccountLimit();
		const [call] = sendAll(limit, 100, 1);
		if (call !== undefined) limit.refused(call, 150, retryAfterMs, () => backOffMs);
		expect(limit.isUnknown).toBe(false);
		expect(limit.opensAtMs(151)).toBe(150 + expectedMs);
		expect(limit.opensAtMs(150 + expectedMs)).toBeLessThanOrEqual(150 + expectedMs);
	});

	it('closes once for all 429s of a wave, until the last of them may come back', () => {
		const limit = new AccountLimit();
		const calls = sendAll(limit, 0, 10);
		const ownWaits = calls.map((call, index) => limit.refused(call, 100 + index, 1_000, noBackOff));
		expect(ownWaits).toEqual(Array(10).fill(0));
		expect(limit.opensAtMs(200)).toBe(1_109);
	});

	it('lets a call that was asked to wait for much longer than the others wait on its own', () => {
		const limit = new AccountLimit();
		const [first, second] = sendAll(limit, 0, 2);
		if (first !== undefined) limit.refused(first, 100, 1_000, noBackOff);
		expect(second && limit.refused(second, 110, 30_000, noBackOff)).toBe(30_000);
		expect(limit.opensAtMs(200)).toBe(1_100);
	});

	it('asks for a longer back-off after each 429 in a row, and starts anew after a success', () => {
		const limit = new AccountLimit();
		const inARow: number[] = [];
		const backOffMs = (refusals: number) => {
			inARow.push(refusals);
			return 100;
		};
		for (const atMs of [0, 1_000, 2_000])
			for (const call of sendAll(limit, atMs, 1)) limit.refused(call, atMs, 0, backOffMs);
		for (const call of sendAll(limit, 3_000, 1)) limit.succeeded(call, 3_100);
		for (const call of sendAll(limit, 4_000, 1)) limit.refused(call, 4_000, 0, backOffMs);
		expect(inARow).toEqual([1, 2, 3, 1]);
	});

	it('lets in as many at once as were carried when the others were refused', () => {
		const limit = new AccountLimit();
		const calls = sendAll(limit, 0, 20);
		for (const call of calls.slice(5)) limit.refused(call, 10, 1_000, noBackOff);
		for (const call of calls.slice(0, 5)) limit.succeeded(call, 100);
		expect(sendAll(limit, 1_010)).toHaveLength(5);
	});

	it('learns the same number when calls overtake each other on their way', () => {
		const limit = new AccountLimit();
		const calls = sendAll(limit, 0, 20);
		for (const call of calls.slice(5)) limit.refused(call, 10, 1_000, noBackOff);
		for (const call of calls.slice(0, 5)) limit.succeeded(call, 100);
		let nowMs = 1_010;
		let sent = sendAll(limit, nowMs);
		for (; sent.length === 5; sent = sendAll(limit, (nowMs += 200)))
			for (const call of sent) limit.succeeded(call, nowMs + 100);
		// The sixth arrived before the fifth, which is refused in its place.
		for (const call of sent.splice(4, 1)) limit.refused(call, nowMs + 5, 1_000, noBackOff);
		for (const call of sent) limit.succeeded(call, nowMs + 100);
		expect(sendAll(limit, nowMs + 1_005)).toHaveLength(5);
	});

	it('takes a 429 that let nobody through for no number of calls at once', () => {
		const limit = new AccountLimit();
		for (const call of sendAll(limit, 0, 20)) limit.refused(call, 10, 1_000, noBackOff);
		expect(sendAll(limit, 1_010)).toHaveLength(2);
	});

	it('tries one more at once after a while, and is more patient after each that was refused', () => {
		const limit = new AccountLimit();
		const calls = sendAll(limit, 0, 6);
		for (const call of calls.slice(5)) limit.refused(call, 10, 1_000, noBackOff);
		for (const call of calls.slice(0, 5)) limit.succeeded(call, 100);
		let nowMs = 1_010;
		const roundsUntilSix = () => {
			for (let rounds = 0; ; rounds++) {
				const sent = sendAll(limit, nowMs);
				if (sent.length > 5) {
					for (const call of sent.slice(5)) limit.refused(call, nowMs + 1, 1_000, noBackOff);
					for (const call of sent.slice(0, 5)) limit.succeeded(call, nowMs + 100);
					nowMs += 1_001;
					return rounds;
				}
				for (const call of sent) limit.succeeded(call, nowMs + 100);
				nowMs += 100;
			}
		};
		const first = roundsUntilSix();
		const second = roundsUntilSix();
		expect(first).toBe(20);
		expect(second).toBe(80);
	});

	it('spaces calls by the rate that two 429s have told', () => {
		const limit = pacedAt20();
		expect(limit.opensAtMs(1_500)).toBe(2_000);
		// What the closure held back is caught up with first.
		const caughtUpMs = sendOneByOne(limit, 2_000, 30);
		const laterMs = sendOneByOne(limit, caughtUpMs, 4);
		expect((laterMs - caughtUpMs) / 4).toBeGreaterThan(25);
		expect((laterMs - caughtUpMs) / 4).toBeLessThan(55);
	});

	it('is no slower than a call a second, however seldom the account was asked', () => {
		const limit = new AccountLimit();
		const refuseAt = (nowMs: number) => {
			for (const call of sendAll(limit, nowMs, 1)) limit.refused(call, nowMs, 0, () => 500);
		};
		refuseAt(0);
		for (let minute = 1; minute < 9; minute++) sendOneByOne(limit, minute * 60_000, 1);
		refuseAt(540_000);
		refuseAt(541_000);
		expect(limit.opensAtMs(542_000)).toBeLessThan(544_000);
	});

	it('catches up with what a closure held back, a little at a time', () => {
		const limit = pacedAt20();
		const atOnce = sendAll(limit, 2_000);
		expect(atOnce.length).toBeLessThanOrEqual(2);
		for (const call of atOnce) limit.succeeded(call, 2_000);
		expect(sendOneByOne(limit, 2_000, 15)).toBeLessThan(2_500);
	});

	it('lets in one call alone after two 429s in a row', () => {
		const limit = pacedAt20();
		for (const call of sendAll(limit, 2_000, 1)) limit.refused(call, 2_001, 1_000, noBackOff);
		for (const call of sendAll(limit, 3_001, 1)) limit.refused(call, 3_002, 1_000, noBackOff);
		expect(sendAll(limit, 4_002)).toHaveLength(1);
	});

	it('lets in no more after an hour without calls than after a closure', () => {
		const limit = pacedAt20();
		sendOneByOne(limit, 2_000, 25);
		const hourLaterMs = 3_600_000;
		const lastMs = sendOneByOne(limit, hourLaterMs, 60);
		expect(lastMs - hourLaterMs).toBeGreaterThan(500);
	});

	it('says nothing of a call that failed for a reason of its own', () => {
		const limit = new AccountLimit();
		for (const call of sendAll(limit, 0, 50)) limit.failed(call, 100);
		expect(limit.isUnknown).toBe(true);
		expect(sendAll(limit, 0, 500)).toHaveLength(500);
	});
});
