import type { IBinaryData } from 'n8n-workflow';

import { storeCues, type SubtitleCall } from '../shared/host/media/storeCues';
import { outputBinaryField } from '../shared/host/parameters/fields';
import { shownWhen, withField } from '../shared/host/parameters/parameter';
import type { ParameterReader } from '../shared/host/parameters/reader';
import { subtitlesChoice, type WantedSubtitles } from '../shared/host/parameters/subtitlesChoice';
import { cuesOfSpeech, type SpokenPart } from '../shared/text/subtitles/speechCues';

export const subtitles = subtitlesChoice(
	'Whether and how to make a file of subtitles for the audio. Their times are measured in the audio, and nothing is paid for them.',
	'Only the audio',
);

export const subtitlesBinaryField = shownWhen(
	withField(outputBinaryField('subtitles', 'the subtitles'), {
		displayName: 'Subtitles Data Field Name',
		name: 'subtitlesBinaryField',
		hint: 'The name of the output binary field to put the subtitles in',
	}),
	{ subtitles: ['srt', 'vtt'] },
);

/** `undefined` when none are wanted. `audioField` is the binary field of the audio, which must stay free. */
export function readWantedSubtitles(
	reader: ParameterReader,
	audioField: string,
): WantedSubtitles | undefined {
	const format = reader.get(subtitles);
	if (format === 'none') return undefined;
	const field = reader.get(subtitlesBinaryField);
	if (field !== audioField) return { format, field };
	throw reader.fail(
		subtitlesBinaryField.field.displayName,
		`is "${field}", which is the field of the audio`,
		'the name of another binary field, for example subtitles',
	);
}

/** The binary field of a file of a speech: its audio, of which further ones are numbered, or its subtitles. */
export function fieldOfSpeech(
	file: string,
	audioField: string,
	wanted: WantedSubtitles | undefined,
): string {
	if (file === 'subtitles') return wanted?.field ?? file;
	return file.replace('audio', audioField);
}

/**
 * The subtitles of made speech, as a file of the row. Empty, with a hint, where they cannot be made: the audio is paid
 * for and worth having without them. `spoken` is `undefined` when the audio could not be measured.
 */
export async function subtitleFiles(
	spoken: readonly SpokenPart[] | undefined,
	wanted: WantedSubtitles | undefined,
	stem: string,
	call: SubtitleCall,
): Promise<{ readonly subtitles?: IBinaryData }> {
	if (wanted === undefined) return {};
	const cues = spoken && cuesOfSpeech(spoken);
	if (cues === undefined || cues.length === 0) {
		const why = cues === undefined ? 'its audio cannot be measured' : 'its text has no words';
		call.hint(`Item ${call.itemIndex} has no subtitles, because ${why}.`);
		return {};
	}
	const file = await storeCues(cues, { format: wanted.format, stem }, call);
	return file === undefined ? {} : { subtitles: file };
}
