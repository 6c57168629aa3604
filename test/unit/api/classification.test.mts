import { describe, expect, it } from 'vitest';
import {
	classify,
	ofMediaHost,
	reasonForStatus,
	type CallFailure,
} from '../../../nodes/shared/api/policy/classification.ts';
import { FAILURE_REASONS } from '../../../nodes/shared/api/reasons.ts';
import { CELLS, RETRY_CASES } from '../../support/retryTable.mts';

const status = (code: number, hasRetryAfter = false): CallFailure => ({
	type: 'status',
	status: code,
	hasRetryAfter,
});

describe('the retry table', () => {
	it.each(RETRY_CASES)(
		'$methodClass, $name, retryUnknownOutcome $atRisk: $cell ($reason)',
		({ methodClass, failure, atRisk, cell, reason }) => {
			expect(classify(methodClass, failure, atRisk)).toEqual({ ...CELLS[cell], reason });
		},
	);

	it('does not risk a second purchase unless told to', () => {
		expect(classify('create', { type: 'timeout' })).toEqual(
			classify('create', { type: 'timeout' }, false),
		);
	});

	it('is retryable exactly where it allows another try', () => {
		for (const { methodClass, failure, atRisk } of RETRY_CASES) {
			const { kind, retry } = classify(methodClass, failure, atRisk);
			expect(kind === 'retryable').toBe(retry !== 'no');
		}
	});

	it('knows the outcome of reads and deletes', () => {
		for (const { methodClass, failure, atRisk } of RETRY_CASES)
			if (methodClass !== 'create')
				expect(classify(methodClass, failure, atRisk).outcomeUnknown).toBe(false);
	});
});

describe('statuses that nobody documents', () => {
	it.each([
		[451, 'invalidRequest'],
		[499, 'invalidRequest'],
		[599, 'serverError'],
		[304, 'unexpectedResponse'],
	] as const)('%i is %s', (code, reason) => {
		expect(reasonForStatus(code)).toBe(reason);
	});

	it('all have a reason of the list', () => {
		for (let code = 300; code < 600; code++)
			expect(FAILURE_REASONS).toContain(reasonForStatus(code));
	});
});

describe('a failure of a media host', () => {
	it.each([401, 402, 403])('is forbidden for a %i, whatever our account may do', (code) => {
		expect(ofMediaHost(classify('read', status(code)))).toEqual({
			...CELLS.no,
			reason: 'forbidden',
		});
	});

	it.each([404, 429, 500])('keeps what a %i means', (code) => {
		const verdict = classify('read', status(code));
		expect(ofMediaHost(verdict)).toEqual(verdict);
	});
});
