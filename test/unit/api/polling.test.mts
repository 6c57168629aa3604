import { describe, expect, it } from 'vitest';
import { pollDelayMs, pollUntilDone, type Poll } from '../../../nodes/shared/api/policy/polling.ts';
import { SimulatedClock } from './simulatedClock.mts';

const options = { initialPollMs: 1_000, maxPollMs: 10_000, waitTimeoutMs: 900_000 };
const middle = () => 0.5;

describe('the pause before a poll', () => {
	it.each([
		[0, 1_000],
		[1, 1_250],
		[2, 1_563],
		[5, 3_052],
		[10, 9_313],
		[11, 10_000],
		[500, 10_000],
	])('number %i is %i ms', (poll, expectedMs) => {
		expect(pollDelayMs(poll, options, middle)).toBe(expectedMs);
	});

	it('varies by ten percent either way', () => {
		expect(pollDelayMs(0, options, () => 0)).toBe(900);
		expect(pollDelayMs(0, options, () => 1 - Number.EPSILON)).toBe(1_100);
		expect(pollDelayMs(100, options, () => 1 - Number.EPSILON)).toBe(11_000);
	});

	it('is the largest one from the start when the first is larger', () => {
		expect(pollDelayMs(0, { initialPollMs: 20_000, maxPollMs: 5_000 }, middle)).toBe(5_000);
	});
});

/** Polls until the job is done at `doneAtMs`; says when it was polled. */
async function wait(
	doneAtMs: number,
	changes: Partial<Parameters<typeof pollUntilDone>[1]> = {},
	answer?: (poll: number) => Poll<string> | undefined,
) {
	const clock = new SimulatedClock();
	clock.random = middle;
	const polledAtMs: number[] = [];
	const waiting = pollUntilDone<string>(
		async () => {
			polledAtMs.push(clock.elapsedMs);
			return (
				answer?.(polledAtMs.length) ??
				(clock.elapsedMs >= doneAtMs ? { done: true, value: 'done' } : { done: false })
			);
		},
		{ ...options, pollAtOnce: false, ...changes },
		clock,
	);
	return { value: await clock.run(waiting), polledAtMs, clock };
}

describe('waiting for a job', () => {
	it('polls after the first pause a job just created', async () => {
		const { value, polledAtMs } = await wait(2_000);
		expect(value).toBe('done');
		expect(polledAtMs).toEqual([1_000, 2_250]);
	});

	it('polls at once a job known before, then after the same pauses', async () => {
		const { polledAtMs } = await wait(2_000, { pollAtOnce: true });
		expect(polledAtMs).toEqual([0, 1_000, 2_250]);
	});

	it('polls for the last time at the deadline, and gives up', async () => {
		const { value, polledAtMs, clock } = await wait(60_000, { waitTimeoutMs: 5_000 });
		expect(value).toBeUndefined();
		expect(polledAtMs).toEqual([1_000, 2_250, 3_813, 5_000]);
		expect(clock.elapsedMs).toBe(5_000);
	});

	it('takes a job that is done at the deadline', async () => {
		expect((await wait(5_000, { waitTimeoutMs: 5_000 })).value).toBe('done');
	});

	it('polls once, at once, with no time to wait', async () => {
		const { value, polledAtMs } = await wait(0, { waitTimeoutMs: 0, pollAtOnce: true });
		expect(value).toBe('done');
		expect(polledAtMs).toEqual([0]);
	});

	it('does not poll before the service asks to come back', async () => {
		const { polledAtMs } = await wait(9_000, {}, (poll) =>
			poll === 1 ? { done: false, notBeforeMs: 8_000 } : undefined,
		);
		expect(polledAtMs).toEqual([1_000, 9_000]);
	});

	it('is not kept beyond its deadline by what the service asks', async () => {
		const { value, clock } = await wait(60_000, { waitTimeoutMs: 5_000 }, () => ({
			done: false,
			notBeforeMs: 3_600_000,
		}));
		expect(value).toBeUndefined();
		expect(clock.elapsedMs).toBe(5_000);
	});

	it('asks for a job of fifteen minutes less than a hundred times', async () => {
		const { polledAtMs } = await wait(Number.POSITIVE_INFINITY);
		expect(polledAtMs.length).toBeLessThan(100);
	});

	it('ends at once on Stop, in the middle of a pause', async () => {
		const clock = new SimulatedClock();
		const stop = new AbortController();
		const waiting = pollUntilDone(
			async () => ({ done: false }) as const,
			{ ...options, pollAtOnce: false, signal: stop.signal },
			clock,
		);
		stop.abort(new Error('stopped'));
		await expect(waiting).rejects.toThrow('stopped');
	});

	it('ends with what a poll throws', async () => {
		await expect(
			wait(0, { pollAtOnce: true }, () => {
				throw new Error('gone');
			}),
		).rejects.toThrow('gone');
	});

	it.each([3_600_000, -60_000])('does not mind when the date jumps by %i ms', async (jumpMs) => {
		const clock = new SimulatedClock();
		const waiting = pollUntilDone<string>(
			async () => {
				clock.dateOffByMs = jumpMs;
				return clock.elapsedMs >= 20_000 ? { done: true, value: 'done' } : { done: false };
			},
			{ ...options, waitTimeoutMs: 60_000, pollAtOnce: true },
			clock,
		);
		expect(await clock.run(waiting)).toBe('done');
		expect(clock.elapsedMs).toBeLessThan(30_000);
	});

	it('tells each poll the moment at which the wait ends', async () => {
		const clock = new SimulatedClock();
		const told: number[] = [];
		await clock.pass(700);
		const waiting = pollUntilDone<string>(
			async (deadlineMs) => {
				told.push(deadlineMs);
				return { done: false };
			},
			{ ...options, waitTimeoutMs: 3_000, pollAtOnce: true },
			clock,
		);
		await clock.run(waiting);
		expect(new Set(told)).toEqual(new Set([3_700]));
	});
});
