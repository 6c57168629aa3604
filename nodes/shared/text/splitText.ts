import { isSurrogatePairAt } from './normalizeText';
import {
	lastClauseEnd,
	lastParagraphEnd,
	lastSentenceEnd,
	lastWordEnd,
	skipWhiteSpace,
} from './boundaries';
import { isGraphemeBoundary } from './graphemes';
import { cutToken, isSpacelessAt } from './tokens';

const SURROGATE = /[\uD800-\uDFFF]/;

/**
 * Cuts a text into parts of at most `maxCodePoints`, at the end of a paragraph, a sentence, a clause or a word, in that
 * order, as late as the part allows. Parts are adjacent slices: joined without anything between them they are `text`
 * again. White space at a cut ends the earlier part and does not count: `part.trim()` is what to send, it is never
 * empty and never longer than the limit. Combined characters stay whole unless one alone is longer than a part.
 * Text that is white space only has no parts.
 *
 * @throws RangeError when `maxCodePoints` is not a positive integer
 */
export function splitText(text: string, maxCodePoints: number): string[] {
	if (!Number.isInteger(maxCodePoints) || maxCodePoints < 1) {
		throw new RangeError('maxCodePoints must be a positive integer');
	}
	const textEnd = text.trimEnd().length;
	const hasPairs = SURROGATE.test(text);
	const parts: string[] = [];
	let partStart = 0;
	while (partStart < textEnd) {
		const visibleStart = skipWhiteSpace(text, partStart);
		const limit = hasPairs
			? codePointsAfter(text, visibleStart, maxCodePoints)
			: visibleStart + maxCodePoints;
		const cut = limit >= textEnd ? text.length : cutBetween(text, visibleStart, limit);
		parts.push(text.slice(partStart, cut));
		partStart = cut;
	}
	return parts;
}

/**
 * Where to end the part that begins at `start` and may show text up to `limit`. Better kinds of cut come first, yet
 * none may make a small part while a lesser kind fills it, so each is sought late in the part before it is sought
 * early. A cut inside a sentence is heard, so even a small part is better than one between words.
 */
function cutBetween(text: string, start: number, limit: number): number {
	const half = start + Math.floor((limit - start) / 2);
	const quarter = start + Math.floor((limit - start) / 4);
	const lastSentenceOrParagraph = (from: number, to: number) =>
		Math.max(lastSentenceEnd(text, from, to), lastParagraphEnd(text, from, to));
	const attempts = [
		() => lastParagraphEnd(text, half, limit),
		() => lastSentenceEnd(text, half, limit),
		() => lastSentenceOrParagraph(quarter, half),
		() => lastClauseEnd(text, quarter, limit),
		() => lastSentenceOrParagraph(start, quarter),
		() => lastWordEnd(text, half, limit),
		() => (isSpacelessAt(text, limit) ? cutToken(text, start, limit) : -1),
		() => Math.max(lastClauseEnd(text, start, quarter), lastWordEnd(text, start, half)),
		() => cutToken(text, start, limit),
	];
	for (const attempt of attempts) {
		const end = attempt();
		if (end <= start) continue;
		const cut = skipWhiteSpace(text, end);
		// A combining mark may sit on a space.
		return isGraphemeBoundary(text, cut, start) ? cut : end;
	}
	return limit;
}

/** The index `count` code points after `start`, or the end of the text. */
function codePointsAfter(text: string, start: number, count: number): number {
	let index = start;
	for (let left = count; left > 0 && index < text.length; left -= 1) {
		index += isSurrogatePairAt(text, index) ? 2 : 1;
	}
	return index;
}
