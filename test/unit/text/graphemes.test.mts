import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphemeStart } from '../../../nodes/shared/text/graphemes.ts';

describe('graphemeStart', () => {
	it('finds what a segmenter finds that sees the whole text', () => {
		const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
		const units = fc.constantFrom(
			...[
				'a',
				' ',
				'.',
				'\n',
				'\r',
				'\u0301',
				'\u200D',
				'\u200C',
				'\uFE0F',
				'©',
				'‼',
				'中',
				'。',
				'か',
				'\u3099',
			],
			...[
				'👩',
				'🏽',
				'🇩',
				'🇪',
				'\u{E0067}',
				'\u0600',
				'\u1100',
				'\u1161',
				'\u11A8',
				'가',
				'क',
				'\u094D',
				'ส',
				'\u0E33',
			],
			...[
				'\uD83D',
				'\uDC69',
				'ﾊ',
				'\uFF9E',
				'\u00AD',
				'\u200B',
				'\u2028',
				'é',
				'ж',
				'\u0483',
				'א',
				'\u05B0',
			],
		);
		const texts = fc
			.array(fc.oneof(units, fc.string({ unit: 'binary', maxLength: 1 })), { maxLength: 20 })
			.map((all) => all.join(''));
		fc.assert(
			fc.property(texts, (text) => {
				const whole = segmenter.segment(text);
				for (let index = 0; index < text.length; index += 1) {
					expect(graphemeStart(text, index, 0)).toBe(whole.containing(index)?.index);
				}
			}),
			{ numRuns: 3000 },
		);
	});
});
