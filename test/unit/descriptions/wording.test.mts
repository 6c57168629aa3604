import { describe, expect, it } from 'vitest';
import { hasRightFullStop, isSentenceCase, titleCaseProblem } from './wording.mts';

describe('the checks of wording', () => {
	it.each(['Voice ID Field', 'Reference ID (Legacy)', 'Wait for Job', 'File via URL', 'MP3'])(
		'take "%s" for a title',
		(title) => {
			expect(titleCaseProblem(title)).toBeUndefined();
		},
	);

	it.each(['Voice id', 'Wait For job', 'Audio Url', 'via URL'])(
		'do not take "%s" for a title',
		(title) => {
			expect(titleCaseProblem(title)).toBeDefined();
		},
	);

	it('tell sentence case from title case', () => {
		expect(isSentenceCase('Get many lip-sync jobs')).toBe(true);
		expect(isSentenceCase('Get Many Jobs')).toBe(false);
	});

	it('want a full stop after several sentences, and none after one', () => {
		expect(hasRightFullStop('The voice that speaks the text')).toBe(true);
		expect(hasRightFullStop('The voice that speaks the text.')).toBe(false);
		expect(hasRightFullStop('One sentence. Two sentences.')).toBe(true);
		expect(hasRightFullStop('One sentence. Two sentences')).toBe(false);
	});
});
