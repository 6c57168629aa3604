import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCodePoints, normalizeText } from '../../../nodes/shared/text/normalizeText.ts';

describe('normalizeText', () => {
	it.each([
		['trims both ends', '  \n\t text \r\n ', 'text'],
		['turns runs of spaces and tabs into one space', 'a  b\tc \t d', 'a b c d'],
		['leaves a single line break', 'a\nb', 'a\nb'],
		['turns runs of line breaks into one blank line', 'a\n\nb\n\n\n\nc', 'a\n\nb\n\nc'],
		['takes CR LF and CR for line breaks', 'a\r\nb\rc\r\n\r\nd\r\r\re', 'a\nb\nc\n\nd\n\ne'],
		[
			'takes the line breaks of Unicode for line breaks',
			'a\fb\vc\u2028d\u2029\u2029\u0085e',
			'a\nb\nc\nd\n\ne',
		],
		['sees through lines that hold only blanks', 'a\n \t \n  \nb', 'a\n\nb'],
		['removes blanks at line ends', 'a \n b\t\n\tc', 'a\nb\nc'],
		['drops control characters', 'a\u0000b\u0007c\u001b[1md\u007fe\u009ff', 'abc[1mdef'],
		[
			'drops zero-width space, word joiner and byte order mark',
			'\uFEFFa\u200Bb\u2060c\uFEFF',
			'abc',
		],
		['drops half of a character', 'cut \uD83D, whole 🎤\uDE00', 'cut , whole 🎤'],
		['leaves nothing of half a character alone', '\uD83D', ''],
		['joins the blanks around a dropped character', 'a \u200B b \u0007\u0007 c', 'a b c'],
		['joins the line breaks around a dropped character', 'a\n\u200B\n\u0000\nb', 'a\n\nb'],
		[
			'keeps the joiners of letters and emoji',
			'می\u200Cخواهم 👩\u200D🔬',
			'می\u200Cخواهم 👩\u200D🔬',
		],
		['keeps no-break and ideographic spaces inside', 'z.\u00a0B.\u3000x', 'z.\u00a0B.\u3000x'],
		['leaves nothing of text without anything visible', ' \t\r\n\u00a0\u200B\u0000 ', ''],
		['keeps combining marks as they are', 'e\u0301 \u0438\u0306', 'e\u0301 \u0438\u0306'],
	])('%s', (_, text, expected) => {
		expect(normalizeText(text)).toBe(expected);
	});

	it('changes nothing in text that is already normalised', () => {
		fc.assert(
			fc.property(anyText(), (text) => {
				const once = normalizeText(text);
				expect(normalizeText(once)).toBe(once);
			}),
		);
	});

	it('leaves no run of blanks, no third line break and no control character', () => {
		fc.assert(
			fc.property(anyText(), (text) => {
				expect(normalizeText(text)).not.toMatch(
					/^\s|\s$|[ \t]{2}|\t| \n|\n |\n{3}|[^\P{Cc}\n]|[\u200B\u2060\uFEFF]/u,
				);
			}),
		);
	});

	it('drops nothing that can be read', () => {
		const visible = (text: string) => text.replace(/[\s\p{Cc}\p{Cs}\u200B\u2060\uFEFF]+/gu, '');
		fc.assert(
			fc.property(anyText(), (text) => {
				expect(visible(normalizeText(text))).toBe(visible(text));
			}),
		);
	});

	it.each([
		['blanks', ' '.repeat(1_000_000)],
		['line breaks', ' \n'.repeat(500_000)],
		['tabs before no line break', '\t '.repeat(500_000)],
	])('takes linear time for a megabyte of %s', (_, blanks) => {
		// Quadratic time would be minutes, longer than a test may take.
		expect(normalizeText(`a${blanks}b`)).toMatch(/^a\s{1,2}b$/);
	});
});

describe('countCodePoints', () => {
	it('counts as an iteration over the text does', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, more) => {
				// Reversing code units makes lone surrogates.
				const broken = text.split('').reverse().join('') + more;
				for (const each of [text, broken]) expect(countCodePoints(each)).toBe([...each].length);
			}),
		);
	});
});

function anyText(): fc.Arbitrary<string> {
	const blanks = fc.constantFrom(
		' ',
		'\t',
		'\n',
		'\r\n',
		'\r',
		'\u200B',
		'\uFEFF',
		'\u0007',
		'\u00a0',
		'\u2028',
	);
	const pieces = fc.oneof(
		blanks,
		blanks,
		fc.string({ maxLength: 3 }),
		fc.string({ unit: 'binary', maxLength: 3 }),
	);
	return fc.array(pieces, { maxLength: 40 }).map((all) => all.join(''));
}
