import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanJson, type JsonLimits } from '../../../nodes/shared/api/http/jsonScan.ts';

const limits: JsonLimits = { bytes: 1_000, depth: 3, elements: 6 };
const wide: JsonLimits = { bytes: 1_000, depth: 1_000, elements: 1_000_000 };
const scanned = (text: string) => {
	const result = scanJson(text, wide);
	return result.ok ? result.text : result.problem;
};

describe('JSON that is looked through', () => {
	it.each([
		['[[[]]]', undefined],
		['[[[[]]]]', 'more than 3 levels deep'],
		['[{"a":[{', 'more than 3 levels deep'],
		['[1,2,3,4,5,6]', undefined],
		['[1,2,3,4,5,6,7]', 'of more than 6 values'],
		['{"a":[],"b":[],"c":[],"d":[]}', 'of more than 6 values'],
		['"[[[[[[,,,,,,,,"', undefined],
		[String.raw`"\"[[[[\\"`, undefined],
		['[[],[],[]]', undefined],
	])('%s: %s', (text, problem) => {
		const result = scanJson(text, limits);
		expect(result.ok ? undefined : result.problem).toBe(problem);
	});

	it.each([
		['{"id":9007199254740993}', '{"id":"9007199254740993"}'],
		['{"id":-9007199254740993,"n":1}', '{"id":"-9007199254740993","n":1}'],
		['[12345678901234567890,1]', '["12345678901234567890",1]'],
		['12345678901234567890', '"12345678901234567890"'],
		['{"id":9007199254740991}', '{"id":9007199254740991}'],
		['[0.12345678901234567890]', '[0.12345678901234567890]'],
		['[1e300]', '[1e300]'],
		['["9007199254740993"]', '["9007199254740993"]'],
		['[00000000000000000001]', '[00000000000000000001]'],
	])('keeps the digits of %s', (text, expected) => {
		expect(scanned(text)).toBe(expected);
	});

	it('is what it was where nothing in it is too large', () => {
		fc.assert(
			fc.property(fc.json({ maxDepth: 8 }), (text) => {
				fc.pre(!/\d{16}/.test(text));
				expect(JSON.parse(scanned(text))).toEqual(JSON.parse(text));
			}),
		);
	});

	it('is left to the parser where it is not JSON', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(scanned(text).replaceAll('"', '')).toBe(text.replaceAll('"', ''));
			}),
		);
	});
});
