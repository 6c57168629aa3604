import { graphemeStart } from './graphemes';
import { marksAt, TRAILING_MARKS } from './marks';

const WINDOW_BEFORE_UNITS = 40;
const WINDOW_AFTER_UNITS = 16;
/** Scripts that write no spaces between words. */
export const spacelessScript =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const URL_PART = /[/?&=#%+~@|\\-](?=[^/?&=#%+~@|\\-]*$)/;

let segmenter: Intl.Segmenter | undefined;

/** Whether the text at `index` is in such a script. */
export function isSpacelessAt(text: string, index: number): boolean {
	return spacelessScript.test(text.slice(Math.max(0, index - 2), index + 2));
}

/**
 * A cut in (from, to] through text that offers no white space: in scripts without spaces after a word as ICU's
 * dictionaries tell it, elsewhere after a separator as URLs and paths have them, else between two combined characters,
 * else (one of them is longer than a part) before the code point at `to`. `from` must be a grapheme boundary, `to` one
 * between code points.
 */
export function cutToken(text: string, from: number, to: number): number {
	const word = isSpacelessAt(text, to)
		? lastWordStart(text, from, to)
		: afterSeparator(text, from, to);
	if (word > from) return word;
	const grapheme = graphemeStart(text, to, from);
	return grapheme > from ? grapheme : to;
}

function lastWordStart(text: string, from: number, to: number): number {
	// Segmenting is quadratic in the length on Node 20, and words are short: a small window decides.
	const start = Math.max(from, to - WINDOW_BEFORE_UNITS);
	segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
	const words = segmenter.segment(text.slice(start, to + WINDOW_AFTER_UNITS));
	let cut = to;
	while (cut > start) {
		const index = words.containing(cut - start)?.index ?? 0;
		// The beginning of the window is a word's beginning only by chance.
		if (index === 0) return from;
		cut = start + index;
		if ((marksAt(text, cut) & TRAILING_MARKS) === 0 && graphemeStart(text, cut, from) === cut)
			return cut;
		cut -= 1;
	}
	return from;
}

function afterSeparator(text: string, from: number, to: number): number {
	const start = Math.max(from, to - WINDOW_BEFORE_UNITS);
	const separator = text.slice(start, to).search(URL_PART);
	const cut = start + separator + 1;
	return separator >= 0 && graphemeStart(text, cut, from) === cut ? cut : from;
}
