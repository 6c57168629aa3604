import { describe, expect, it } from 'vitest';
import { failure } from '../../../../nodes/shared/api/errors.ts';
import { ACTIONS, type FailureReason } from '../../../../nodes/shared/api/reasons.ts';
import { fishSpeech as service } from '../../../../nodes/shared/fishspeech/service.ts';
import {
	batchHint,
	batchState,
	othersUnknown,
	type ItemOutcome,
} from '../../../../nodes/shared/host/run/summary.ts';

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
		expect(batchState(outcomes, true, 'serverError')).toBe(
			'2 of 5 items are done and kept for the next try, 2 were not sent.',
		);
		expect(batchState(outcomes, false, 'unauthorized')).toBe(
			'2 of 5 items are done, 2 were not sent.',
		);
	});

	it('warns of another token, under which nothing is kept', () => {
		expect(batchState(outcomes, true, 'unauthorized')).toBe(
			'2 of 5 items are done and kept for the next try, 2 were not sent. With another token, even one of the same account, the next try does not find the items that are done: it buys them again, or skips those with a once key.',
		);
		const none = [failed('unauthorized'), failed('notSent')];
		expect(batchState(none, true, 'unauthorized')).not.toContain('another token');
	});

	it('is not worth a sentence for one item', () => {
		expect(batchState([failed('serverError')], true, 'serverError')).toBe('');
	});
});

describe('the other items that may have been charged', () => {
	const unknown: ItemOutcome = {
		type: 'failed',
		error: failure('serverError', 'x', { outcomeUnknown: true }),
	};
	const many = Array.from({ length: 23 }, () => unknown);

	it.each<[string, readonly ItemOutcome[], string]>([
		['none', [unknown, done(), failed('serverError')], ''],
		['one', [unknown, done(), unknown], 'The outcome of item 2 is also unknown.'],
		['two', [unknown, unknown, unknown], 'The outcomes of items 1, 2 are also unknown.'],
	])('are named beside the thrown one: %s', (_, outcomes, expected) => {
		expect(othersUnknown(outcomes, 0)).toBe(expected);
	});

	it('are not all named in a large batch', () => {
		expect(othersUnknown(many, 0)).toMatch(/ 19, 20 and others are also unknown\.$/);
	});
});

describe('the hint of a batch', () => {
	it('is absent when there is nothing to say', () => {
		expect(batchHint([done(), done()], [], service)).toBeUndefined();
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
				service,
			),
		).toEqual({
			type: 'info',
			message: '3 of 3 items done. Credits used: 7. API quota remaining: 80.',
		});
	});

	it('warns of failures by reason, each with what to do', () => {
		const outcomes = [done(), failed('notFound'), failed('notFound'), failed('timeout')];
		const hint = batchHint(outcomes, [], {});
		expect(hint).toEqual({
			type: 'warning',
			message: `1 of 4 items done. 2 failed (notFound): ${ACTIONS.notFound} 1 failed (timeout): ${ACTIONS.timeout}`,
		});
	});

	it('says what to do in the words of the service', () => {
		const { message } = batchHint([failed('serverError')], [], service) ?? {};
		expect(message).toBe(
			`0 of 1 items done. 1 failed (serverError): ${service.actions?.serverError}`,
		);
	});

	it('does not add up what listed jobs once cost', () => {
		expect(
			batchHint([done({ creditsUsed: 5 }), done({ creditsUsed: 7 })], [], service, false),
		).toBeUndefined();
	});

	it('says each hint of the items once', () => {
		expect(batchHint([done(), done()], ['Use jobs.', 'Use jobs.', 'Other.'], service)).toEqual({
			type: 'info',
			message: 'Use jobs. Other.',
		});
	});

	it('stays short where every item of a large batch has one of its own', () => {
		const hints = Array.from({ length: 1_000 }, (_, item) => `Item ${item} is long.`);
		const { message } = batchHint([done(), done()], hints, service) ?? {};
		expect(message).toMatch(/^Item 0 is long\. .*Item 9 is long\. There are 990 more remarks/);
	});

	it('can be made for more rows than a call has room for arguments', () => {
		const row = { json: {} };
		const rows = Array.from({ length: 200_000 }, () => row);
		const usageOf = () => ({ quotaRemaining: 5 });
		expect(batchHint([{ type: 'done', rows }], [], { usageOf })?.message).toBe(
			'API quota remaining: 5.',
		);
	});
});
