import type { ParameterReader } from '../../shared/host/parameters/reader';
import type { WantedSubtitles } from '../../shared/host/parameters/subtitlesChoice';
import { countCodePoints } from '../../shared/text/normalizeText';
import type { SpeechInParts } from '../parts/synthesizeParts';
import { hashOfText } from '../../shared/host/parameters/speechText';
import { readSpeechForm } from '../speechRequest';
import { castVoices, type CastLine } from './castVoices';
import * as parameters from './dialogueParameters';
import { listProblems } from './problemList';
import { ACCEPTED_LINES, readScript } from './readScript';
import { keyOf } from './speakerNames';

/** A dialogue, read and checked. */
export interface Dialogue {
	/** With their texts as they are sent. */
	readonly lines: readonly CastLine[];
	/** The hash of all texts as they are sent, a line break between two. */
	readonly textHash: string;
	/** Code points of all texts. */
	readonly characters: number;
	readonly speech: SpeechInParts;
}

export function readDialogue(
	reader: ParameterReader,
	subtitles: WantedSubtitles | undefined,
): Dialogue {
	const pauseMs = reader.get(parameters.pauseBetweenLines);
	const form = readSpeechForm(reader, parameters.format);
	const lines = readLines(reader).map((line) => ({ ...line, text: form.tidy(line.text) }));
	const texts = lines.map(({ text }) => text);
	const textHash = hashOfText(texts.join('\n'));
	const characters = texts.reduce((sum, text) => sum + countCodePoints(text), 0);
	const speech: SpeechInParts = {
		parts: lines.map(({ text, voiceId, number }) => ({
			text,
			body: form.bodyOf(text, voiceId),
			name: `line ${number}`,
			title: `Line ${number}`,
		})),
		unit: 'line',
		whole: 'dialogue',
		pauseMs,
		subtitles,
		format: form.format,
		fileName: form.fileName(`dialogue-${textHash.slice(0, 8)}`),
	};
	return { lines, textHash, characters, speech };
}

/** Everything that is wrong with the script and its speakers is named at once, before anything is sent. */
function readLines(reader: ParameterReader): readonly CastLine[] {
	const speakers = reader.get(parameters.speakers);
	const known = new Set(speakers.map(({ name }) => keyOf(name)));
	const script = readScript(reader.get(parameters.lines), (label) => known.has(keyOf(label)));
	const named = script.lines.filter(({ speaker }) => speaker !== '');
	const casting = castVoices(named, speakers);
	const { displayName: linesName } = parameters.lines.field;
	const { displayName: speakersName } = parameters.speakers.field;
	const wrongLines = listProblems(script.problems);
	const wrongSpeakers = listProblems(casting.problems);
	if (wrongLines !== '' && wrongSpeakers !== '')
		throw reader.fail(
			linesName,
			`${wrongLines}, and parameter "${speakersName}" ${wrongSpeakers}`,
			`${ACCEPTED_LINES}; and ${parameters.ACCEPTED_SPEAKERS}`,
		);
	if (wrongLines !== '') throw reader.fail(linesName, wrongLines, ACCEPTED_LINES);
	if (wrongSpeakers !== '')
		throw reader.fail(speakersName, wrongSpeakers, parameters.ACCEPTED_SPEAKERS);
	return casting.lines;
}
