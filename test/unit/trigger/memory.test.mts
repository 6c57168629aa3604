import { describe, expect, it } from 'vitest';
import { firedEvents } from '../../../nodes/FishSpeechTrigger/firedEvents.ts';
import { JobOrder } from '../../../nodes/FishSpeechTrigger/jobOrder.ts';
import { hashOf, KnownIds, MOST_KNOWN } from '../../../nodes/FishSpeechTrigger/knownIds.ts';
import { budgetMsOf, startBudget } from '../../../nodes/FishSpeechTrigger/pollBudget.ts';
import { runtime } from '../../../nodes/shared/host/runtime.ts';

describe('remembered IDs', () => {
	it('survive being kept as text', () => {
		const known = new KnownIds();
		for (const id of ['a', 'ü', 'job_123']) known.add(id);
		const again = new KnownIds(known.pack());
		expect(['a', 'ü', 'job_123', 'b'].map((id) => again.has(id))).toEqual([
			true,
			true,
			true,
			false,
		]);
	});

	it('are 48 bits long', () => {
		expect(hashOf('job_123')).toMatch(/^[\w-]{8}$/);
		expect(Buffer.from(hashOf('job_123'), 'base64url')).toHaveLength(6);
	});

	it('are bounded: the one not seen for longest goes first', () => {
		const known = new KnownIds();
		for (let index = 0; index < MOST_KNOWN; index++) known.add(`id${index}`);
		known.add('id0');
		known.add('one more');
		expect(known.has('id0')).toBe(true);
		expect(known.has('id1')).toBe(false);
		expect(known.pack()).toHaveLength(MOST_KNOWN * 8);
	});

	it('ignore a text that was cut off', () => {
		const known = new KnownIds();
		known.add('a');
		expect(new KnownIds(`${known.pack()}xyz`).pack()).toBe(known.pack());
	});
});

describe('the events that have fired', () => {
	it('are kept by trigger', () => {
		firedEvents('one').add('job');
		expect(firedEvents('one').has('job')).toBe(true);
		expect(firedEvents('two').has('job')).toBe(false);
	});

	it('are bounded: the trigger polled longest ago goes first', () => {
		firedEvents('first').add('job');
		for (let index = 0; index < 199; index++) firedEvents(`other${index}`);
		expect(firedEvents('first').has('job')).toBe(true);
		for (let index = 0; index < 200; index++) firedEvents(`another${index}`);
		expect(firedEvents('first').has('job')).toBe(false);
	});
});

describe('the order of a list', () => {
	it.each<[string, Array<number | undefined>, string]>([
		['nothing', [], 'unclear'],
		['one job', [5], 'unclear'],
		['the same date', [5, 5, 5], 'unclear'],
		['falling dates', [5, 5, 4, 1], 'newestFirst'],
		['rising dates', [1, 2, 3], 'other'],
		['dates that fall and rise', [5, 4, 6], 'other'],
		['a job without a date', [5, 4, undefined], 'other'],
	])('with %s', (_name, dates, found) => {
		const order = new JobOrder();
		for (const date of dates) order.take(date);
		expect(order.found).toBe(found);
	});
});

describe('the time of a poll', () => {
	it('is what n8n says, and 30 seconds where it says nothing', () => {
		expect(budgetMsOf({ getPollBudgetMs: () => 7_000 })).toBe(7_000);
		expect(budgetMsOf({})).toBe(30_000);
	});

	it('ends requests before n8n ends the poll, and starts none in its second half', async () => {
		let nowMs = 100;
		let wake: () => void = () => undefined;
		const slept: number[] = [];
		const clock = {
			...runtime,
			elapsed: () => nowMs,
			sleep: async (ms: number) => {
				slept.push(ms);
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			},
		};
		const budget = startBudget(10_000, clock);
		expect(budget.deadlineMs).toBe(9_100);
		expect(budget.hasTime()).toBe(true);
		nowMs += 5_000;
		expect(budget.hasTime()).toBe(false);
		expect(slept).toEqual([9_000]);
		expect(budget.signal.aborted).toBe(false);
		wake();
		await new Promise<void>((resolve) => {
			budget.signal.addEventListener('abort', () => resolve());
		});
		budget.dispose();
	});
});
