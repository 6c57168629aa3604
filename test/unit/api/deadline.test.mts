import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { startDeadline } from '../../../nodes/shared/api/http/deadline.ts';
import { SimulatedClock } from './simulatedClock.mts';

describe('the deadline of an exchange', () => {
	it('comes after the silence that is allowed', async () => {
		const clock = new SimulatedClock();
		const deadline = startDeadline(clock, 1_000);
		await clock.pass(999);
		expect(deadline.signal.aborted).toBe(false);
		await clock.pass(1);
		expect(deadline.signal.aborted).toBe(true);
		expect(deadline.timedOut).toBe(true);
	});

	it('moves with every sign of life', async () => {
		const clock = new SimulatedClock();
		const deadline = startDeadline(clock, 1_000);
		for (let chunk = 0; chunk < 10; chunk++) {
			await clock.pass(900);
			deadline.touch();
		}
		expect(deadline.signal.aborted).toBe(false);
		await clock.pass(1_001);
		expect(deadline.timedOut).toBe(true);
	});

	it('lets Stop end the request at once', () => {
		const stop = new AbortController();
		const deadline = startDeadline(new SimulatedClock(), 1_000, stop.signal);
		stop.abort(new Error('stopped'));
		expect(deadline.signal.reason).toEqual(new Error('stopped'));
		expect(deadline.timedOut).toBe(false);
	});

	it('lets a request under way at Stop go on for its grace', async () => {
		const clock = new SimulatedClock();
		const stop = new AbortController();
		const deadline = startDeadline(clock, 60_000, stop.signal, 10_000);
		stop.abort();
		await clock.pass(9_999);
		expect(deadline.signal.aborted).toBe(false);
		await clock.pass(1);
		expect(deadline.signal.aborted).toBe(true);
		expect(deadline.timedOut).toBe(false);
	});

	it('ends a request that begins after Stop', () => {
		expect(startDeadline(new SimulatedClock(), 1_000, AbortSignal.abort()).signal.aborted).toBe(
			true,
		);
	});

	it('leaves nothing behind once it is over, and ends what was not read', async () => {
		const clock = new SimulatedClock();
		const stop = new AbortController();
		const deadline = startDeadline(clock, 1_000, stop.signal);
		deadline.dispose();
		expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
		expect(deadline.signal.aborted).toBe(true);
		await clock.pass(5_000);
		expect(deadline.timedOut).toBe(false);
	});
});
