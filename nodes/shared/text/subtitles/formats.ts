import type { Cue } from './cues';

/** A file of subtitles, UTF-8. */
export interface SubtitleFormat {
	readonly fileExtension: string;
	readonly mimeType: string;
	readonly write: (cues: readonly Cue[]) => string;
}

export const subtitleFormats: Readonly<Record<'srt' | 'vtt', SubtitleFormat>> = {
	srt: { fileExtension: 'srt', mimeType: 'application/x-subrip', write: toSrt },
	vtt: { fileExtension: 'vtt', mimeType: 'text/vtt', write: toVtt },
};

/**
 * SubRip. It knows no escapes, and players differ in what they take for markup (`<i>`, `{\an8}`), so the characters that
 * begin and end it are replaced by look-alikes; `-->` is gone with them.
 */
export function toSrt(cues: readonly Cue[]): string {
	const lookAlikes = new Map([
		['<', '‹'],
		['>', '›'],
		['{', '('],
		['}', ')'],
	]);
	return cues
		.map((cue, index) => {
			const text = escapeLines(cue, /[<>{}]/g, lookAlikes);
			return `${index + 1}\n${timestamp(cue.startMs, ',')} --> ${timestamp(cue.endMs, ',')}\n${text}\n\n`;
		})
		.join('');
}

/** WebVTT, whose cue text escapes as HTML does (W3C WebVTT §3.3); `-->` is gone with that too. */
export function toVtt(cues: readonly Cue[]): string {
	const entities = new Map([
		['&', '&amp;'],
		['<', '&lt;'],
		['>', '&gt;'],
	]);
	const body = cues.map((cue) => {
		const text = escapeLines(cue, /[&<>]/g, entities);
		return `${timestamp(cue.startMs, '.')} --> ${timestamp(cue.endMs, '.')}\n${text}\n\n`;
	});
	return `WEBVTT\n\n${body.join('')}`;
}

function escapeLines(
	{ lines }: Cue,
	special: RegExp,
	escapes: ReadonlyMap<string, string>,
): string {
	return lines.join('\n').replace(special, (character) => escapes.get(character) ?? '');
}

/** HH:MM:SS and milliseconds after the format's own separator. */
function timestamp(timeMs: number, separator: ',' | '.'): string {
	const seconds = Math.floor(timeMs / 1000);
	const pair = (value: number) => String(Math.floor(value)).padStart(2, '0');
	const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(pair).join(':');
	return `${clock}${separator}${String(timeMs % 1000).padStart(3, '0')}`;
}
