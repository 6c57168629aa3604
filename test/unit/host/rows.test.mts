import { describe, expect, it } from 'vitest';
import { withOtherFields } from '../../../nodes/shared/host/rows.ts';

describe('the other fields of a row', () => {
	it('follow in camelCase; known ones win and consumed ones are gone', () => {
		expect(
			withOtherFields(
				{ userId: 'u' },
				{ user_id: 'wire', userId: 'other', plan_name: 'p' },
				['user_id'],
				[],
			),
		).toEqual({ userId: 'u', planName: 'p' });
	});

	it('never contain an "error", which n8n takes for a failed row', () => {
		expect(withOtherFields({ id: 1 }, { error: 'bad' }, [], [])).toEqual({ id: 1, failure: 'bad' });
		expect(withOtherFields({ id: 1 }, { _error: 'bad' }, [], [])).toEqual({
			id: 1,
			failure: 'bad',
		});
	});

	it('show no echo of the text, which stands in the own ones by chance only', () => {
		const secrets = [
			{ value: 'job', label: '[text]', isText: true },
			{ value: 'sk-1', label: '[token]' },
		];
		const own = { jobId: 'job_1', url: 'https://a.example/job?key=sk-1' };
		expect(withOtherFields(own, { said: 'a job' }, [], secrets)).toEqual({
			jobId: 'job_1',
			url: 'https://a.example/job?key=[token]',
			said: 'a [text]',
		});
	});
});
