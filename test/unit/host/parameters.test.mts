import type { IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../nodes/shared/api/errors.ts';
import {
	readCallOptions,
	readConcurrency,
	readPollingOptions,
} from '../../../nodes/shared/host/parameters/options.ts';
import { readLimit } from '../../../nodes/shared/host/parameters/paging.ts';
import {
	describeValue,
	ParameterReader,
} from '../../../nodes/shared/host/parameters/parameters.ts';

/** A reader of the given parameters, as n8n has resolved them; a function stands for an expression that fails. */
function readerOf(parameters: Readonly<Record<string, unknown>>): ParameterReader {
	const host = {
		getNodeParameter: (name: string, _itemIndex: number, fallback?: unknown): unknown => {
			const value = parameters[name] ?? fallback;
			return typeof value === 'function' ? value() : value;
		},
	};
	// Reading parameters is all that a reader asks of its host.
	return new ParameterReader(host as unknown as IExecuteFunctions, 'synthesize', 3);
}

const withOptions = (options: unknown) => readerOf({ options });

/** What and action of the refusal. */
function refusalOf(read: () => unknown): string {
	try {
		read();
	} catch (error) {
		if (!(error instanceof ServiceError)) throw error;
		expect(error.details).toEqual({
			kind: 'terminal',
			reason: 'invalidParameter',
			operation: 'synthesize',
			attempts: 0,
			outcomeUnknown: false,
		});
		expect(error.message).toMatch(/^Parameter ".+" .*\[item 3\]\.$/);
		expect(error.action).toMatch(/^Accepted: .+\. Nothing was sent for this item\.$/);
		return `${error.message} ${error.action}`;
	}
	throw new Error('it was accepted');
}

describe('an ID', () => {
	it.each(['task_123', 'a-b-c', '  trimmed ', 42, 'ünïcode'])('may be %o', (id) => {
		expect(readerOf({ id }).id('id', 'Job ID')).toBe(String(id).trim());
	});

	it.each([
		'',
		'  ',
		'a/b',
		'../profile',
		'a.b',
		'a%2Fb',
		'a?b=c',
		'a#b',
		'a b',
		'a\\b',
		'x'.repeat(201),
		null,
		{},
		[],
	])('may not be %o', (id) => {
		expect(refusalOf(() => readerOf({ id }).id('id', 'Job ID'))).toContain('"Job ID"');
	});
});

describe('a URL', () => {
	const read = (value: unknown) => readerOf({}).url(value, 'Audio URL');

	it.each(['https://a.test/x?y=z', 'http://a.test', '  https://a.test/x '])(
		'may be %s',
		(value) => {
			expect(read(value)).toBe(value.trim());
		},
	);

	it.each([
		'',
		'a.test/x',
		'ftp://a.test',
		'file:///etc/passwd',
		'javascript:alert(1)',
		'https://',
		'https://user:pass@a.test',
		7,
		undefined,
	])('may not be %o', (value) => {
		refusalOf(() => read(value));
	});

	it('never shows its query or password', () => {
		expect(refusalOf(() => read('ftp://a.test/x?token=secret'))).not.toContain('secret');
		expect(refusalOf(() => read('https://user:secret@a.test/'))).not.toContain('secret');
	});
});

describe('a choice and a flag', () => {
	it('are taken as they are', () => {
		expect(readerOf({ a: 'srt' }).choice('a', 'Subtitles', ['srt', 'vtt'])).toBe('srt');
		expect(readerOf({ a: true }).boolean('a', 'Flag')).toBe(true);
		expect(readerOf({ a: 'false' }).boolean('a', 'Flag')).toBe(false);
	});

	it.each(['SRT', '', 1, null])('name what is accepted instead of %o', (a) => {
		expect(refusalOf(() => readerOf({ a }).choice('a', 'Subtitles', ['srt', 'vtt']))).toContain(
			'Accepted: srt, vtt.',
		);
	});

	it.each(['yes', 1, 0, null, {}])('is neither true nor false: %o', (a) => {
		refusalOf(() => readerOf({ a }).boolean('a', 'Flag'));
	});
});

describe('an expression that fails', () => {
	it('is an invalid parameter that says why', () => {
		const reader = readerOf({
			text: () => {
				throw new Error('$json.x is undefined');
			},
		});
		expect(refusalOf(() => reader.string('text', 'Text', 'a text'))).toContain(
			'could not be read: $json.x is undefined',
		);
	});
});

describe('the options of a call', () => {
	it('have defaults', () => {
		expect(readCallOptions(withOptions({}), 300)).toEqual({
			requestTimeoutMs: 300_000,
			maxRetries: 4,
			includeInputFields: false,
			retryUnknownOutcome: false,
			onceKey: '',
			whenSeenBefore: 'skip',
		});
		expect(readConcurrency(withOptions({}))).toBe(5);
		expect(readPollingOptions(withOptions({}))).toEqual({
			waitTimeoutMs: 900_000,
			initialPollMs: 1_000,
			maxPollMs: 10_000,
		});
	});

	it('are read in the units of the client', () => {
		const options = {
			requestTimeoutSeconds: '0.5',
			maxRetries: '0',
			onceKey: 17,
			whenSeenBefore: 'fail',
			retryUnknownOutcome: true,
		};
		expect(readCallOptions(withOptions(options), 60)).toMatchObject({
			requestTimeoutMs: 500,
			maxRetries: 0,
			onceKey: '17',
			whenSeenBefore: 'fail',
			retryUnknownOutcome: true,
		});
	});

	it.each([
		{ requestTimeoutSeconds: 0 },
		{ requestTimeoutSeconds: -1 },
		{ requestTimeoutSeconds: 86_401 },
		{ requestTimeoutSeconds: 'soon' },
		{ requestTimeoutSeconds: Number.NaN },
		{ maxRetries: -1 },
		{ maxRetries: 1.5 },
		{ maxRetries: 21 },
		{ maxRetries: null },
		{ retryUnknownOutcome: 'true' },
		{ includeInputFields: 1 },
		{ onceKey: {} },
		{ onceKey: 'x'.repeat(501) },
		{ whenSeenBefore: 'ignore' },
	])('refuse %o', (options) => {
		refusalOf(() => readCallOptions(withOptions(options), 60));
	});

	it.each([0, -1, 1.5, 501, 'many', null, true])('refuse a concurrency of %o', (concurrency) => {
		expect(refusalOf(() => readConcurrency(withOptions({ concurrency })))).toContain(
			'a whole number from 1 to 500',
		);
	});

	it.each([
		{ waitTimeoutSeconds: -1 },
		{ waitTimeoutSeconds: 86_401 },
		{ initialPollSeconds: 0 },
		{ maxPollSeconds: -5 },
		{ maxPollSeconds: 100_000 },
	])('refuse waits of %o', (options) => {
		refusalOf(() => readPollingOptions(withOptions(options)));
	});

	it.each(['text', 7, [], true])('refuse to be %o', (options) => {
		refusalOf(() => readCallOptions(withOptions(options), 60));
	});
});

describe('a limit', () => {
	it('is infinite with Return All', () => {
		expect(readLimit(readerOf({ returnAll: true, limit: -1 }))).toBe(Number.POSITIVE_INFINITY);
	});

	it.each([0, -1, 1.5, 'x', null])('may not be %o', (limit) => {
		refusalOf(() => readLimit(readerOf({ returnAll: false, limit })));
	});
});

describe('the text of a value in a message', () => {
	it.each([
		['', 'is empty'],
		['abc', 'is "abc"'],
		['x'.repeat(100), `is "${'x'.repeat(60)}"`],
		[undefined, 'is missing'],
		[null, 'is missing'],
		[7, 'is 7'],
		[false, 'is false'],
		[[1], 'is a list'],
		[{}, 'is an object'],
	])('%o %s', (value, expected) => {
		expect(describeValue(value)).toBe(expected);
	});
});
