import { describe, expect, it } from 'vitest';
import { BodyTooLarge, UnreadableBody } from '../../../nodes/shared/api/http/decoding.ts';
import {
	failedByError,
	failedByStatus,
	FailedTryError,
	toServiceError,
	unreadable,
} from '../../../nodes/shared/api/http/callFailures.ts';
import { classify, FAILURE_REASONS } from '../../../nodes/shared/api/policy/classification.ts';
import {
	failureDetails,
	ServiceError,
	WHAT_TO_DO,
	type FailureDetails,
} from '../../../nodes/shared/api/errors.ts';
import { TransportFailure } from '../../../nodes/shared/api/http/transport.ts';

const details: FailureDetails = {
	kind: 'terminal',
	reason: 'invalidRequest',
	operation: 'synthesize',
	attempts: 1,
	outcomeUnknown: false,
};

const running = { timedOut: false, stopped: false, timeoutMs: 60_000 };

describe('what to do', () => {
	it('is said for every reason, in sentences, each another', () => {
		expect(Object.keys(WHAT_TO_DO).sort()).toEqual([...FAILURE_REASONS].sort());
		const sentences = Object.values(WHAT_TO_DO);
		for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
		expect(new Set(sentences).size).toBe(sentences.length);
	});

	it('never says "canceled", which n8n takes for a stopped execution', () => {
		for (const sentence of Object.values(WHAT_TO_DO)) expect(sentence).not.toMatch(/canceled/i);
	});

	it('warns first where the call may have been charged', () => {
		const { action } = new ServiceError('x', {
			details: { ...details, reason: 'timeout', outcomeUnknown: true },
		});
		expect(action).toMatch(/^This call may have been charged.*Compare the balance/);
		expect(action).toContain(WHAT_TO_DO.timeout);
	});

	it('ends with the request id, once', () => {
		const withId = new ServiceError('x', { details: { ...details, requestId: 'req_1' } });
		expect(withId.action).toBe(`${WHAT_TO_DO.invalidRequest} Request ID: req_1.`);
		expect(withId.with({ message: 'y' }).action).toBe(withId.action);
	});

	it('is the own sentence of a failure where it has one', () => {
		expect(new ServiceError('x', { details, action: 'Do this.' }).action).toBe('Do this.');
	});
});

describe('an error’s details', () => {
	it('hold only what is known', () => {
		const error = new ServiceError('x', {
			details: { ...details, httpStatus: undefined, jobId: undefined, code: 'c' },
		});
		expect(Object.keys(error.details)).toEqual([
			'kind',
			'reason',
			'operation',
			'attempts',
			'code',
			'outcomeUnknown',
		]);
	});

	it('survive being stored and read back', () => {
		const full: Required<FailureDetails> = {
			...details,
			httpStatus: 429,
			code: 'c',
			requestId: 'r',
			retryAfterMs: Number.MAX_SAFE_INTEGER,
			jobId: 'j',
		};
		const { details: kept } = new ServiceError('x', { details: full });
		expect(failureDetails.parse(JSON.parse(JSON.stringify(kept)))).toEqual(full);
	});

	it('can be completed without losing the rest', () => {
		const error = new ServiceError('x', { details, action: 'Do this.' });
		expect(error.with({ details: { jobId: 'task_1' } })).toMatchObject({
			message: 'x',
			action: 'Do this.',
			details: { ...details, jobId: 'task_1' },
		});
	});
});

describe('a status that fails', () => {
	it.each([
		[{ code: 'c', message: 'It is wrong' }, 'FishSpeech answered 400 (c): It is wrong.'],
		[{ message: 'It is wrong!' }, 'FishSpeech answered 400: It is wrong!'],
		[{ message: '文本太长。' }, 'FishSpeech answered 400: 文本太长。'],
		[{ code: 'c' }, 'FishSpeech answered 400 (c).'],
		[{ bodyDescription: 'an HTML page' }, 'FishSpeech answered 400 with an HTML page.'],
		[{}, 'FishSpeech answered 400.'],
	] as const)('says %o as a sentence', (said, message) => {
		expect(failedByStatus('FishSpeech', 400, said, {}).message).toBe(message);
	});

	it('calls a redirect one', () => {
		const { message, failure } = failedByStatus('FishSpeech', 302, { message: 'Found' }, {});
		expect(message).toBe(
			'FishSpeech answered 302 with a redirect, which an API call does not follow.',
		);
		expect(failure).toEqual({ type: 'status', status: 302, hasRetryAfter: false });
	});

	it('prefers the request id of the body to that of the header', () => {
		expect(failedByStatus('x', 500, { requestId: 'body' }, { requestId: 'header' }).requestId).toBe(
			'body',
		);
		expect(failedByStatus('x', 500, {}, { requestId: 'header' }).requestId).toBe('header');
	});
});

describe('something thrown during a try', () => {
	const answer = { httpStatus: 200, requestId: 'req_1' };

	it.each([
		['neverConnected', 'No connection to FishSpeech could be made.'],
		['cutOff', 'The connection to FishSpeech broke off before the answer was complete.'],
		['blocked', 'n8n’s outbound network policy'.replace('’', "'")],
	] as const)('of kind %s says so', (kind, message) => {
		const failed = failedByError('FishSpeech', new TransportFailure(kind, 'ECODE'), running);
		expect(failed).toMatchObject({ failure: { type: kind }, code: 'ECODE' });
		expect(failed.message).toContain(message);
	});

	it('after Stop is cancelled, whatever it was', () => {
		const failed = failedByError('x', new TransportFailure('cutOff', 'E'), {
			...running,
			stopped: true,
			timedOut: true,
		});
		expect(failed).toMatchObject({ failure: { type: 'cancelled' } });
	});

	it('after the deadline is a timeout with its seconds', () => {
		const failed = failedByError('x', new Error('aborted'), {
			...running,
			timedOut: true,
			timeoutMs: 1_500,
		});
		expect(failed).toMatchObject({
			failure: { type: 'timeout' },
			message: 'x sent nothing for 1.5 seconds.',
		});
	});

	it.each([
		[new UnreadableBody('a body encoded as "br"'), 'a body encoded as "br"'],
		[new BodyTooLarge('a body of more than 2 GiB'), 'a body of more than 2 GiB, more than this node accepts,'],
		[Object.assign(new Error('x'), { code: 'Z_DATA_ERROR' }), 'a compressed body that is broken'],
	])('about a body is unreadable: %s', (error, what) => {
		const failed = failedByError('FishSpeech', error, running, answer);
		expect(failed).toMatchObject({ ...answer, failure: { type: 'unreadable' } });
		expect(failed.message).toContain(`answered 200 with ${what}`);
	});

	it.each(['ENOSPC', 'EACCES', 'EROFS'])(
		'by n8n’s store is not blamed on the connection: %s',
		(code) => {
			const error = Object.assign(new Error(`${code}: /home/node/.n8n/x`), {
				code,
				syscall: 'write',
			});
			expect(failedByError('FishSpeech', error, running, answer)).toMatchObject({
				...answer,
				failure: { type: 'unreadable' },
				message: `FishSpeech answered, but n8n could not store what it sent (${code}).`,
				action: expect.stringContaining('free space'),
				code,
			});
			expect(failedByError('FishSpeech', error, running).failure).toEqual({ type: 'cutOff' });
		},
	);

	it('that is a failed try already stays that', () => {
		const failedTry = unreadable('x', 'nothing');
		expect(failedByError('x', new FailedTryError(failedTry), { ...running, stopped: true })).toBe(
			failedTry,
		);
	});
});

describe('a call that is given up', () => {
	const context = { operation: 'createJob', attempts: 3 };

	it('carries verdict, tries and what the server said', () => {
		const failedTry = failedByStatus(
			'FishSpeech',
			429,
			{ code: 'slow', message: 'Slow down', requestId: 'req_2' },
			{ retryAfterMs: 5_000 },
		);
		const error = toServiceError(failedTry, classify('create', failedTry.failure), context);
		expect(error.message).toBe('FishSpeech answered 429 (slow): Slow down.');
		expect(error.details).toEqual({
			kind: 'retryable',
			reason: 'rateLimited',
			operation: 'createJob',
			attempts: 3,
			httpStatus: 429,
			code: 'slow',
			requestId: 'req_2',
			retryAfterMs: 5_000,
			outcomeUnknown: false,
		});
	});

	it('says how long a server asks to wait that is not waited for', () => {
		const failedTry = failedByStatus('FishSpeech', 429, {}, { retryAfterMs: 3_600_000 });
		const error = toServiceError(failedTry, classify('read', failedTry.failure), context);
		expect(error.message).toContain('asks to wait 60 minutes');
	});

	it('names the job that it is about', () => {
		const failedTry = failedByStatus('FishSpeech', 404, {}, {});
		const verdict = classify('read', failedTry.failure);
		const error = toServiceError(failedTry, verdict, { ...context, jobId: 'task_9' });
		expect(error.message).toContain('Job: task_9.');
		expect(error.details.jobId).toBe('task_9');
	});
});
