import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	asNumber,
	asText,
	asWireObject,
	describeKeys,
	firstNumber,
	firstText,
	toCamelCase,
} from '../../../nodes/shared/api/wire.ts';

describe('a number', () => {
	it.each([
		[12.5, 12.5],
		['12.5', 12.5],
		[' 7 ', 7],
		['-1', -1],
		['1e3', 1_000],
		[0, 0],
		['0', 0],
		['', undefined],
		['  ', undefined],
		['12 credits', undefined],
		['NaN', undefined],
		['Infinity', undefined],
		[Number.NaN, undefined],
		[null, undefined],
		[true, undefined],
		[[1], undefined],
		[{}, undefined],
	])('%o is read as %o', (value, expected) => {
		expect(asNumber(value)).toBe(expected);
	});

	it('never fails, whatever comes', () => {
		fc.assert(
			fc.property(fc.anything(), (value) => {
				const read = asNumber(value);
				return read === undefined || Number.isFinite(read);
			}),
		);
	});
});

describe('a text', () => {
	it.each([
		['a', 'a'],
		['  a ', 'a'],
		[7, '7'],
		['', undefined],
		[' ', undefined],
		[null, undefined],
		[{}, undefined],
	])('%o is read as %o', (value, expected) => {
		expect(asText(value)).toBe(expected);
	});
});

describe('the first value', () => {
	const body = { a: '', b: 'top', task: { a: 'in task', n: '3' }, data: { a: 'in data', n: 4 } };

	it('stands in the body before it stands in the places inside', () => {
		expect(firstText(body, ['a', 'b'], ['task', 'data'])).toBe('top');
		expect(firstText(body, ['a'], ['task', 'data'])).toBe('in task');
		expect(firstText(body, ['a'], ['data', 'task'])).toBe('in data');
		expect(firstText(body, ['a'])).toBeUndefined();
	});

	it('is not looked for in what is no object', () => {
		expect(
			firstText({ task: 'x', data: null, record: [{ a: 'b' }] }, ['a'], ['task', 'data', 'record']),
		).toBeUndefined();
	});

	it('may be a number or a numeric string', () => {
		expect(firstNumber(body, ['n'], ['task', 'data'])).toBe(3);
		expect(firstNumber({ n: 'x', m: 2 }, ['n', 'm'])).toBe(2);
	});
});

describe('an object', () => {
	it.each([null, undefined, 'a', 1, true, [], [{}]])('is not %o', (value) => {
		expect(asWireObject(value)).toBeUndefined();
	});

	it('is one', () => {
		expect(asWireObject({ a: 1 })).toEqual({ a: 1 });
	});
});

describe('field names', () => {
	it.each([
		['user_id', 'userId'],
		['api_quota_remaining', 'apiQuotaRemaining'],
		['already', 'already'],
		['alreadyCamel', 'alreadyCamel'],
		['_private', 'private'],
		['a__b', 'aB'],
		['x_1', 'x1'],
		['URL', 'URL'],
	])('%s becomes %s', (key, expected) => {
		expect(toCamelCase(key)).toBe(expected);
	});
});

describe('the keys of an unexpected body', () => {
	it('are shown, a dozen at most and never long', () => {
		expect(describeKeys({})).toBe('no fields');
		expect(describeKeys({ a: 1, b: 2 })).toBe('the fields a, b');
		const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${index}`, 1]));
		expect(describeKeys(many)).toMatch(/key11$/);
		expect(describeKeys({ ['k'.repeat(500)]: 1 }).length).toBeLessThan(220);
	});
});
