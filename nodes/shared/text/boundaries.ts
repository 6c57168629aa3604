import { isAbbreviationStop } from './abbreviations';
import { isGraphemeBoundary } from './graphemes';
import { Mark, isBreakingAt, isWhiteAt, marksAt, TRAILING_MARKS } from './marks';

/*
 * Each finder returns where the last part of its kind ends: an index with something visible before it, in (from, to],
 * or -1. White space after it belongs to the same part: `skipWhiteSpace` leads to the cut. All of them read backwards
 * from `to` and stop at the first find.
 */

const DIGIT = /^\p{Nd}/u;
/** Georgian has capitals, but no sentence begins with one. */
const FIRST_GEORGIAN = 0x10d0;
const LAST_GEORGIAN = 0x10ff;

/** The index of the next visible character at or after `index`. */
export function skipWhiteSpace(text: string, index: number): number {
	let next = index;
	while (isWhiteAt(text, next)) next += 1;
	return next;
}

/** A blank line. */
export function lastParagraphEnd(text: string, from: number, to: number): number {
	// Only the window is searched: lastIndexOf on the whole text runs to its beginning when there is no line break.
	let feed = text.slice(from, to + 1).lastIndexOf('\n');
	while (feed > 0) {
		const end = visibleEnd(text, from + feed, from);
		if (end <= from) return -1;
		const next = skipWhiteSpace(text, end);
		const gap = text.slice(end, next);
		const isBlankLine = gap.indexOf('\n') !== gap.lastIndexOf('\n');
		if (isBlankLine && isGraphemeBoundary(text, next, 0)) return end;
		feed = text.slice(from, end).lastIndexOf('\n');
	}
	return -1;
}

/** A sentence mark, the quotes and brackets after it included. */
export function lastSentenceEnd(text: string, from: number, to: number): number {
	return lastMarkedEnd(text, from, to, Mark.sentence, endsSentence);
}

/** A comma, semicolon, colon, dash or the like, or a single line break. */
export function lastClauseEnd(text: string, from: number, to: number): number {
	const marked = lastMarkedEnd(text, from, to, Mark.clause, endsClause);
	const feed = text.slice(from, to + 1).lastIndexOf('\n');
	const line = feed < 0 ? -1 : visibleEnd(text, from + feed, from);
	return line > Math.max(from, marked) && isCutAfter(text, line) ? line : marked;
}

/** White space, preferably not the one after an abbreviation ("Dr. Weber"). */
export function lastWordEnd(text: string, from: number, to: number): number {
	let afterAbbreviation = -1;
	for (let end = to; end > from; end -= 1) {
		if (!isBreakingAt(text, end) || isWhiteAt(text, end - 1) || !isCutAfter(text, end)) continue;
		if (text[end - 1] !== '.') return end;
		if (afterAbbreviation < 0) afterAbbreviation = end;
	}
	return afterAbbreviation;
}

function lastMarkedEnd(
	text: string,
	from: number,
	to: number,
	flag: number,
	endsHere: (text: string, mark: MarkInRun) => boolean,
): number {
	// A run of marks and closing quotes ends as a whole: `end` is the end of the run that `index` stands in. What follows
	// it is looked up once for the whole run, which may be as long as the white space after it.
	let end = -1;
	let next = -1;
	let isWhole: boolean | undefined;
	for (let index = to - 1; index >= from; index -= 1) {
		const marks = marksAt(text, index);
		if ((marks & (flag | Mark.closing)) === 0) {
			end = -1;
			continue;
		}
		if (end < 0) {
			end = index + 1;
			next = skipWhiteSpace(text, end);
			isWhole = undefined;
		}
		if ((marks & flag) === 0 || !endsHere(text, { mark: index, end, next })) continue;
		isWhole ??= isGraphemeBoundary(text, next, 0);
		if (isWhole) return end;
	}
	return -1;
}

/** A mark, the end of its run, and the next visible character after that. */
interface MarkInRun {
	readonly mark: number;
	readonly end: number;
	readonly next: number;
}

function endsSentence(text: string, { mark, end, next }: MarkInRun): boolean {
	const isQuoted = end > mark + 1;
	if ((marksAt(text, mark) & Mark.wide) !== 0) {
		// "３．１４", and 「…。」と, which goes on after the quote.
		if (text[mark] === '．' && DIGIT.test(text.slice(end))) return false;
		return !isTrailingAt(text, end) && !(isQuoted && text[end] === 'と');
	}
	if (end < text.length && !isBreakingAt(text, end)) return false;
	if (isLowerCaseAt(text, next)) return false;
	return text[mark] !== '.' || isQuoted || !isAbbreviationStop(text, mark);
}

function endsClause(text: string, { mark, end }: MarkInRun): boolean {
	if (end >= text.length || isBreakingAt(text, end)) return true;
	const isWide = (marksAt(text, mark) & Mark.wide) !== 0;
	return isWide && !isTrailingAt(text, end) && !DIGIT.test(text.slice(end));
}

/** Whether the white space after `end`, if any, leads to a place where no combined character is cut. */
function isCutAfter(text: string, end: number): boolean {
	return isGraphemeBoundary(text, skipWhiteSpace(text, end), 0);
}

/** End of what is visible before `index`. */
function visibleEnd(text: string, index: number, from: number): number {
	let end = index;
	while (end > from && isWhiteAt(text, end - 1)) end -= 1;
	return end;
}

function isTrailingAt(text: string, index: number): boolean {
	return (marksAt(text, index) & TRAILING_MARKS) !== 0;
}

function isLowerCaseAt(text: string, index: number): boolean {
	const code = text.codePointAt(index);
	const isGeorgian = code !== undefined && code >= FIRST_GEORGIAN && code <= LAST_GEORGIAN;
	if (code === undefined || isGeorgian) return false;
	const character = String.fromCodePoint(code);
	return character !== character.toUpperCase() && character === character.toLowerCase();
}
