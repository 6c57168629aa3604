import { describe, expect, it } from 'vitest';
import { failure } from '../../../nodes/shared/api/errors.ts';
import { cleanServerMessage } from '../../../nodes/shared/api/redact.ts';
import { asId } from '../../../nodes/shared/api/wire.ts';
import { readNewJob } from '../../../nodes/shared/fishspeech/jobReading.ts';
import { readVoice } from '../../../nodes/shared/fishspeech/voices.ts';

describe('an ID of the service', () => {
	it.each([
		['task_1', 'task_1'],
		[' task_1 ', 'task_1'],
		['v1.2.3', 'v1.2.3'],
		['…', '…'],
		['a/b', 'a/b'],
		['声音1', '声音1'],
		[12, '12'],
		['x'.repeat(200), 'x'.repeat(200)],
		['x'.repeat(201), undefined],
		['x'.repeat(2_000_000), undefined],
		['.', undefined],
		['..', undefined],
		['', undefined],
		['a b', undefined],
		['a\nb', undefined],
		['a\u2028b', undefined],
		['a\u200bb', undefined],
		['a\u202eb', undefined],
		['a\u0000', undefined],
		['\ud800', undefined],
		[null, undefined],
		[{}, undefined],
	])('%j is read as %j', (value, id) => {
		expect(asId(value)).toBe(id);
	});

	it('that breaks the rule is not one, so the next place counts', () => {
		expect(readNewJob({ id: 'x'.repeat(300), data: { id: 'job_1' } })?.jobId).toBe('job_1');
		expect(readNewJob({ id: 'a b' })).toBeUndefined();
		expect(readVoice({ id: '..', voiceId: 'voice_1' })?.voiceId).toBe('voice_1');
	});

	it('never makes n8n take a failed execution for one that was canceled, and stays as it is in the details', () => {
		const { message, details } = failure('jobFailed', 'Job canceled_1 failed.', {
			jobId: 'canceled_1',
		});
		expect(message).toBe('Job cancelled_1 failed.');
		expect(details.jobId).toBe('canceled_1');
		expect(failure('jobFailed', 'x').with({ message: 'Job canceled_1' }).message).toBe(
			'Job cancelled_1',
		);
	});
});

describe('what else the service says about a job', () => {
	it('is one line without HTML and of bounded length', () => {
		const job = readNewJob({
			id: 'task_1',
			status: `<b>queued</b>\n${'x'.repeat(5_000)}`,
			requestId: 'req\u0000<img src=x onerror=alert(1)>',
		});
		expect(job?.status).toMatch(/^‹b›queued‹\/b› x+$/);
		expect(job?.status?.length).toBeLessThanOrEqual(300);
		expect(job?.requestId).toBe('req ‹img src=x onerror=alert(1)›');
	});

	it('shows no HTML in a message, where n8n would render it', () => {
		expect(cleanServerMessage('use <a href="https://evil.test/?q">this</a>, 1 < 2', [])).toBe(
			'use ‹a href="https://evil.test/?[query]"›this‹/a›, 1 ‹ 2',
		);
	});
});
