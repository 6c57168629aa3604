import { describe, expect, it } from 'vitest';
import {
	readBatchOptions,
	readCallOptions,
	readPollingOptions,
} from '../../../../nodes/shared/host/parameters/commonOptions.ts';
import { readLimit } from '../../../../nodes/shared/host/parameters/paging.ts';
import { readerOf, refusalOf, withOptions } from './reading.mts';

const readCreate = (options: unknown, itemIndex?: number) =>
	readCallOptions(withOptions(options, itemIndex), 300, true);

describe('the options of a call', () => {
	it('have defaults', () => {
		expect(readCreate({})).toEqual({
			requestTimeoutMs: 300_000,
			maxRetries: 4,
			includeInputFields: false,
			retryUnknownOutcome: false,
			onceKey: undefined,
			whenSeenBefore: 'skip',
		});
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
			includeInputFields: true,
			onceKey: 17,
			whenSeenBefore: 'fail',
			retryUnknownOutcome: true,
		};
		expect(readCreate(options)).toEqual({
			requestTimeoutMs: 500,
			maxRetries: 0,
			includeInputFields: true,
			onceKey: '17',
			whenSeenBefore: 'fail',
			retryUnknownOutcome: true,
		});
	});

	it('of creates do not count for what is free', () => {
		const options = { onceKey: '', whenSeenBefore: 'fail', retryUnknownOutcome: true };
		expect(readCallOptions(withOptions(options), 60, false)).toMatchObject({
			onceKey: undefined,
			whenSeenBefore: 'skip',
			retryUnknownOutcome: false,
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
		{ maxRetries: 'none' },
		{ maxRetries: null },
		{ retryUnknownOutcome: 'yes' },
		{ includeInputFields: 1 },
		{ whenSeenBefore: 'ignore' },
	])('refuse %o', (options) => {
		refusalOf(() => readCreate(options));
	});

	it.each(['text', 7, [], true])('refuse to be %o', (options) => {
		refusalOf(() => readCreate(options));
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
});

describe('a once key', () => {
	it.each([
		['row-1', 'row-1'],
		[' row-1 ', 'row-1'],
		[17, '17'],
		[0, '0'],
		['x'.repeat(500), 'x'.repeat(500)],
	])('may be %o', (onceKey, expected) => {
		expect(readCreate({ onceKey }).onceKey).toBe(expected);
	});

	it.each(['', ' ', undefined, null, true, Number.NaN, {}, [], 'x'.repeat(501)])(
		'that was added is never "no protection": %o is refused',
		(onceKey) => {
			expect(refusalOf(() => readCreate({ onceKey }))).toContain('"Once Key"');
		},
	);
});

describe('the options of a batch', () => {
	const reading = (...items: readonly unknown[]) =>
		readBatchOptions(
			items.map((options, itemIndex) => withOptions(options, itemIndex)),
			true,
		);
	const fails = () => {
		throw new Error('no such node');
	};

	it.each<[string, readonly unknown[], number, number]>([
		['have defaults', [{}], 5, 0],
		['are those of the first item', [{ concurrency: 2 }, { concurrency: 9 }], 2, 0],
		['may be numeric texts', [{ concurrency: '7', keepInReserve: '12.5' }], 7, 12.5],
		['fall to the next item when an expression fails', [fails, { concurrency: 9 }], 9, 0],
		[
			'fall to the next item when a value is refused',
			[{ concurrency: 0 }, { concurrency: 3 }],
			3,
			0,
		],
		[
			'come each from the first item in which it can be read',
			[
				{ concurrency: 2, keepInReserve: -1 },
				{ concurrency: 3, keepInReserve: 40 },
			],
			2,
			40,
		],
		[
			'have the reserve of the next item when the first one’s has no value',
			[{ keepInReserve: undefined }, { keepInReserve: 40 }],
			5,
			40,
		],
		['are the defaults where none can be read', [fails, { concurrency: 'x' }, []], 5, 0],
		['are the defaults where there are no items', [], 5, 0],
	])('%s', (_, items, concurrency, keepInReserve) => {
		expect(reading(...items)).toEqual({ concurrency, keepInReserve });
	});

	it('leave nothing in reserve for what is free', () => {
		const [first] = [withOptions({ keepInReserve: 50 }, 0)];
		expect(readBatchOptions([first], false).keepInReserve).toBe(0);
	});

	it.each([{ concurrency: 0 }, { concurrency: 501 }, { concurrency: 1.5 }])(
		'that are wrong are the failure of the first item alone: %o',
		(options) => {
			refusalOf(() => readCreate(options, 0));
			expect(readCreate(options, 1).maxRetries).toBe(4);
		},
	);

	it.each([-1, 'many', '10 000', null, undefined, Number.NaN])(
		'refuse every item that would be sent without its reserve, which is %o',
		(keepInReserve) => {
			for (const itemIndex of [0, 1])
				expect(refusalOf(() => readCreate({ keepInReserve }, itemIndex))).toContain(
					'Keep in Reserve',
				);
		},
	);

	it.each([0, -1, 1.5, 501, 'many', null, true])('refuse a concurrency of %o', (concurrency) => {
		expect(refusalOf(() => readCreate({ concurrency }, 0))).toContain(
			'a whole number from 1 to 500',
		);
	});
});

describe('a limit', () => {
	it.each([
		[{ returnAll: true, limit: -1 }, Number.POSITIVE_INFINITY],
		[{ returnAll: false, limit: 1 }, 1],
		[{ returnAll: false, limit: '50' }, 50],
	])('of %o is %o', (parameters, expected) => {
		expect(readLimit(readerOf(parameters))).toBe(expected);
	});

	it.each([0, -1, 1.5, 'x', null])('may not be %o', (limit) => {
		refusalOf(() => readLimit(readerOf({ returnAll: false, limit })));
	});
});
