import type { INode } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { failure, type FailureAbout } from '../../../nodes/shared/api/errors.ts';
import { FAILURE_REASONS, type FailureReason } from '../../../nodes/shared/api/reasons.ts';
import { asServiceError, failureRow, toNodeError } from '../../../nodes/shared/host/nodeErrors.ts';

const node: INode = {
	id: 'n',
	name: 'Speak',
	type: 'test',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

const errorOf = (reason: FailureReason, about: FailureAbout = {}, message = 'It failed.') =>
	failure(reason, message, { kind: 'terminal', attempts: 1, ...about });

describe('a failed item as a row', () => {
	it.each(FAILURE_REASONS)('has exactly error, message and details: %s', (reason) => {
		const row = failureRow(errorOf(reason), 'synthesize');
		expect(Object.keys(row)).toEqual(['error', 'message', 'details']);
		expect(row.error).not.toBe('');
		expect(row.message).not.toBe('');
		expect(row.details).toMatchObject({ reason, operation: 'synthesize' });
	});
});

describe('a thrown error', () => {
	it('is for n8n to show: message, description, item and the details', () => {
		const error = toNodeError(node, errorOf('notFound', { httpStatus: 404 }), 'getJob', {
			itemIndex: 7,
			batchState: '6 of 9 are done.',
		});
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: 'It failed.',
			httpCode: '404',
			context: {
				itemIndex: 7,
				details: { reason: 'notFound', operation: 'getJob', httpStatus: 404 },
			},
		});
		expect(error.description).toMatch(/account of this credential\. 6 of 9 are done\.$/);
	});

	it('keeps its message although n8n replaces such ones', () => {
		for (const code of ['ECONNREFUSED', 'ENOENT', 'EPERM', 'ECONNRESET', 'ETIMEDOUT']) {
			const message = `No connection could be made: ${code}.`;
			expect(toNodeError(node, errorOf('network', { code }, message), 'o').message).toBe(message);
		}
	});

	it('is an operation’s error for a wrong parameter', () => {
		expect(toNodeError(node, errorOf('invalidParameter'), 'o').name).toBe('NodeOperationError');
	});

	const causes: ReadonlyArray<readonly [FailureReason, number | undefined, string | undefined]> = [
		['rateLimited', 429, 'rate-limited'],
		['insufficientCredits', 402, 'quota-exhausted'],
		['serverError', 500, 'temporarily-unavailable'],
		['network', undefined, 'temporarily-unavailable'],
		['timeout', undefined, 'temporarily-unavailable'],
		['unauthorized', 401, 'credential-invalid'],
		['forbidden', 403, 'credential-invalid'],
		['forbidden', undefined, 'configuration-invalid'],
		['invalidRequest', 400, 'configuration-invalid'],
		['invalidRequest', 418, undefined],
		['invalidParameter', undefined, 'configuration-invalid'],
		['notFound', 404, undefined],
		['conflict', 409, undefined],
		['tooLarge', 413, undefined],
		['unprocessableMedia', 422, undefined],
		['unexpectedResponse', 200, undefined],
		['jobFailed', undefined, undefined],
		['jobTimeout', undefined, undefined],
		['cancelled', undefined, undefined],
		['notSent', undefined, undefined],
		['alreadySubmitted', undefined, undefined],
		['reserveReached', undefined, undefined],
	];

	it.each(causes)('for %s (%s) tells n8n the cause %s', (reason, httpStatus, cause) => {
		const { failure } = toNodeError(node, errorOf(reason, { httpStatus }), 'o');
		expect(failure?.cause).toBe(cause);
	});

	it('has a row in this table for every reason', () => {
		expect([...new Set(causes.map(([reason]) => reason))].sort()).toEqual(
			[...FAILURE_REASONS].sort(),
		);
	});

	it('hands on when to come back', () => {
		const { failure } = toNodeError(node, errorOf('rateLimited', { retryAfterMs: 9 }), 'o');
		expect(failure).toEqual({ cause: 'rate-limited', retryAfterMs: 9 });
	});
});

describe('whatever else was thrown', () => {
	const context = {
		secrets: [{ value: 'the-secret-token', label: '[token]' }],
		outcomeUnknown: true,
	};

	it('becomes an error of this package, without secrets', () => {
		const error = asServiceError(new Error('disk full: the-secret-token'), context);
		expect(error.message).toBe('n8n or this node failed unexpectedly: disk full: [token]');
		expect(error.details).toMatchObject({ reason: 'unexpectedResponse', outcomeUnknown: true });
	});

	it.each([undefined, 'text', new Error(''), {}])(
		'has a message even when it had none: %o',
		(thrown) => {
			expect(asServiceError(thrown, context).message).toContain('no message was given');
		},
	);

	it('stays an error of this package', () => {
		const error = errorOf('timeout');
		expect(asServiceError(error, context)).toBe(error);
	});
});
