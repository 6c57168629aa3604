import type { IDataObject } from 'n8n-workflow';

import { caught } from '../shared/api/caught';
import { synthesizeSpeech } from '../shared/fishspeech/speech';
import type { Usage } from '../shared/fishspeech/usage';
import type { StoredMedia } from '../shared/host/media/binaryStore';
import { stemOf } from '../shared/host/media/mediaTypes';
import type { ReceiptOf } from '../shared/host/memory/receipts';
import { outputBinaryField, simplify } from '../shared/host/parameters/fields';
import { choice, shownWhen, withField } from '../shared/host/parameters/parameter';
import { speechText, textsSecrets } from '../shared/host/parameters/speechText';
import type { ParameterReader } from '../shared/host/parameters/reader';
import { definedFields, maskedRow, ownFields, type Row } from '../shared/host/rows';
import { download, type ItemCall } from '../shared/host/run/itemCall';
import { defineOperation } from '../shared/host/run/operation';
import { expiredAudio, paidButNotFetched } from '../shared/host/jobs/expiredAudio';
import { longTextOptions, readLongSpeech } from './longText/readLongSpeech';
import { synthesizeParts } from './parts/synthesizeParts';
import { format, textOptions, voiceId } from './speechParameters';
import { readSpeechRequest, type SpeechRequest } from './speechRequest';
import {
	fieldOfSpeech,
	readWantedSubtitles,
	subtitleFiles,
	subtitles,
	subtitlesBinaryField,
} from './spokenSubtitles';

/** Above this a sync call takes long enough for connections to break, and a broken one may be charged. */
const LONG_TEXT_CHARACTERS = 5_000;

const delivery = shownWhen(
	choice(
		{
			displayName: 'Deliver As',
			name: 'delivery',
			default: 'file',
			description: 'How the audio gets into the workflow',
		},
		['File', 'file', 'The audio comes with the answer and is put into the output item'],
		[
			'File via URL',
			'fileViaUrl',
			'The service keeps the audio for a while and the node downloads it: a download that breaks off is repeated without paying again',
		],
		['URL', 'url', 'The output has the address of the audio, which may expire soon'],
	),
	{ '@tool': [false] },
);

/** A model sees no files, so its result must have the address of the audio. */
const toolDelivery = shownWhen(
	choice(
		{
			displayName: 'Deliver As',
			name: 'delivery',
			default: 'fileViaUrl',
			description: 'How the audio gets to the agent, which sees addresses but no files',
		},
		[
			'File via URL',
			'fileViaUrl',
			'The model gets the address of the audio, and the file is kept in the output of the node as well',
		],
		['URL', 'url', 'The model gets the address of the audio only, which may expire soon'],
	),
	{ '@tool': [true] },
);

const audioField = withField(outputBinaryField('data', 'the audio file'), {
	displayOptions: { hide: { delivery: ['url'] } },
});

const IN_FILES = { delivery: ['file', 'fileViaUrl'] };

type SynthesizeParameters = ReturnType<typeof readParameters>;
type AudioAtUrl = ReceiptOf<'mediaUrl'>;

export const synthesize = defineOperation({
	name: 'synthesize',
	creates: true,
	timeoutSeconds: 300,
	parameters: [
		speechText,
		voiceId,
		format,
		delivery,
		toolDelivery,
		audioField,
		shownWhen(subtitles, IN_FILES),
		shownWhen(subtitlesBinaryField, IN_FILES),
		simplify,
	],
	options: [...textOptions, ...longTextOptions],

	read: readParameters,
	// What is sent, and may come back.
	secrets: ({ text, long }) => textsSecrets(long ? long.parts.map((part) => part.text) : [text]),
	logicalRequest: (parameters) => ({
		...bodyOf(parameters),
		...(parameters.long && { parts: parameters.long.parts.length }),
	}),
	isInParts: ({ long }) => long !== undefined,
	// From the same address, audio is delivered in another way without buying it again.
	shape: ({ delivery: deliveredAs }) => (deliveredAs === 'url' ? 'url' : 'file'),
	showsRaw: (parameters) => !parameters.simplify,
	fieldOf: (parameters, file) =>
		fieldOfSpeech(file, parameters.outputBinaryField, parameters.subtitles),

	async execute(parameters, call) {
		const { long, characters } = parameters;
		if (long !== undefined) {
			const { files, about, raw } = await synthesizeParts(long, call);
			const json = { ...speechFields(parameters), ...about, parts: long.parts.length };
			return [{ json: definedFields(json), ...(raw && { raw }), files }];
		}
		if (characters > LONG_TEXT_CHARACTERS)
			call.hint(
				`Item ${call.itemIndex} has ${characters} characters. For long texts, Create Job is safer: a connection that breaks off loses nothing.`,
			);
		if (call.receipt?.type !== 'mediaUrl') return [await speak(parameters, call)];
		try {
			return [await deliver(call.receipt, parameters, call)];
		} catch (error) {
			// If its address no longer opens, the next Retry buys the item again.
			throw caught(expiredAudio(error, call));
		}
	},
});

function readParameters(reader: ParameterReader) {
	const deliveredAs = reader.get(delivery);
	const request = readSpeechRequest(reader, ['cache']);
	// The service may send audio instead of a URL, and it must go somewhere.
	const field = deliveredAs === 'url' ? 'data' : reader.get(audioField);
	const wanted = deliveredAs === 'url' ? undefined : readWantedSubtitles(reader, field);
	return {
		...request,
		/** The text in parts, when it is longer than Split Text At. */
		long: deliveredAs === 'file' ? readLongSpeech(reader, request, wanted) : undefined,
		subtitles: wanted,
		delivery: deliveredAs,
		outputBinaryField: field,
		simplify: reader.get(simplify),
	};
}

async function speak(parameters: SynthesizeParameters, call: ItemCall): Promise<Row> {
	const sink = call.binaries.sink(parameters);
	const answer = await synthesizeSpeech(call.client, bodyOf(parameters), sink);
	if (answer.type === 'audio') {
		if (parameters.delivery === 'url')
			call.hint(
				`The service sent audio instead of a URL for item ${call.itemIndex}. The file is in the field "${parameters.outputBinaryField}".`,
			);
		return await fileRow(answer.stored, answer, parameters, call);
	}
	const { audioUrl: url, expiresAt, creditsUsed, quotaRemaining } = answer;
	const raw = maskedRow(answer.raw, call.client.context.secrets);
	const audio: AudioAtUrl = { type: 'mediaUrl', url, expiresAt, creditsUsed, quotaRemaining, raw };
	// The service's own body names the address once more: it is only kept where it is shown.
	call.keepReceipt(parameters.simplify ? { ...audio, raw: undefined } : audio);
	try {
		return await deliver(audio, parameters, call);
	} catch (error) {
		throw caught(paidButNotFetched(error));
	}
}

function bodyOf({ body, delivery: deliveredAs }: SynthesizeParameters): SpeechRequest['body'] {
	return { ...body, ...(deliveredAs !== 'file' && { cache: true }) };
}

/** The row of audio at an address, and the audio itself where it is wanted. */
async function deliver(
	audio: AudioAtUrl,
	parameters: SynthesizeParameters,
	call: ItemCall,
): Promise<Row> {
	const { url: audioUrl, expiresAt, raw } = audio;
	const address = ownFields({ audioUrl, expiresAt }, call.client.context.secrets);
	if (parameters.delivery === 'url')
		return { json: { ...speechFields(parameters), ...usageFields(audio), ...address }, raw };
	const stored = await download(call, audioUrl, call.binaries.sink(parameters));
	const { json, files } = await fileRow(stored, audio, parameters, call);
	return { json: { ...json, ...address }, raw, files };
}

async function fileRow(
	{ binary, bytes, durationSeconds }: StoredMedia,
	usage: Partial<Usage>,
	parameters: SynthesizeParameters,
	call: ItemCall,
): Promise<Row> {
	const about = definedFields({ mimeType: binary.mimeType, bytes, durationSeconds });
	const { text, subtitles: wanted } = parameters;
	const spoken =
		durationSeconds === undefined ? undefined : [{ text, startSeconds: 0, durationSeconds }];
	const ofSubtitles = await subtitleFiles(spoken, wanted, stemOf(parameters), call);
	return {
		json: { ...speechFields(parameters), ...about, ...usageFields(usage) },
		files: { audio: binary, ...ofSubtitles },
	};
}

function speechFields({ voiceId, format, textHash, characters }: SpeechRequest): IDataObject {
	return { voiceId, format, textHash, characters };
}

function usageFields({ creditsUsed, quotaRemaining }: Partial<Usage>): IDataObject {
	return definedFields({ creditsUsed, quotaRemaining });
}
