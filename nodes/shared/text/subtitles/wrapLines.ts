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
	readonly columns: number;
	readonly followsSpace: boolean;
}

/** Lines of at most `maxColumns`, broken between words; a word that is wider is broken between combined characters. */
export function wrapLines(text: string, maxColumns: number): string[] {
	const lines: string[] = [];
	let line = '';
	let columns = 0;
	for (const piece of piecesOf(text, maxColumns)) {
		const space = piece.followsSpace && line !== '' ? ' ' : '';
		if (line !== '' && columns + space.length + piece.columns > maxColumns) {
			lines.push(line);
			line = piece.text;
			columns = piece.columns;
		} else {
			line += space + piece.text;
			columns += space.length + piece.columns;
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
		return pieces.map((piece, index) => ({
			text: piece,
			columns: countColumns(piece),
			followsSpace: index === 0,
		}));
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
	return words.flatMap((word) =>
		countColumns(word) <= maxColumns ? [word] : fill(word, maxColumns),
	);
}

function isTrailing(segment: string): boolean {
	return (marksAt(segment, 0) & TRAILING_MARKS) !== 0 || MUST_NOT_BEGIN.test(segment);
}

function fill(word: string, maxColumns: number): string[] {
	const pieces: string[] = [];
	let columns = maxColumns;
	for (const grapheme of graphemes(word)) {
		const width = countColumns(grapheme);
		const fits = columns + width <= maxColumns;
		if (fits) pieces[pieces.length - 1] += grapheme;
		else pieces.push(grapheme);
		columns = fits ? columns + width : width;
	}
	return pieces;
}
