import { extraFields } from '../shared/host/parameters/extraFields';
import {
	choice,
	choices,
	describeValue,
	flag,
	optionalText,
	type Parameter,
} from '../shared/host/parameters/parameter';
import { voice } from '../shared/listSearch/voiceParameter';

const FORMAT_PATTERN = /^[a-z0-9]{2,8}$/;
const LONGEST_FILE_NAME = 120;

export const voiceId = voice('The voice that speaks the text');

/** A format that is not in the list can only come from an expression. */
export const format: Parameter<string> = {
	field: {
		displayName: 'Format',
		name: 'format',
		type: 'options',
		options: choices(
			['MP3', 'mp3', 'Small files that play everywhere'],
			['WAV', 'wav', 'Uncompressed, for further processing'],
		),
		default: 'mp3',
		description: 'Audio format. An expression may name another one that the service offers.',
	},
	parse(value, fail) {
		const found = typeof value === 'string' ? value.trim() : '';
		if (FORMAT_PATTERN.test(found)) return found;
		throw fail(
			describeValue(value),
			'mp3, wav, or another format of 2 to 8 lower-case letters and digits',
		);
	},
};

export const engineModelId = optionalText(
	{
		displayName: 'Engine Model ID',
		name: 'engineModelId',
		type: 'string',
		default: '',
		placeholder: 'e.g. fishaudio-s2pro',
		description: 'The speech engine to use instead of the default one of the voice',
	},
	'the ID of an engine as text',
);

/** Empty: the node chooses one. */
export const fileName: Parameter<string> = {
	field: {
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. newsletter',
		description: 'Name of the audio file. Its extension follows the format that the service sent.',
	},
	parse(value, fail) {
		const name = typeof value === 'string' ? value.trim() : undefined;
		const isName =
			name !== undefined &&
			!/[/\\:\p{Cc}\u2028\u2029]/u.test(name) &&
			!name.startsWith('.') &&
			name.length <= LONGEST_FILE_NAME;
		if (isName) return name;
		throw fail(
			describeValue(value),
			`a name without slashes, control characters or leading dots, at most ${LONGEST_FILE_NAME} characters`,
		);
	},
};

export const normalizesText = flag({
	displayName: 'Normalize Text',
	name: 'normalizeText',
	type: 'boolean',
	default: true,
	description:
		'Whether to tidy the text before it is sent: spaces and line breaks are merged and invisible characters removed, so that they are not paid for',
});

export const voiceIdField = choice(
	{
		displayName: 'Voice ID Field',
		name: 'voiceIdField',
		default: 'voiceId',
		description: 'The field of the request in which the voice is named',
	},
	['Model ID (Legacy)', 'modelId', 'For older gateways'],
	['Reference ID (Legacy)', 'reference_id', 'For older gateways'],
	['Voice ID', 'voiceId', 'What the documentation says'],
);

/** Options that shape the text and the body of a request. */
export const textOptions: ReadonlyArray<Parameter<unknown>> = [
	engineModelId,
	extraFields,
	fileName,
	normalizesText,
	voiceIdField,
];
