import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitText } from '../../../nodes/shared/text/splitText.ts';
import { normalizeText } from '../../../nodes/shared/text/normalizeText.ts';

describe('splitText', () => {
	it.each([
		['leaves a text that fits', 'One. Two.', 9, ['One. Two.']],
		['has no parts for an empty text', '', 10, []],
		['has no parts for white space', ' \n\n ', 10, []],
		[
			'prefers a blank line to a later sentence end',
			'First thing of all.\n\nSecond. Third thing.',
			32,
			['First thing of all.\n\n', 'Second. Third thing.'],
		],
		[
			'prefers a sentence end to a later comma',
			'It rains here. If so, we stay in bed.',
			25,
			['It rains here. ', 'If so, we stay in bed.'],
		],
		[
			'prefers a comma to a later space',
			'When it rains here, we all stay in bed',
			30,
			['When it rains here, ', 'we all stay in bed'],
		],
		[
			'takes a space where there is no mark',
			'we all stay in bed today',
			17,
			['we all stay in ', 'bed today'],
		],
		['does not count white space at a cut', 'aaa bbb\n\nccc', 3, ['aaa ', 'bbb\n\n', 'ccc']],
		[
			'takes a line break for the end of a clause',
			'- milk and honey\n- bread and butter',
			24,
			['- milk and honey\n', '- bread and butter'],
		],
		[
			'makes no small part of the words before a long clause',
			'Well, whatever you may have heard about it',
			30,
			['Well, whatever you may have ', 'heard about it'],
		],
		[
			'keeps quotes and brackets with their sentence',
			'He said: "No." (Twice!) Then he left us.',
			25,
			['He said: "No." (Twice!) ', 'Then he left us.'],
		],
		[
			'goes on after a question inside a sentence',
			'"Did you really?" he asked us both. Nobody knew.',
			40,
			['"Did you really?" he asked us both. ', 'Nobody knew.'],
		],
		[
			'cuts at a full stop of any length',
			'Wait... What is it now? I see.',
			25,
			['Wait... What is it now? ', 'I see.'],
		],
		[
			'does not take "Dr." and initials for sentence ends',
			'We met Dr. J. R. Weber. He spoke to Mr. A. Jones.',
			36,
			['We met Dr. J. R. Weber. ', 'He spoke to Mr. A. Jones.'],
		],
		[
			'does not cut after an abbreviation when there is another space',
			'we have all met Dr. Weber',
			20,
			['we have all met ', 'Dr. Weber'],
		],
		[
			'does not take a lower-case continuation for a new sentence',
			'Fruit, e.g. apples and such, is good. Eat it all up.',
			44,
			['Fruit, e.g. apples and such, is good. ', 'Eat it all up.'],
		],
		[
			'knows German abbreviations and ordinals',
			'Das gilt z. B. am 3. Mai bzw. Juni. Dr. Weber kam ca. 10 Uhr.',
			52,
			['Das gilt z. B. am 3. Mai bzw. Juni. ', 'Dr. Weber kam ca. 10 Uhr.'],
		],
		[
			'knows Russian abbreviations',
			'Это было давно, т. е. в 1999 г. Москве. Проф. Иванов знал акад. Петрова.',
			60,
			['Это было давно, т. е. в 1999 г. Москве. ', 'Проф. Иванов знал акад. Петрова.'],
		],
		[
			'cuts a Georgian text at its sentences, which begin without capitals',
			'დილა მშვიდობისა, მეგობრებო. დღეს კარგი ამინდია, მაგრამ იწვიმებს.',
			55,
			['დილა მშვიდობისა, მეგობრებო. ', 'დღეს კარგი ამინდია, მაგრამ იწვიმებს.'],
		],
		[
			'cuts neither decimals nor times nor addresses',
			'Pi is 3.14 at 10:30, see http://a.de/b?c=d.e,f for it. It is.',
			58,
			['Pi is 3.14 at 10:30, see http://a.de/b?c=d.e,f for it. ', 'It is.'],
		],
		[
			'cuts a Chinese text without spaces at its sentence ends',
			'今天天气很好，我们去公园。你觉得怎么样？他说：“走吧。”然后大家出发了。',
			19,
			['今天天气很好，我们去公园。', '你觉得怎么样？他说：“走吧。”', '然后大家出发了。'],
		],
		[
			'cuts a Chinese sentence at its clauses',
			'我们去公园散步，然后去图书馆看书',
			12,
			['我们去公园散步，', '然后去图书馆看书'],
		],
		[
			'does not tear a Japanese quote from what follows it',
			'「そうだ。」と彼は言った。それから帰った。',
			16,
			['「そうだ。」と彼は言った。', 'それから帰った。'],
		],
		[
			'does not cut a fullwidth decimal',
			'円周率は３．１４です。そうですか。',
			14,
			['円周率は３．１４です。', 'そうですか。'],
		],
		[
			'cuts scripts without spaces between words',
			'今天天气很好我们去公园散步吧',
			9,
			['今天天气很好我们去', '公园散步吧'],
		],
		[
			'cuts Thai between words',
			'ประเทศไทยเป็นประเทศที่สวยงาม',
			12,
			['ประเทศไทย', 'เป็นประเทศ', 'ที่สวยงาม'],
		],
		[
			'cuts a long address after one of its separators',
			'https://example.com/path/to?with=query',
			30,
			['https://example.com/path/to?', 'with=query'],
		],
		['cuts a run of letters anywhere', 'abcdefghij', 4, ['abcd', 'efgh', 'ij']],
		['keeps emoji with joiners whole', '👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 11, ['👩‍👩‍👧👩‍👩‍👧', '👩‍👩‍👧']],
		['keeps flags and skin tones whole', '🇩🇪🇫🇷👍🏽👍🏿', 3, ['🇩🇪', '🇫🇷', '👍🏽', '👍🏿']],
		[
			'keeps combining marks on their letters',
			'e\u0301e\u0301e\u0301',
			3,
			['e\u0301', 'e\u0301', 'e\u0301'],
		],
		['keeps a combining mark on its space', 'abc \u0301def', 5, ['abc \u0301', 'def']],
		[
			'cuts inside a combined character that is longer than a part',
			'a\u0301\u0302\u0303',
			2,
			['a\u0301', '\u0302\u0303'],
		],
		['never cuts a surrogate pair', '😀😀😀', 1, ['😀', '😀', '😀']],
		['does not cut at a no-break space', 'aa bb\u00a0cc dd', 7, ['aa ', 'bb\u00a0cc ', 'dd']],
	])('%s', (_, text, maxCodePoints, expected) => {
		expect(splitText(text, maxCodePoints)).toEqual(expected);
	});

	it.each([0, -1, 1.5, NaN, Infinity])('refuses a limit of %s', (maxCodePoints) => {
		expect(() => splitText('text', maxCodePoints)).toThrow(RangeError);
	});

	it('gives parts that are the text again, visible, within the limit and without torn characters', () => {
		const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
		fc.assert(
			fc.property(mixedText(), fc.integer({ min: 1, max: 60 }), (text, maxCodePoints) => {
				const parts = splitText(text, maxCodePoints);
				expect(parts.join('')).toBe(text.trim() === '' ? '' : text);
				let cut = 0;
				for (const part of parts) {
					const sent = [...part.trim()].length;
					expect(sent).toBeGreaterThan(0);
					expect(sent).toBeLessThanOrEqual(maxCodePoints);
					const torn = graphemes.segment(text).containing(cut);
					const isForced = [...(torn?.segment ?? '')].length > maxCodePoints;
					expect(torn?.index === cut || isForced).toBe(true);
					cut += part.length;
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('begins no part of a normalised text with white space', () => {
		fc.assert(
			fc.property(mixedText(), fc.integer({ min: 5, max: 60 }), (text, maxCodePoints) => {
				for (const part of splitText(
					// With a mark or a joiner behind it, white space is the base of a combined character.
					normalizeText(text).replace(/\s[\p{M}\u200c\u200d]+/gu, ' '),
					maxCodePoints,
				)) {
					expect(part).toBe(part.trimStart());
				}
			}),
		);
	});

	it('cuts only between sentences where sentences are short', () => {
		fc.assert(
			fc.property(
				proseOf(sentences),
				fc.integer({ min: 140, max: 400 }),
				(prose, maxCodePoints) => {
					const ends = new Set<number>();
					let length = 0;
					for (const sentence of prose) ends.add((length += sentence.length));
					const parts = splitText(prose.join(''), maxCodePoints);
					let cut = 0;
					for (const part of parts) expect(ends).toContain((cut += part.length));
				},
			),
		);
	});

	it('fills at least half of each part but the last in prose', () => {
		fc.assert(
			fc.property(
				proseOf(sentences),
				fc.integer({ min: 140, max: 400 }),
				(prose, maxCodePoints) => {
					for (const part of splitText(prose.join(''), maxCodePoints).slice(0, -1)) {
						expect([...part].length).toBeGreaterThanOrEqual(Math.floor(maxCodePoints / 2));
					}
				},
			),
		);
	});

	it.each([
		['letters', 'abcdefghij'],
		['ideographs', '今天天气很好我们去公园散步吧'],
		['emoji', '👩‍👩‍👧🇩🇪'],
		['combining marks', '\u0301'],
		['full stops', '.'],
		['no-break spaces', 'a\u00a0\u00a0\u00a0'],
		['prose', 'It was, as ever, a matter of time. "Really?" he asked Dr. Weber. '],
	])('takes linear time for a megabyte of %s', (_, unit) => {
		const text = `a${unit.repeat(Math.ceil(1_000_000 / unit.length))}a`;
		// Quadratic time would be minutes, longer than a test may take.
		for (const maxCodePoints of [500, 5000, 100_000])
			expect(splitText(text, maxCodePoints).length).toBeGreaterThan(1);
	});
});

const sentences = [
	'It costs 3.14 dollars, as Dr. Smith said at 10:30 a.m. on Monday. ',
	'“Really?” he asked, e.g. when Mr. J. Jones came. ',
	'See https://example.com/a.b?c=d for more! ',
	'Das gilt z. B. für Haus und Hof, d. h. ab dem 3. Mai. ',
	'Prof. Müller kam um ca. 10 Uhr mit Frau Dr. Weber. ',
	'Это было давно, т. е. в прошлом веке. ',
	'Проф. Иванов сказал: «Нет!» ',
	'今天天气很好，我们去公园散步吧。',
	'他说：“走吧！”',
	'「そうだ。」と彼は言った。',
	'楽しかったです！？',
	'नमस्ते दुनिया। ',
	'Great news 👩‍👩‍👧! ',
	'Done…\n\n',
];

function proseOf(pool: readonly string[]): fc.Arbitrary<string[]> {
	return fc.array(fc.constantFrom(...pool), { minLength: 10, maxLength: 80 });
}

function mixedText(): fc.Arbitrary<string> {
	const words = fc.constantFrom(
		'word',
		'Dr.',
		'z. B.',
		'3.14',
		'https://example.com/a?b=c',
		'слово',
		'今天天气',
		'ひらがな',
		'カタカナ',
		'한국어',
		'ประเทศไทย',
		'नमस्ते',
		'👩‍👩‍👧',
		'🇩🇪',
		'👍🏽',
		'e\u0301',
		'\u0301\u0302',
		'\u200D',
		'𠮷',
		'\u0600',
		'\u1100\u1161\u11a8',
		'©\uFE0F',
	);
	const marks = fc.constantFrom(
		'.',
		'!',
		'?',
		'…',
		',',
		';',
		'—',
		'"',
		'”',
		')',
		'。',
		'、',
		'！',
		'」',
		'．',
	);
	const blanks = fc.constantFrom(' ', '\n', '\n\n', '\u00a0', '\u3000', '\r\n', '\t');
	const pieces = fc.oneof(words, marks, blanks, fc.string({ unit: 'binary', maxLength: 2 }));
	return fc.array(pieces, { maxLength: 60 }).map((all) => all.join(''));
}
