import {
	createTranscription,
	readTranscript,
	type Transcript,
} from '../shared/fishspeech/transcriptions';
import { querySecrets, signedUrlSecrets } from '../shared/host/signedUrls';
import { outputBinaryField, simplify } from '../shared/host/parameters/fields';
import { LANGUAGE_CODES, parseLanguage } from '../shared/host/parameters/languages';
import {
	mediaIdentity,
	mediaSource,
	mediaSourceFields,
	readMediaSource,
	signedUrlOptions,
	urlOfMedia,
} from '../shared/host/parameters/mediaSource';
import { shownWhen, type Parameter } from '../shared/host/parameters/parameter';
import type { ReadContext } from '../shared/host/parameters/readContext';
import type { ParameterReader } from '../shared/host/parameters/reader';
import { subtitlesChoice } from '../shared/host/parameters/subtitlesChoice';
import { maskedRow, type Row } from '../shared/host/rows';
import { withSecrets, type ItemCall } from '../shared/host/run/itemCall';
import { defineOperation } from '../shared/host/run/operation';
import { nameOfMedia, storeSubtitles } from './subtitleFile';

const AUDIO = mediaSource({
	media: 'audio',
	source: 'audioSource',
	url: 'audioUrl',
	field: 'inputBinaryField',
	fieldTitle: 'Input Data Field Name',
	defaultField: 'data',
});

const language: Parameter<string> = {
	field: {
		displayName: 'Language',
		name: 'language',
		type: 'string',
		default: '',
		placeholder: 'e.g. en',
		description: `The language that is spoken, as ${LANGUAGE_CODES}. Leave empty to let the service detect it.`,
	},
	parse: parseLanguage,
};

const subtitles = subtitlesChoice(
	'Whether and how to make a file of subtitles from the transcript',
	'Only the transcript',
);

const subtitlesField = shownWhen(outputBinaryField('subtitles', 'the subtitles'), {
	subtitles: ['srt', 'vtt'],
});

type TranscribeParameters = ReturnType<typeof readParameters>;

export const transcribe = defineOperation({
	name: 'transcribe',
	creates: true,
	timeoutSeconds: 300,
	parameters: [...mediaSourceFields(AUDIO), language, subtitles, subtitlesField, simplify],
	options: signedUrlOptions(AUDIO.names),

	read: readParameters,
	// Subtitles are made here from the answer, so another choice of them buys nothing again.
	logicalRequest: (parameters, { binaries }) => ({
		audio: mediaIdentity(parameters.audio, binaries),
		language: parameters.language,
	}),
	shape: (parameters) => parameters.subtitles,
	showsRaw: (parameters) => !parameters.simplify,
	fieldOf: (parameters) => parameters.outputBinaryField,

	async execute(parameters, call) {
		const remembered =
			call.receipt?.type === 'answer' ? readTranscript(call.receipt.body) : undefined;
		const transcript = remembered ?? (await listen(parameters, call));
		return [await rowOf(transcript, parameters, call)];
	},
});

function readParameters(reader: ParameterReader, context: ReadContext) {
	const format = reader.get(subtitles);
	return {
		audio: readMediaSource(reader, context, AUDIO),
		/** Empty when the service is to find out. */
		language: reader.get(language),
		subtitles: format,
		outputBinaryField: format === 'none' ? '' : reader.get(subtitlesField),
		simplify: reader.get(simplify),
	};
}

/** Buys a transcript, and keeps it before anything is made of it: storing a file may fail. */
async function listen(parameters: TranscribeParameters, call: ItemCall): Promise<Transcript> {
	const audioUrl = urlOfMedia(parameters.audio, call.binaries);
	const hidden = withSecrets(call, [...signedUrlSecrets(audioUrl), ...querySecrets(audioUrl)]);
	const asked = parameters.language === '' ? {} : { language: parameters.language };
	const transcript = await createTranscription(hidden.client, { audioUrl, ...asked });
	const body = maskedRow(transcript.raw, hidden.client.context.secrets);
	call.keepReceipt({ type: 'answer', body });
	return readTranscript(body) ?? transcript;
}

async function rowOf(
	{ raw, ...transcript }: Transcript,
	parameters: TranscribeParameters,
	call: ItemCall,
): Promise<Row> {
	const { secrets } = call.client.context;
	const { text, durationSeconds, segments, creditsUsed, quotaRemaining } = transcript;
	const spoken = transcript.language ?? (parameters.language || undefined);
	const json = maskedRow(
		{ text, durationSeconds, language: spoken, segments, creditsUsed, quotaRemaining },
		secrets,
	);
	const row = { json, raw: maskedRow(raw, secrets) };
	const { subtitles: format, audio } = parameters;
	if (format === 'none') return row;
	const wanted = { format, stem: nameOfMedia(audio) };
	const file = await storeSubtitles(segments ?? [], wanted, call);
	return file === undefined ? row : { ...row, files: { subtitles: file } };
}
