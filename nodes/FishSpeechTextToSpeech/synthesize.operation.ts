import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { SpeechAnswer, Usage } from '../shared/api/endpoints/speech';
import type { StoredMedia } from '../shared/host/media/binary';
import {
	choices,
	forOperation,
	optionsField,
	outputBinaryField,
	simplifyField,
} from '../shared/host/parameters/fields';
import { maskedRow } from '../shared/host/run/rows';
import { defineOperation, type ItemCall, type Row } from '../shared/host/run/operation';
import { callOptionFields, createOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions } from '../shared/host/parameters/options';
import { formatField, textField, textOptionFields, voiceField } from './fields';
import { audioFromReceipt, receiptOf, type AudioAtUrl } from './audioAtUrl';
import { readLongSpeech, splitTextAtField } from './longText/readLongSpeech';
import { synthesizeParts, type LongSpeech } from './longText/synthesizeParts';
import { readSpeechRequest, type SpeechRequest } from './speechRequest';

const NAME = 'synthesize';
const DEFAULT_TIMEOUT_SECONDS = 300;
/** Above this a sync call takes long enough for connections to break, and a broken one may be charged. */
const LONG_TEXT_CHARACTERS = 5_000;
const DELIVERIES = ['file', 'fileViaUrl', 'url'] as const;

const deliveryField: INodeProperties = {
	displayName: 'Deliver As',
	name: 'delivery',
	type: 'options',
	options: choices(
		['File', 'file', 'The audio comes with the answer and is put into the output item'],
		[
			'File via URL',
			'fileViaUrl',
			'The service keeps the audio for a while and the node downloads it: a download that breaks off is repeated without paying again',
		],
		['URL', 'url', 'The output has the address of the audio, which may expire soon'],
	),
	default: 'file',
	displayOptions: { show: { '@tool': [false] } },
	description: 'How the audio gets into the workflow',
};

/** A model sees no files: what it gets must name the address of the audio. */
const toolDeliveryField: INodeProperties = {
	displayName: 'Deliver As',
	name: 'delivery',
	type: 'options',
	options: choices(
		[
			'File via URL',
			'fileViaUrl',
			'The model gets the address of the audio, and the file is kept in the output of the node as well',
		],
		['URL', 'url', 'The model gets the address of the audio only, which may expire soon'],
	),
	default: 'fileViaUrl',
	displayOptions: { show: { '@tool': [true] } },
	description: 'How the audio gets to the agent, which sees addresses but no files',
};

interface SynthesizeParameters extends SpeechRequest {
	readonly delivery: (typeof DELIVERIES)[number];
	readonly outputBinaryField: string;
	readonly simplify: boolean;
	/** The text in parts, when it is longer than Split Text At. */
	readonly long: LongSpeech | undefined;
}

export const synthesize = defineOperation<SynthesizeParameters>({
	name: NAME,
	creates: true,
	fields: forOperation(NAME, [
		textField,
		voiceField,
		formatField,
		deliveryField,
		toolDeliveryField,
		{
			...outputBinaryField('data', 'the audio file'),
			displayOptions: { hide: { delivery: ['url'] } },
		},
		simplifyField,
		optionsField([
			...callOptionFields(DEFAULT_TIMEOUT_SECONDS),
			...createOptionFields,
			...textOptionFields,
			splitTextAtField,
		]),
	]),

	read(reader) {
		const delivery = reader.choice('delivery', 'Deliver As', DELIVERIES);
		const call = readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS);
		const request = readSpeechRequest(reader, call, ['cache']);
		return {
			...request,
			long: delivery === 'file' ? readLongSpeech(reader, request) : undefined,
			delivery,
			// A URL may be answered with audio, which must go somewhere.
			outputBinaryField:
				delivery === 'url'
					? 'data'
					: reader.fieldName('outputBinaryField', 'Output Data Field Name'),
			simplify: reader.boolean('simplify', 'Simplify'),
		};
	},

	logicalRequest: ({ body, delivery, long }) => ({
		...body,
		delivery,
		...(long && { parts: long.parts.length }),
	}),

	async execute(parameters, call) {
		const { long } = parameters;
		if (long !== undefined) {
			const audio = await synthesizeParts(long, call);
			const row = fileRow(audio, audio, parameters);
			return [{ ...row, json: { ...row.json, parts: long.parts.length } }];
		}
		if (parameters.characters > LONG_TEXT_CHARACTERS)
			call.hint(
				`Item ${call.itemIndex} has ${parameters.characters} characters. For long texts, Create Job is safer: a connection that breaks off loses nothing.`,
			);
		const remembered = call.receipt && audioFromReceipt(call.receipt);
		if (remembered !== undefined) return [await deliver(remembered, parameters, call)];
		const body = { ...parameters.body, ...(parameters.delivery !== 'file' && { cache: true }) };
		const sink = call.binaries.sink(parameters);
		const answer = await call.client.synthesize(body, sink, call.context);
		return [await rowOf(answer, parameters, call)];
	},
});

async function rowOf(
	answer: SpeechAnswer<StoredMedia>,
	parameters: SynthesizeParameters,
	call: ItemCall,
): Promise<Row> {
	if (answer.type === 'url')
		return await deliver({ ...answer, raw: maskedRow(answer.raw, call.context) }, parameters, call);
	if (parameters.delivery === 'url')
		call.hint(
			`The service sent audio instead of a URL for item ${call.itemIndex}. The file is in the field "${parameters.outputBinaryField}".`,
		);
	return fileRow(answer.stored, answer, parameters);
}

async function deliver(
	audio: AudioAtUrl,
	parameters: SynthesizeParameters,
	call: ItemCall,
): Promise<Row> {
	const { audioUrl, expiresAt, raw } = audio;
	const about = {
		audioUrl,
		...(expiresAt !== undefined && { expiresAt }),
		...(!parameters.simplify && { raw }),
	};
	if (parameters.delivery === 'url')
		return { json: { ...speechFields(parameters), ...usageFields(audio), ...about } };
	call.keepReceipt(receiptOf(audio));
	const stored = await call.download(
		async () => await call.client.download(audioUrl, call.binaries.sink(parameters), call.context),
	);
	const row = fileRow(stored, audio, parameters);
	return { ...row, json: { ...row.json, ...about } };
}

function fileRow(
	{ binary, bytes }: StoredMedia,
	usage: Usage,
	parameters: SynthesizeParameters,
): Row {
	return {
		json: {
			...speechFields(parameters),
			mimeType: binary.mimeType,
			bytes,
			...usageFields(usage),
		},
		binary: { [parameters.outputBinaryField]: binary },
	};
}

function speechFields({ voiceId, format, textHash, characters }: SpeechRequest): IDataObject {
	return { voiceId, format, textHash, characters };
}

function usageFields({ creditsUsed, quotaRemaining }: Usage): IDataObject {
	return {
		...(creditsUsed !== undefined && { creditsUsed }),
		...(quotaRemaining !== undefined && { quotaRemaining }),
	};
}
