import type { Secret } from '../shared/api/redact';
import { readTranscript, type Transcript } from '../shared/api/endpoints/transcripts';
import {
	choices,
	forOperation,
	optionsField,
	outputBinaryField,
	simplifyField,
} from '../shared/host/parameters/fields';
import { languageCodes, readLanguage } from '../shared/host/parameters/languages';
import {
	mediaIdentity,
	mediaSourceFields,
	readMediaSource,
	signedUrlFields,
	urlOfMedia,
	type MediaSource,
	type MediaSourceNames,
} from '../shared/host/media/mediaSource';
import {
	defineOperation,
	withSecrets,
	type ItemCall,
	type ItemParameters,
	type Row,
} from '../shared/host/run/operation';
import { callOptionFields, createOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions } from '../shared/host/parameters/options';
import { isDataObject } from '../shared/host/parameters/parameters';
import { maskedRow } from '../shared/host/run/rows';
import { querySecrets, signedUrlSecrets } from '../shared/host/media/signedUrls';
import { nameOfMedia, storeSubtitles } from './subtitleFile';

const NAME = 'transcribe';
const DEFAULT_TIMEOUT_SECONDS = 300;
const SUBTITLES = ['none', 'srt', 'vtt'] as const;

const AUDIO: MediaSourceNames = {
	media: 'audio',
	source: 'audioSource',
	url: 'audioUrl',
	field: 'inputBinaryField',
	fieldTitle: 'Input Data Field Name',
	defaultField: 'data',
};

interface TranscribeParameters extends ItemParameters {
	readonly audio: MediaSource;
	/** Empty when the service is to find out. */
	readonly language: string;
	readonly subtitles: (typeof SUBTITLES)[number];
	readonly outputBinaryField: string;
	readonly simplify: boolean;
}

export const transcribe = defineOperation<TranscribeParameters>({
	name: NAME,
	creates: true,
	fields: forOperation(NAME, [
		...mediaSourceFields(AUDIO),
		{
			displayName: 'Language',
			name: 'language',
			type: 'string',
			default: '',
			placeholder: 'e.g. en',
			description: `The language that is spoken, as ${languageCodes}. Leave empty to let the service find out.`,
		},
		{
			displayName: 'Subtitles',
			name: 'subtitles',
			type: 'options',
			options: choices(
				['None', 'none', 'Only the transcript'],
				['SRT', 'srt', 'A SubRip file, which almost every player and editor reads'],
				['WebVTT', 'vtt', 'A WebVTT file, for video on web pages'],
			),
			default: 'none',
			description: 'Whether and how to make a file of subtitles from the transcript',
		},
		{
			...outputBinaryField('subtitles', 'the subtitles'),
			displayOptions: { show: { subtitles: ['srt', 'vtt'] } },
		},
		simplifyField,
		optionsField([
			...callOptionFields(DEFAULT_TIMEOUT_SECONDS),
			...createOptionFields,
			...signedUrlFields(AUDIO),
		]),
	]),

	read(reader, context) {
		const subtitles = reader.choice('subtitles', 'Subtitles', SUBTITLES);
		return {
			call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
			audio: readMediaSource(reader, context, AUDIO),
			language: readLanguage(reader, reader.value('language', 'Language'), 'Language'),
			subtitles,
			outputBinaryField:
				subtitles === 'none' ? '' : reader.fieldName('outputBinaryField', 'Output Data Field Name'),
			simplify: reader.boolean('simplify', 'Simplify'),
		};
	},

	logicalRequest: ({ audio, language, subtitles }, { binaries }) => ({
		audio: mediaIdentity(audio, binaries),
		language,
		subtitles,
	}),

	async execute(parameters, call) {
		const remembered = fromReceipt(call);
		if (remembered !== undefined) return [await rowOf(remembered, parameters, call, [])];
		const { audio, language, subtitles } = parameters;
		const audioUrl = urlOfMedia(audio, call.binaries);
		const secrets = signedUrlSecrets(audioUrl);
		const { context } = withSecrets(call, [...secrets, ...querySecrets(audioUrl)]);
		const body = { audioUrl, ...(language !== '' && { language }) };
		const transcript = await call.client.transcribe(body, context);
		// Storing a file may fail, and memory mode keeps none: what is paid for must outlive that.
		if (subtitles !== 'none')
			call.keepReceipt({ transcript: maskedRow(transcript.raw, { secrets }) });
		return [await rowOf(transcript, parameters, call, secrets)];
	},
});

/** A transcript that an earlier try has paid for, whose subtitles were not kept. */
function fromReceipt({ receipt }: ItemCall): Transcript | undefined {
	return isDataObject(receipt?.transcript) ? readTranscript(receipt.transcript) : undefined;
}

async function rowOf(
	transcript: Transcript,
	{ audio, language: asked, subtitles, outputBinaryField: field, simplify }: TranscribeParameters,
	call: ItemCall,
	secrets: readonly Secret[],
): Promise<Row> {
	const { text, durationSeconds, segments, creditsUsed, quotaRemaining, raw } = transcript;
	const language = transcript.language ?? (asked || undefined);
	const usage = { creditsUsed, quotaRemaining };
	const said = { text, durationSeconds, language, segments, ...usage };
	const json = maskedRow({ ...said, ...(!simplify && { raw }) }, { secrets });
	if (subtitles === 'none') return { json };
	const file = await storeSubtitles(Array.isArray(json.segments) ? json.segments : [], {
		format: subtitles,
		stem: nameOfMedia(audio),
		call,
	});
	return file === undefined ? { json } : { json, binary: { [field]: file } };
}
