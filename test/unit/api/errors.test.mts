import { describe, expect, it } from 'vitest';
import { BodyTooLarge, UnreadableBody } from '../../../nodes/shared/api/http/decoding.ts';
import {
	failedByError,
	failedByStatus,
	FailedTryError,
	toServiceError,
	unreadable,
} from '../../../nodes/shared/api/http/callFailures.ts';
import { classify } from '../../../nodes/shared/api/policy/classification.ts';
import { failure, failureDetails, type FailureDetails } from '../../../nodes/shared/api/errors.ts';
import { ACTIONS, FAILURE_REASONS } from '../../../nodes/shared/api/reasons.ts';
import { TransportFailure } from '../../../nodes/shared/api/http/transport.ts';

const details: FailureDetails = {
	kind: 'terminal',
	reason: 'invalidRequest',
	attempts: 1,
	outcomeUnknown: false,
};

const running = { timedOut: false, stopped: false, timeoutMs: 60_000 };

describe('what to do', () => {
	it('is said for every reason, in sentences, each another', () => {
		expect(Object.keys(ACTIONS).sort()).toEqual([...FAILURE_REASONS, 'outcomeUnknown'].sort());
		const sentences = Object.values(ACTIONS);
		for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
		expect(new Set(sentences).size).toBe(sentences.length);
	});

	it('never says "canceled", which n8n takes for a stopped execution', () => {
		for (const sentence of Object.values(ACTIONS)) expect(sentence).not.toMatch(/canceled/i);
	});

	it('warns first where the call may have been charged', () => {
		const { action } = failure('timeout', 'x', { outcomeUnknown: true });
		expect(action).toMatch(/^This call may have been charged.*Check in the account/);
		expect(action).toContain(ACTIONS.timeout);
	});

	it('ends with the request id, once', () => {
		const withId = failure('invalidRequest', 'x', { requestId: 'req_1' });
		expect(withId.action).toBe(`${ACTIONS.invalidRequest} Request ID: req_1.`);
		expect(failure('conflict', 'x', { action: 'Quote req_1.', requestId: 'req_1' }).action).toBe(
			'Quote req_1.',
		);
		expect(withId.with({ message: 'y' }).action).toBe(withId.action);
	});

	it('is the own sentence of a failure where it has one', () => {
		expect(failure('invalidRequest', 'x', { action: 'Do this.' }).action).toBe('Do this.');
	});

	it('is in the service’s own words where it has some', () => {
		const actions = { timeout: 'Wait.', outcomeUnknown: 'Look first.' };
		const about = { actions, outcomeUnknown: true };
		expect(failure('timeout', 'x', about).action).toBe('Look first. Wait.');
		expect(failure('network', 'x', about).action).toBe(`Look first. ${ACTIONS.network}`);
	});
});

describe('a failure', () => {
	const RETRYABLE = ['rateLimited', 'serverError', 'network', 'timeout', 'jobTimeout'];

	it.each(FAILURE_REASONS)('%s may be tried again only where that can help', (reason) => {
		const { kind } = failure(reason, 'x').details;
		expect(kind).toBe(RETRYABLE.includes(reason) ? 'retryable' : 'terminal');
	});

	it('that may have been charged is final, whatever its reason', () => {
		expect(failure('timeout', 'x', { outcomeUnknown: true }).details.kind).toBe('terminal');
	});

	it('is what its maker knows better', () => {
		expect(failure('notSent', 'x', { kind: 'retryable' }).details.kind).toBe('retryable');
	});
});

describe('an error’s details', () => {
	it('hold only what is known', () => {
		const error = failure('conflict', 'x', { httpStatus: undefined, jobId: undefined, code: 'c' });
		expect(Object.keys(error.details)).toEqual([
			'kind',
			'reason',
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
		const { details: kept } = failure(full.reason, 'x', full);
		expect(failureDetails.parse(JSON.parse(JSON.stringify(kept)))).toEqual(full);
	});

	it('can be completed without losing the rest', () => {
		const error = failure(details.reason, 'x', { ...details, action: 'Do this.' });
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
		expect(failed).toMatchObject({ failure: { type: 'cancelled', wasSent: true } });
	});

	it.each(['neverConnected', 'blocked'] as const)(
		'after Stop, before anything was sent, says so: %s',
		(kind) => {
			const error = new TransportFailure(kind, undefined);
			expect(failedByError('x', error, { ...running, stopped: true })).toEqual({
				failure: { type: 'cancelled', wasSent: false },
				message: 'The execution was stopped before this call was sent.',
			});
		},
	);

	it('after the deadline, before anything was sent, is no connection', () => {
		const error = new TransportFailure('neverConnected', undefined);
		const failed = failedByError('x', error, { ...running, timedOut: true, timeoutMs: 1_500 });
		expect(failed).toEqual({
			failure: { type: 'neverConnected' },
			message: 'No connection to x could be made within 1.5 seconds.',
		});
	});

	it('of another connection than that of the answer is not what became of the request', () => {
		const error = Object.assign(new Error('no store'), { code: 'ECONNREFUSED' });
		const stopped = failedByError('x', error, { ...running, stopped: true }, answer);
		expect(stopped.failure).toEqual({ type: 'cancelled', wasSent: true });
		const late = failedByError('x', error, { ...running, timedOut: true }, answer);
		expect(late.failure).toEqual({ type: 'timeout' });
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
		[
			new BodyTooLarge('a body of more than 2 GiB'),
			'a body of more than 2 GiB, more than this node accepts,',
		],
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

	it.each(['ECONNREFUSED', 'EAI_AGAIN'])(
		'by a store that cannot be reached after the answer sends nothing again: %s',
		(code) => {
			const error = Object.assign(new Error(`connect ${code}`), { code, syscall: 'connect' });
			const failed = failedByError('FishSpeech', error, running, answer);
			expect(failed).toMatchObject({ ...answer, failure: { type: 'unreadable' }, code });
			expect(failed.message).toContain('n8n could not store what it sent');
			expect(failedByError('FishSpeech', error, running).failure.type).toBe('neverConnected');
		},
	);

	it('after the last byte has arrived is n8n’s store’s, with or without a code', () => {
		const late = { ...running, isReceived: true };
		for (const [error, said] of [
			[new Error('Access Denied'), 'no code'],
			[Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), 'EPIPE'],
		] as const)
			for (const timedOut of [false, true])
				expect(failedByError('FishSpeech', error, { ...late, timedOut }, answer)).toMatchObject({
					...answer,
					failure: { type: 'unreadable' },
					message: `FishSpeech answered, but n8n could not store what it sent (${said}).`,
					isOfStore: true,
				});
	});

	it('that is a failed try already stays that', () => {
		const failedTry = unreadable('x', 'nothing');
		expect(failedByError('x', new FailedTryError(failedTry), { ...running, stopped: true })).toBe(
			failedTry,
		);
	});
});

describe('a call that is given up', () => {
	const context = { attempts: 3, actions: undefined };

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
