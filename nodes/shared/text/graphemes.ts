let segmenter: Intl.Segmenter | undefined;

/**
 * Start of the combined character (grapheme cluster) that holds `index`; `index` itself when a cluster begins there.
 * `from` is a known boundary at or before `index`.
 */
export function graphemeStart(text: string, index: number, from: number): number {
	if (index <= from || index >= text.length) return index;
	const before = text.charCodeAt(index - 1);
	const after = text.charCodeAt(index);
	if (isPlain(before) && isPlain(after) && !(before === 0x0d && after === 0x0a)) return index;

	// No rule looks back past a plain character, so nothing before it needs to be segmented.
	let start = index - 1;
	while (start > from && !isPlain(text.charCodeAt(start))) start -= 1;
	segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
	// A boundary depends on what is before it and on the one code point after it.
	const cluster = segmenter.segment(text.slice(start, index + 2)).containing(index - start);
	const offset = cluster?.index ?? 0;
	// A cluster that begins with the plain character may have a prepended mark before that.
	return offset > 0 ? start + offset : graphemeStart(text, start, from);
}

/** Whether a cut at `index` leaves every combined character whole; `from` is a known boundary before it. */
export function isGraphemeBoundary(text: string, index: number, from: number): boolean {
	return graphemeStart(text, index, from) === index;
}

/**
 * Whether a code unit never joins another plain one (CR LF aside), and no rule of UAX #29 looks back past it.
 * Left out are marks, joiners, pictographs, flags, conjoining jamo, Indic scripts and surrogates: those go to Intl.
 */
function isPlain(code: number): boolean {
	if (code < 0x0300) return code !== 0xa9 && code !== 0xae;
	return (
		(code >= 0x0370 && code <= 0x0482) ||
		(code >= 0x048a && code <= 0x058f) ||
		(code >= 0x05d0 && code <= 0x05ea) ||
		(code >= 0x2000 && code <= 0x200a) ||
		(code >= 0x2010 && code <= 0x203b) ||
		(code >= 0x3000 && code <= 0x3029) ||
		(code >= 0x3041 && code <= 0x3096) ||
		(code >= 0x30a1 && code <= 0x30fa) ||
		(code >= 0x3400 && code <= 0x4dbf) ||
		(code >= 0x4e00 && code <= 0x9fff) ||
		(code >= 0xac00 && code <= 0xd7a3) ||
		(code >= 0xff01 && code <= 0xff9d)
	);
}
