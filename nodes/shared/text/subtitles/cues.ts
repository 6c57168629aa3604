import type { Segment } from './readSegments';
import { wrapLines } from './wrapLines';

/** What stands on the screen from `startMs` until just before `endMs`. */
export interface Cue {
	readonly startMs: number;
	readonly endMs: number;
	/** One or two, of at most 42 columns. */
	readonly lines: readonly string[];
}

export const MAX_COLUMNS = 42;
export const MAX_LINES = 2;
/** For segments that say no end: about the speed of speech. */
const CHARACTERS_PER_SECOND = 15;
const SHORTEST_GUESS_MS = 1000;

/**
 * Cues of segments that are ordered by start: wrapped, a longer segment split in time by its share of characters. Cues
 * never overlap: a segment ends where the next begins, and segments that begin together follow one another.
 */
export function toCues(segments: readonly Segment[]): Cue[] {
	const cues: Cue[] = [];
	segments.forEach((segment, index) => {
		const screens = inScreens(wrapLines(segment.text, MAX_COLUMNS));
		const startMs = Math.max(toMs(segment.startSeconds), cues.at(-1)?.endMs ?? 0);
		const next = segments[index + 1];
		const endMs = endOf(segment, startMs, next && toMs(next.startSeconds));
		// A cue without duration would be shown by no player.
		spread(screens, startMs, Math.max(endMs, startMs + screens.length), cues);
	});
	return cues;
}

function endOf(segment: Segment, startMs: number, nextStartMs: number | undefined): number {
	const guessMs = Math.max(SHORTEST_GUESS_MS, (segment.text.length / CHARACTERS_PER_SECOND) * 1000);
	const endMs = segment.endSeconds === undefined ? startMs + guessMs : toMs(segment.endSeconds);
	if (nextStartMs === undefined || nextStartMs >= endMs) return Math.round(endMs);
	// Those that begin together share the time.
	return nextStartMs > startMs ? nextStartMs : Math.round((startMs + endMs) / 2);
}

function inScreens(lines: readonly string[]): string[][] {
	const screens: string[][] = [];
	for (let first = 0; first < lines.length; first += MAX_LINES) {
		screens.push(lines.slice(first, first + MAX_LINES));
	}
	return screens;
}

/** Appends one cue for each screen; needs at least a millisecond for each. */
function spread(screens: readonly string[][], startMs: number, endMs: number, cues: Cue[]): void {
	const total = screens.reduce((sum, lines) => sum + charactersOf(lines), 0);
	let done = 0;
	let cueStartMs = startMs;
	screens.forEach((lines, index) => {
		done += charactersOf(lines);
		const wanted = startMs + Math.round(((endMs - startMs) * done) / total);
		const left = screens.length - index - 1;
		const cueEndMs = Math.min(Math.max(wanted, cueStartMs + 1), endMs - left);
		cues.push({ startMs: cueStartMs, endMs: cueEndMs, lines });
		cueStartMs = cueEndMs;
	});
}

function charactersOf(lines: readonly string[]): number {
	return lines.reduce((sum, line) => sum + [...line].length, 0);
}

function toMs(seconds: number): number {
	return Math.round(seconds * 1000);
}
