import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inexactNumberIn } from '../../../nodes/shared/api/jsonNumbers.ts';

describe('a number in JSON text', () => {
	it.each([
		['{"id":9007199254740993}', '9007199254740993'],
		['{"id":9007199254740992}', '9007199254740992'],
		['[1, -12345678901234567890 ]', '-12345678901234567890'],
		['12345678901234567890', '12345678901234567890'],
		[String.raw`{"a\"1":"\\","b":{"c":[12345678901234567890]}}`, '12345678901234567890'],
		['[1e400]', '1e400'],
		['[-1.5E+999]', '-1.5E+999'],
	])('of %s cannot be sent exactly', (text, expected) => {
		expect(inexactNumberIn(text)).toBe(expected);
	});

	it.each([
		'{"id":9007199254740991}',
		'[-9007199254740991]',
		'["9007199254740993"]',
		'{"9007199254740993":1}',
		String.raw`["\"9007199254740993"]`,
		'[0.12345678901234567890]',
		'[12345678901234567890.5]',
		'[1e300,1e-400,-0]',
		'[true,null,""]',
	])('of %s can be sent', (text) => {
		expect(inexactNumberIn(text)).toBeUndefined();
	});

	it('is found wherever it stands', () => {
		fc.assert(
			fc.property(fc.json({ maxDepth: 8 }), (text) => {
				const within = (number: string) => `[${text.replaceAll(/\d{16,}/g, '1')},${number}]`;
				expect(inexactNumberIn(within('9007199254740993'))).toBe('9007199254740993');
				expect(inexactNumberIn(within('9007199254740991'))).toBeUndefined();
			}),
		);
	});
});
