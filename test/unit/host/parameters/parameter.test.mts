import type { INodeProperties } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import {
	choice,
	describeValue,
	flag,
	id,
	number,
	optionalText,
	seconds,
	shownWhen,
	text,
	url,
	withField,
	type Parameter,
} from '../../../../nodes/shared/host/parameters/parameter.ts';
import { readerOf, refusalOf } from './reading.mts';

const field = (changes: Partial<INodeProperties> = {}): INodeProperties => ({
	displayName: 'Some Field',
	name: 'some',
	type: 'string',
	default: '',
	...changes,
});

const within = (minValue: number, maxValue: number, numberPrecision?: number) =>
	field({ typeOptions: { minValue, maxValue, numberPrecision } });

const read = <T,>(parameter: Parameter<T>, some: unknown): T => readerOf({ some }).get(parameter);

interface Case {
	readonly parameter: Parameter<unknown>;
	readonly accepted: ReadonlyArray<readonly [found: unknown, read: unknown]>;
	readonly refused: readonly unknown[];
	/** What the refusal says would be accepted. */
	readonly says: string;
}

const NEVER_A_TEXT = [null, undefined, true, {}, ['a'], Number.NaN, Number.POSITIVE_INFINITY];
const NEVER_A_NUMBER = ['', ' ', 'many', '1,5', '5 s', Number.NaN, null, undefined, true, {}, [5]];

const CASES: Readonly<Record<string, Case>> = {
	'a flag': {
		parameter: flag(field()),
		accepted: [
			[true, true],
			[false, false],
			['true', true],
			['false', false],
		],
		refused: ['yes', 'TRUE', '', 1, 0, null, undefined, {}, []],
		says: 'true or false',
	},
	'a number': {
		parameter: number(within(-1, 10)),
		accepted: [
			[0, 0],
			[-1, -1],
			[10, 10],
			[2.5, 2.5],
			['2.5', 2.5],
			[' 7 ', 7],
		],
		refused: [-1.1, 10.1, '11', Number.POSITIVE_INFINITY, ...NEVER_A_NUMBER],
		says: 'a number from -1 to 10',
	},
	'a number without limits of its own': {
		parameter: number(field()),
		accepted: [
			[0, 0],
			[Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
		],
		refused: [-1, 1e300],
		says: `a number from 0 to ${Number.MAX_SAFE_INTEGER}`,
	},
	'a whole number': {
		parameter: number(within(1, 500, 0)),
		accepted: [
			[1, 1],
			[500, 500],
			['3', 3],
		],
		refused: [0, 501, 1.5, '1.5', ...NEVER_A_NUMBER],
		says: 'a whole number from 1 to 500',
	},
	'a count': {
		parameter: number(within(1, 9), true),
		accepted: [[9, 9]],
		refused: [0, 2.5, 10],
		says: 'a whole number from 1 to 9',
	},
	'a wait in seconds': {
		parameter: seconds(within(0.1, 60)),
		accepted: [
			[0.5, 500],
			['1', 1_000],
			[60, 60_000],
		],
		refused: [0, 61, 'soon', ...NEVER_A_NUMBER],
		says: 'a number from 0.1 to 60',
	},
	'a choice': {
		parameter: choice(
			{ displayName: 'Some Field', name: 'some', default: 'srt' },
			['SRT', 'srt', 'The older one'],
			['VTT', 'vtt', 'The newer one'],
		),
		accepted: [
			['srt', 'srt'],
			['vtt', 'vtt'],
		],
		refused: ['SRT', ' srt', '', 1, null, undefined, ['srt']],
		says: 'srt, vtt',
	},
	'a text': {
		parameter: text(field(), 'a name'),
		accepted: [
			['Anna', 'Anna'],
			['  Anna\n', 'Anna'],
			[17, '17'],
			[0, '0'],
		],
		refused: ['', '  ', '\n\t', ...NEVER_A_TEXT],
		says: 'a name',
	},
	'a text that may be empty': {
		parameter: optionalText(field()),
		accepted: [
			['', ''],
			['  ', ''],
			[' a b ', 'a b'],
			[1.5, '1.5'],
		],
		refused: NEVER_A_TEXT,
		says: 'a text',
	},
	'an ID': {
		parameter: id(field()),
		accepted: [
			['task_123', 'task_123'],
			['a-b-c', 'a-b-c'],
			['  trimmed ', 'trimmed'],
			[42, '42'],
			['ünïcode', 'ünïcode'],
			['a.b', 'a.b'],
			['...', '...'],
			['x'.repeat(200), 'x'.repeat(200)],
		],
		refused: [
			...['', '  ', '.', '..', ' .. ', 'a/b', '../profile', 'a%2Fb', '%2e%2e', 'a?b=c', 'a#b'],
			...['a b', 'a\\b', 'a\nb', 'x'.repeat(201), ...NEVER_A_TEXT],
		],
		says: 'an ID as the service gave it',
	},
	'a URL': {
		parameter: url(field()),
		accepted: [
			['https://a.test/x?y=z', 'https://a.test/x?y=z'],
			['http://a.test', 'http://a.test'],
			['  https://a.test/x ', 'https://a.test/x'],
		],
		refused: [
			...['', ' ', 'a.test/x', 'ftp://a.test', 'file:///etc/passwd', 'javascript:alert(1)'],
			...['https://', 'https://user:pass@a.test', 'https://user@a.test', 7, null, undefined, {}],
		],
		says: 'a whole URL that starts with https:// or http://',
	},
};

describe.each(Object.entries(CASES))('%s', (_, { parameter, accepted, refused, says }) => {
	it.each(accepted)('may be %o and is read as %o', (found, expected) => {
		expect(read(parameter, found)).toEqual(expected);
	});

	it.each(refused.map((value) => ({ value })))('may not be $value', ({ value }) => {
		const refusal = refusalOf(() => read(parameter, value));
		expect(refusal).toContain('Parameter "Some Field"');
		expect(refusal).toContain(`Accepted: ${says}`);
	});
});

describe('a refused URL', () => {
	it.each([
		...['ftp://a.test/x?token=secret', 'https://user:secret@a.test/', 'a.test?token=secret'],
		...['user:secret@a.test/a.wav', '//a.test/a?X-Amz-Signature=secret', 'a.test/x#secret'],
		...['a.test/x?secret', 'a.test/a.mp3?X-Amz-Signature=secret'],
	])('never shows its query or password: %s', (value) => {
		expect(refusalOf(() => read(url(field()), value))).not.toContain('secret');
	});
});

describe('a choice in the editor', () => {
	it('has its values with their names and descriptions', () => {
		const parameter = choice({ displayName: 'Some Field', name: 'some', default: 'a' }, [
			'A',
			'a',
			'The first',
		]);
		expect(parameter.field).toEqual({
			displayName: 'Some Field',
			name: 'some',
			type: 'options',
			default: 'a',
			options: [{ name: 'A', value: 'a', description: 'The first' }],
		});
	});
});

describe('a parameter with other fields', () => {
	const original = flag(field({ displayOptions: { show: { a: [1] }, hide: { b: [2] } } }));

	it('is shown under one more condition, and the original as before', () => {
		expect(shownWhen(original, { c: [3] }).field.displayOptions).toEqual({
			show: { a: [1], c: [3] },
			hide: { b: [2] },
		});
		expect(original.field.displayOptions).toEqual({ show: { a: [1] }, hide: { b: [2] } });
	});

	it('is read as before', () => {
		const changed = withField(original, { displayName: 'Other', default: true });
		expect(changed.field).toMatchObject({ displayName: 'Other', default: true, name: 'some' });
		expect(read(changed, 'false')).toBe(false);
		expect(refusalOf(() => read(changed, 1))).toContain('Parameter "Other" is 1');
	});
});

describe('the text of a value in a message', () => {
	it.each([
		['', 'is empty'],
		['abc', 'is "abc"'],
		['x'.repeat(100), `is "${'x'.repeat(60)}"`],
		['https://h.example/x?token=SECRET#a', 'is "https://h.example/x"'],
		['https://user:SECRET@h.example/x', 'is "h.example/x"'],
		['x?token=SECRET', 'is "x"'],
		['b.s3.example/a.mp3?X-Amz-Signature=SECRET', 'is "b.s3.example/a.mp3"'],
		['a?', 'is "a?"'],
		['me@example.com', 'is "me@example.com"'],
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
