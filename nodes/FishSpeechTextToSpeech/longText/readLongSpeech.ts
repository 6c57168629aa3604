import { number } from '../../shared/host/parameters/parameter';
import type { ParameterReader } from '../../shared/host/parameters/reader';
import { splitText } from '../../shared/text/splitText';
import type { SpeechRequest } from '../speechRequest';
import type { LongSpeech } from './synthesizeParts';

/** A limit of this package: a longer text would keep thousands of parts of one item in flight. */
const LONGEST_TEXT_CHARACTERS = 1_000_000;

const JOINABLE_FORMATS: readonly string[] = ['mp3', 'wav'];

export const splitTextAt = number({
	displayName: 'Split Text At (Characters)',
	name: 'splitTextAt',
	displayOptions: { show: { '/delivery': ['file'] } },
	type: 'number',
	typeOptions: { minValue: 0, maxValue: LONGEST_TEXT_CHARACTERS, numberPrecision: 0 },
	default: 0,
	description:
		'Longer texts are cut at paragraphs, sentences or words, spoken in parts and joined into one MP3 or WAV file. 0 never cuts. Each part is paid for once, even when the item is tried again.',
});

/** The parts of a text that is longer than Split Text At; `undefined` when it is sent as a whole. */
export function readLongSpeech(
	reader: ParameterReader,
	{ text, characters, body, format, fileName }: SpeechRequest,
): LongSpeech | undefined {
	const limit = reader.option(splitTextAt);
	if (limit === 0) return undefined;
	if (characters > LONGEST_TEXT_CHARACTERS)
		throw reader.fail(
			'Text',
			`has ${characters} characters`,
			`at most ${LONGEST_TEXT_CHARACTERS} characters where the text is split`,
		);
	if (!JOINABLE_FORMATS.includes(format))
		throw reader.fail(
			'Format',
			`is "${format}", whose parts cannot be joined`,
			'mp3 or wav where Split Text At is set',
		);
	if (characters <= limit) return undefined;
	const parts = splitText(text, limit).map((part) => part.trim());
	return { parts, body, format, fileName };
}
