import type { IDataObject } from 'n8n-workflow';

import { caught } from '../shared/api/caught';
import { synthesizeSpeech } from '../shared/fishspeech/speech';
import type { Usage } from '../shared/fishspeech/usage';
import type { StoredMedia } from '../shared/host/media/binaryStore';
import type { ReceiptOf } from '../shared/host/memory/receipts';
import { outputBinaryField, simplify } from '../shared/host/parameters/fields';
import { choice, shownWhen, withField } from '../shared/host/parameters/parameter';
import { definedFields, maskedRow, type Row } from '../shared/host/rows';
import { download, type ItemCall } from '../shared/host/run/itemCall';
import { defineOperation } from '../shared/host/run/operation';
import { expiredAudio, paidButNotFetched } from './expiredAudio';
import { readLongSpeech, splitTextAt } from './longText/readLongSpeech';
import { synthesizeParts, type LongSpeech } from './longText/synthesizeParts';
import { format, text, textOptions, voiceId } from './speechParameters';
import { readSpeechRequest, textSecrets, type SpeechRequest } from './speechRequest';

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

/** A model sees no files: what it gets must name the address of the audio. */
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

interface SynthesizeParameters extends SpeechRequest {
	readonly delivery: 'file' | 'fileViaUrl' | 'url';
	readonly outputBinaryField: string;
	readonly simplify: boolean;
	/** The text in parts, when it is longer than Split Text At. */
	readonly long: LongSpeech | undefined;
}

type AudioAtUrl = ReceiptOf<'mediaUrl'>;

export const synthesize = defineOperation<SynthesizeParameters>({
	name: 'synthesize',
	creates: true,
	timeoutSeconds: 300,
	parameters: [text, voiceId, format, delivery, toolDelivery, audioField, simplify],
	options: [...textOptions, splitTextAt],

	read(reader) {
		const deliveredAs = reader.get(delivery);
		const request = readSpeechRequest(reader, ['cache']);
		return {
			...request,
			long: deliveredAs === 'file' ? readLongSpeech(reader, request) : undefined,
			delivery: deliveredAs,
			// A URL may be answered with audio, which must go somewhere.
			outputBinaryField: deliveredAs === 'url' ? 'data' : reader.get(audioField),
			simplify: reader.get(simplify),
		};
	},

	secrets: textSecrets,
	logicalRequest: (parameters) => ({
		...parameters.body,
		delivery: parameters.delivery,
		...(parameters.long && { parts: parameters.long.parts.length }),
	}),
	showsRaw: (parameters) => !parameters.simplify,
	// The first file is the audio; parts that could not be joined are numbered.
	fieldOf: (parameters, file) => file.replace('audio', parameters.outputBinaryField),

	async execute(parameters, call) {
		const { long, characters } = parameters;
		if (long !== undefined) {
			const { files, ...about } = await synthesizeParts(long, call);
			const json = { ...speechFields(parameters), ...about, parts: long.parts.length };
			return [{ json: definedFields(json), files }];
		}
		if (characters > LONG_TEXT_CHARACTERS)
			call.hint(
				`Item ${call.itemIndex} has ${characters} characters. For long texts, Create Job is safer: a connection that breaks off loses nothing.`,
			);
		if (call.receipt?.type === 'mediaUrl')
			return [await deliverAgain(call.receipt, parameters, call)];
		return [await speak(parameters, call)];
	},
});

async function speak(parameters: SynthesizeParameters, call: ItemCall): Promise<Row> {
	const isAtUrl = parameters.delivery !== 'file';
	const body = { ...parameters.body, ...(isAtUrl && { cache: true }) };
	const answer = await synthesizeSpeech(call.client, body, call.binaries.sink(parameters));
	if (answer.type === 'audio') {
		if (parameters.delivery === 'url')
			call.hint(
				`The service sent audio instead of a URL for item ${call.itemIndex}. The file is in the field "${parameters.outputBinaryField}".`,
			);
		return fileRow(answer.stored, answer, parameters);
	}
	const { audioUrl: url, expiresAt, creditsUsed, quotaRemaining } = answer;
	const raw = maskedRow(answer.raw, call.client.context.secrets);
	const audio: AudioAtUrl = { type: 'mediaUrl', url, expiresAt, creditsUsed, quotaRemaining, raw };
	if (parameters.delivery === 'url')
		return {
			json: { ...speechFields(parameters), ...usageFields(audio), ...addressFields(audio) },
			raw,
		};
	call.keepReceipt(audio);
	try {
		return await deliver(audio, parameters, call);
	} catch (error) {
		throw caught(paidButNotFetched(error));
	}
}

/** Audio of an earlier try. Where its address opens nothing any more, the next Retry buys the item again. */
async function deliverAgain(
	audio: AudioAtUrl,
	parameters: SynthesizeParameters,
	call: ItemCall,
): Promise<Row> {
	try {
		return await deliver(audio, parameters, call);
	} catch (error) {
		throw caught(expiredAudio(error, call));
	}
}

async function deliver(
	audio: AudioAtUrl,
	parameters: SynthesizeParameters,
	call: ItemCall,
): Promise<Row> {
	const stored = await download(call, audio.url, call.binaries.sink(parameters));
	const { json, files } = fileRow(stored, audio, parameters);
	return { json: { ...json, ...addressFields(audio) }, raw: audio.raw, files };
}

function fileRow(
	{ binary, bytes, durationSeconds }: StoredMedia,
	usage: Partial<Usage>,
	parameters: SynthesizeParameters,
): Row {
	const { mimeType } = binary;
	const about = definedFields({ mimeType, bytes, durationSeconds });
	return {
		json: { ...speechFields(parameters), ...about, ...usageFields(usage) },
		files: { audio: binary },
	};
}

function speechFields({ voiceId, format, textHash, characters }: SpeechRequest): IDataObject {
	return { voiceId, format, textHash, characters };
}

function addressFields({ url, expiresAt }: AudioAtUrl): IDataObject {
	return definedFields({ audioUrl: url, expiresAt });
}

function usageFields({ creditsUsed, quotaRemaining }: Partial<Usage>): IDataObject {
	return definedFields({ creditsUsed, quotaRemaining });
}
