import type { subtitleFormats } from '../../text/subtitles/formats';
import { choice, type Parameter } from './parameter';

/** A file of subtitles that the user wants. */
export interface WantedSubtitles {
	readonly format: keyof typeof subtitleFormats;
	/** The binary field of the output. */
	readonly field: string;
}

/** Whether and in which format subtitles are made. `without` says what there is then. */
export function subtitlesChoice(
	description: string,
	without: string,
): Parameter<'none' | WantedSubtitles['format']> {
	return choice(
		{ displayName: 'Subtitles', name: 'subtitles', default: 'none', description },
		['None', 'none', without],
		['SRT', 'srt', 'A SubRip file, which almost every player and editor reads'],
		['WebVTT', 'vtt', 'A WebVTT file, for video on web pages'],
	);
}
