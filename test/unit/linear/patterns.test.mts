import { describe, expect, it } from 'vitest';
import { growthProblem } from './growth.mts';
import { WORST_CASES, worstInput } from './patterns.mts';
import { findPatterns, toRegExp } from './sources.mts';

const found = findPatterns();

describe('the regular expressions of the sources', () => {
	it('each have their worst case in patterns.mts', () => {
		const missing = found.filter(({ literal }) => !WORST_CASES.has(literal));
		expect(missing.map(({ file, literal }) => `${file}: ${literal}`)).toEqual([]);
	});

	it('are all that patterns.mts has', () => {
		const literals = new Set(found.map(({ literal }) => literal));
		expect([...WORST_CASES.keys()].filter((literal) => !literals.has(literal))).toEqual([]);
	});

	it.each([...WORST_CASES])('%s takes linear time', { timeout: 60_000 }, (literal, worst) => {
		const pattern = toRegExp(literal);
		const problem = growthProblem(
			(input) => input.replace(pattern, ''),
			(length) => worstInput(worst, length),
		);
		expect(problem).toBeUndefined();
	});
});

describe('the comparison', () => {
	it.each([
		[String.raw`/\/+$/`, { repeated: '/', end: 'a' }],
		[String.raw`/_+([a-z0-9])/gi`, { repeated: '_', end: '-' }],
		[
			String.raw`/https?:\/\/[^\s"'<>]*\/binary-data\/signed\?token=[\w.%-]+/gi`,
			{ repeated: 'http://' },
		],
	])('finds %s, which is quadratic', { timeout: 120_000 }, (literal, worst) => {
		const pattern = toRegExp(literal);
		const problem = growthProblem(
			(input) => input.replace(pattern, ''),
			(length) => worstInput(worst, length),
			0.1,
		);
		expect(problem).toMatch(/times as long/);
	});
});
