import { isSurrogatePairAt } from './normalizeText';

let segmenter: Intl.Segmenter | undefined;

/** Combined characters are shorter, so that more text than this before a place seldom decides about it. */
const LONGEST_LOOK_BACK = 64;

/**
 * Start of the combined character (grapheme cluster) that holds `index`; `index` itself when a cluster begins there.
 * `from` is a known boundary at or before `index`. Looks back a fixed length at a time, so that a text which offers no
 * certain boundary takes linear time too.
 */
export function graphemeStart(text: string, index: number, from: number): number {
	let end = index;
	while (end > from && end < text.length) {
		const before = text.charCodeAt(end - 1);
		const after = text.charCodeAt(end);
		if (isPlain(before) && isPlain(after) && !(before === 0x0d && after === 0x0a)) return end;

		const start = lookBackStart(text, end, from);
		segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
		// A boundary depends on what is before it and on the one code point after it.
		const cluster = segmenter.segment(text.slice(start, end + 2)).containing(end - start);
		const offset = cluster?.index ?? 0;
		if (offset > 0) return start + offset;
		// A cluster that begins where the look-back ends may have begun before that.
		end = start;
	}
	return end;
}

/** Where to begin segmenting so that the boundaries up to `index` are known. */
function lookBackStart(text: string, index: number, from: number): number {
	const earliest = Math.max(from, index - LONGEST_LOOK_BACK);
	let start = index - 1;
	// No rule looks back past a plain character, so nothing before it needs to be segmented.
	while (start > earliest && !isPlain(text.charCodeAt(start))) start -= 1;
	if (start > from && isSurrogatePairAt(text, start - 1)) start -= 1;
	// Flags are pairs, counted from the first.
	while (
		start - 2 >= from &&
		isRegionalIndicatorAt(text, start) &&
		isRegionalIndicatorAt(text, start - 2)
	)
		start -= 2;
	return start;
}

function isRegionalIndicatorAt(text: string, index: number): boolean {
	const after = text.charCodeAt(index + 1);
	return text.charCodeAt(index) === 0xd83c && after >= 0xdde6 && after <= 0xddff;
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
