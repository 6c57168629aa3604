/** East Asian Wide and Fullwidth (UAX #11), and what is drawn as an emoji. */
const WIDE =
	/[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18CFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]|\uFE0F/u;
/** Every code unit is one column and one grapheme: most lines of most languages. */
const PLAIN =
	/^[ -~\u00A1-\u00AC\u00AE-\u02FF\u0370-\u0373\u0376-\u0482\u048A-\u052F\u2010-\u2027]*$/;

let segmenter: Intl.Segmenter | undefined;

/** The combined characters of a short text. */
export function graphemes(text: string): string[] {
	segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
	return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** How wide a short text is shown: wide characters are two columns, combined ones as wide as one. */
export function countColumns(text: string): number {
	if (PLAIN.test(text)) return text.length;
	return graphemes(text).reduce((columns, grapheme) => columns + (WIDE.test(grapheme) ? 2 : 1), 0);
}
