import { describe, expect, it } from 'vitest';
import { ACTIONS, type FailureReason } from '../../../nodes/shared/api/reasons.ts';
import { failure } from '../../../nodes/shared/api/errors.ts';
import { batchHint, batchState, type ItemOutcome } from '../../../nodes/shared/host/run/summary.ts';

const done = (json: Record<string, number> = {}): ItemOutcome => ({
	type: 'done',
	rows: [{ json }],
});

const failed = (reason: FailureReason): ItemOutcome => ({
	type: 'failed',
	error: failure(reason, 'x', { kind: 'terminal', attempts: 1 }),
});

describe('where a batch stands', () => {
	const outcomes = [done(), done(), failed('serverError'), failed('notSent'), failed('notSent')];

	it('counts what is done, kept and not sent', () => {
		expect(batchState(outcomes, true)).toBe(
			'2 of 5 items are done and kept for the next try, 2 were not sent.',
		);
		expect(batchState(outcomes, false)).toBe('2 of 5 items are done, 2 were not sent.');
	});

	it('is not worth a sentence for one item', () => {
		expect(batchState([failed('serverError')], true)).toBe('');
	});
});

describe('the hint of a batch', () => {
	it('is absent when there is nothing to say', () => {
		expect(batchHint([done(), done()], [])).toBeUndefined();
	});

	it('sums what was used and shows the least that remains', () => {
		expect(
			batchHint(
				[
					done({ creditsUsed: 3, quotaRemaining: 90 }),
					done({ creditsUsed: 4, quotaRemaining: 80 }),
					done(),
				],
				[],
			),
		).toEqual({
			type: 'info',
			message: '3 of 3 items done. Credits used: 7. API quota remaining: 80.',
		});
	});

	it('warns of failures by reason, each with what to do', () => {
		const hint = batchHint([done(), failed('notFound'), failed('notFound'), failed('timeout')], []);
		expect(hint).toEqual({
			type: 'warning',
			message: `1 of 4 items done. 2 failed (notFound): ${ACTIONS.notFound} 1 failed (timeout): ${ACTIONS.timeout}`,
		});
	});

	it('does not add up what listed jobs once cost', () => {
		expect(
			batchHint([done({ creditsUsed: 5 }), done({ creditsUsed: 7 })], [], false),
		).toBeUndefined();
	});

	it('says each hint of the items once', () => {
		expect(batchHint([done(), done()], ['Use jobs.', 'Use jobs.', 'Other.'])).toEqual({
			type: 'info',
			message: 'Use jobs. Other.',
		});
	});

	it('stays short where every item of a large batch has one of its own', () => {
		const hints = Array.from({ length: 1_000 }, (_, item) => `Item ${item} is long.`);
		const { message } = batchHint([done(), done()], hints) ?? {};
		expect(message).toMatch(/^Item 0 is long\. .*Item 9 is long\. There are 990 more remarks/);
	});

	it('can be made for more rows than a call has room for arguments', () => {
		const outcomes = Array.from({ length: 300_000 }, () => done({ quotaRemaining: 5 }));
		expect(batchHint(outcomes, [])?.message).toBe('API quota remaining: 5.');
	});
});
