import type { Cue } from './cues';

/** Files of subtitles, UTF-8. */
export const subtitleFormats = {
	srt: { fileExtension: 'srt', mimeType: 'application/x-subrip', write: toSrt },
	vtt: { fileExtension: 'vtt', mimeType: 'text/vtt', write: toVtt },
};

/**
 * SubRip. It knows no escapes, and players differ in what they take for markup (`<i>`, `{\an8}`), so the characters that
 * begin and end it are replaced by look-alikes; `-->` is gone with them.
 */
export function toSrt(cues: readonly Cue[]): string {
	const lookAlikes = { '<': '‹', '>': '›', '{': '(', '}': ')' };
	return cues.map((cue, index) => `${index + 1}\n${entryOf(cue, ',', lookAlikes)}`).join('');
}

/** WebVTT, whose cue text escapes as HTML does (W3C WebVTT §3.3); `-->` is gone with that too. */
export function toVtt(cues: readonly Cue[]): string {
	const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
	return `WEBVTT\n\n${cues.map((cue) => entryOf(cue, '.', entities)).join('')}`;
}

/** The times and the text of a cue, with the blank line that ends it. */
function entryOf(
	{ startMs, endMs, lines }: Cue,
	separator: ',' | '.',
	escapes: Readonly<Record<string, string>>,
): string {
	const text = lines.join('\n').replace(/[&<>{}]/g, (character) => escapes[character] ?? character);
	return `${timestamp(startMs, separator)} --> ${timestamp(endMs, separator)}\n${text}\n\n`;
}

/** HH:MM:SS and milliseconds after the format's own separator. */
function timestamp(timeMs: number, separator: ',' | '.'): string {
	const seconds = Math.floor(timeMs / 1000);
	const pair = (value: number) => String(Math.floor(value)).padStart(2, '0');
	const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(pair).join(':');
	return `${clock}${separator}${String(timeMs % 1000).padStart(3, '0')}`;
}
