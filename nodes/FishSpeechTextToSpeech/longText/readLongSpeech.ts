import { number, shownWhen } from '../../shared/host/parameters/parameter';
import type { ParameterReader } from '../../shared/host/parameters/reader';
import type { WantedSubtitles } from '../../shared/host/parameters/subtitlesChoice';
import { splitText } from '../../shared/text/splitText';
import { isJoinable, pause } from '../parts/partParameters';
import type { SpeechInParts } from '../parts/synthesizeParts';
import type { SpeechRequest } from '../speechRequest';

/** A limit of this package: a longer text would keep thousands of parts of one item in flight. */
const LONGEST_TEXT_CHARACTERS = 1_000_000;

const splitTextAt = number({
	displayName: 'Split Text At (Characters)',
	name: 'splitTextAt',
	displayOptions: { show: { '/delivery': ['file'] } },
	type: 'number',
	typeOptions: { minValue: 0, maxValue: LONGEST_TEXT_CHARACTERS, numberPrecision: 0 },
	default: 0,
	description:
		'Longer texts are cut at paragraphs, sentences or words, spoken in parts and joined into one MP3 or WAV file. 0 never cuts. Each part is paid for once, even when the item is tried again.',
});

const pauseBetweenParts = shownWhen(
	pause({
		displayName: 'Pause Between Parts (Milliseconds)',
		name: 'pauseBetweenPartsMs',
		default: 0,
		description: 'Silence between the parts of a text that is cut by Split Text At',
	}),
	{ '/delivery': ['file'] },
);

/** Options of texts that are cut. */
export const longTextOptions = [pauseBetweenParts, splitTextAt];

/** The parts of a text that is longer than Split Text At; `undefined` when it is sent as a whole. */
export function readLongSpeech(
	reader: ParameterReader,
	{ text, characters, body, format, fileName }: SpeechRequest,
	subtitles: WantedSubtitles | undefined,
): SpeechInParts | undefined {
	const limit = reader.option(splitTextAt);
	const pauseMs = reader.option(pauseBetweenParts);
	if (limit === 0) return undefined;
	if (characters > LONGEST_TEXT_CHARACTERS)
		throw reader.fail(
			'Text',
			`has ${characters} characters`,
			`at most ${LONGEST_TEXT_CHARACTERS} characters where the text is split`,
		);
	if (!isJoinable(format))
		throw reader.fail(
			'Format',
			`is "${format}", whose parts cannot be joined`,
			'mp3 or wav where Split Text At is set',
		);
	if (characters <= limit) return undefined;
	const parts = splitText(text, limit).map((part) => part.trim());
	return {
		parts: parts.map((part, index) => ({
			text: part,
			body: { ...body, text: part },
			name: `part ${index + 1}`,
			title: `Part ${index + 1} of ${parts.length}`,
		})),
		unit: 'part',
		whole: 'text',
		pauseMs,
		subtitles,
		format,
		fileName,
	};
}
