import { marksAt, TRAILING_MARKS } from '../marks';
import { splitText } from '../splitText';
import { spacelessScript } from '../tokens';
import { countColumns, graphemes } from './columns';

/** What a line must not begin with, besides closing marks, and must not end with (the core of JIS X 4051). */
const MUST_NOT_BEGIN = /^[%・ー～‥々ゝヽぁぃぅぇぉっゃゅょァィゥェォッャュョ]/;
const MUST_NOT_END = /[([{“‘„‚«‹「『（【《〈〔〖｢［｛〝]$/;
/** Segmenting is quadratic in the length on Node 20. */
const SEGMENTED_CODE_POINTS = 200;

let segmenter: Intl.Segmenter | undefined;

/** Something that stays on one line. */
interface Piece {
	readonly text: string;
	readonly followsSpace: boolean;
}

/** Lines of at most `maxColumns`, broken between words; a word that is wider is broken between combined characters. */
export function wrapLines(text: string, maxColumns: number): string[] {
	return fillLines(piecesOf(text, maxColumns), maxColumns);
}

function fillLines(pieces: readonly Piece[], maxColumns: number): string[] {
	const lines: string[] = [];
	let line = '';
	let columns = 0;
	for (const { text, followsSpace } of pieces) {
		const width = countColumns(text);
		const space = followsSpace && line !== '' ? ' ' : '';
		if (line !== '' && columns + space.length + width > maxColumns) {
			lines.push(line);
			line = text;
			columns = width;
		} else {
			line += space + text;
			columns += space.length + width;
		}
	}
	if (line !== '') lines.push(line);
	return lines;
}

function piecesOf(text: string, maxColumns: number): Piece[] {
	return text.split(' ').flatMap((word) => {
		const isWhole =
			word.length <= SEGMENTED_CODE_POINTS &&
			!spacelessScript.test(word) &&
			countColumns(word) <= maxColumns;
		const pieces = isWhole ? [word] : breakWord(word, maxColumns);
		return pieces.map((piece, index) => ({ text: piece, followsSpace: index === 0 }));
	});
}

/** Where a run without spaces may be broken: between the words that ICU knows, else anywhere. */
function breakWord(run: string, maxColumns: number): string[] {
	segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
	const words: string[] = [];
	for (const part of splitText(run, SEGMENTED_CODE_POINTS)) {
		for (const { segment } of segmenter.segment(part)) {
			const previous = words.at(-1);
			const joined = `${previous ?? ''}${segment}`;
			const belongs =
				previous !== undefined && (isTrailing(segment) || MUST_NOT_END.test(previous));
			if (belongs && countColumns(joined) <= maxColumns) words[words.length - 1] = joined;
			else words.push(segment);
		}
	}
	return words.flatMap((word) => {
		if (countColumns(word) <= maxColumns) return [word];
		const pieces = graphemes(word).map((text) => ({ text, followsSpace: false }));
		return fillLines(pieces, maxColumns);
	});
}

function isTrailing(segment: string): boolean {
	return (marksAt(segment, 0) & TRAILING_MARKS) !== 0 || MUST_NOT_BEGIN.test(segment);
}
