import { countCodePoints } from '../normalizeText';
import { splitText } from '../splitText';
import { countColumns } from './columns';
import { MAX_COLUMNS, MAX_LINES, toCues, type Cue } from './cues';
import { oneLine, type Segment } from './readSegments';
import { wrapLines } from './wrapLines';

/** A stretch of made speech: what is said, and when in the file. */
export interface SpokenPart {
	readonly text: string;
	readonly startSeconds: number;
	readonly durationSeconds: number;
}

const SCREEN_COLUMNS = MAX_COLUMNS * MAX_LINES;
/** A little more than half, so that a good place near the middle is found, and no word is left over for a screen. */
const CUT_SHARE = 0.6;

/**
 * Cues of speech whose words are known. Parts, in the order of the file, begin and end when they do; inside a part the
 * time is shared out by length between passages that fill a screen and end with a sentence or clause where they can.
 */
export function cuesOfSpeech(parts: readonly SpokenPart[]): Cue[] {
	return toCues(parts.flatMap(segmentsOf));
}

function segmentsOf({ text, startSeconds, durationSeconds }: SpokenPart): Segment[] {
	const passages = screensOf(text.trim());
	const lengths = passages.map(countCodePoints);
	const total = lengths.reduce((sum, length) => sum + length, 0);
	const timeAfter = (length: number) => startSeconds + (durationSeconds * length) / total;
	let done = 0;
	return passages.map((passage, index) => {
		const start = timeAfter(done);
		done += lengths[index] ?? 0;
		return { startSeconds: start, endSeconds: timeAfter(done), text: passage };
	});
}

/** A text in passages, halved where a sentence, a clause or a word ends until each fits on a screen. */
function screensOf(text: string): string[] {
	const length = countCodePoints(text);
	if (length <= SCREEN_COLUMNS) {
		const line = oneLine(text);
		if (line === '') return [];
		if (length === 1 || fitsOnScreen(line)) return [line];
	}
	const halves = splitText(text, Math.ceil(length * CUT_SHARE));
	return halves.flatMap((half) => screensOf(half.trim()));
}

function fitsOnScreen(line: string): boolean {
	return countColumns(line) <= SCREEN_COLUMNS && wrapLines(line, MAX_COLUMNS).length <= MAX_LINES;
}
