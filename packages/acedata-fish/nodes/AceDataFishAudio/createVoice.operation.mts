import { createVoice as makeVoice } from '../shared/acedata/creates.mts';
import {
	mediaIdentity,
	mediaSource,
	mediaSourceFields,
	readMediaSource,
	signedUrlOptions,
	urlOfMedia,
	type MediaSource,
} from '../shared/host/parameters/mediaSource';
import { optionalText, url, type Parameter } from '../shared/host/parameters/parameter';
import { definedFields, withOtherFields } from '../shared/host/rows';
import { withSecrets } from '../shared/host/run/itemCall';
import { defineOperation } from '../shared/host/run/operation';
import { querySecrets, signedUrlSecrets } from '../shared/host/signedUrls';

const SOURCE = mediaSource({
	media: 'audio',
	source: 'audioSource',
	url: 'voiceUrl',
	field: 'inputBinaryField',
	fieldTitle: 'Input Data Field Name',
	defaultField: 'data',
});

const described = (displayName: string, name: string, example: string, description: string) =>
	optionalText({
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${example}`,
		description,
	});

const title = described('Title', 'title', 'Anna', 'What the voice is called');
const description = described(
	'Description',
	'description',
	'Warm and calm',
	'What is said about the voice',
);
const { field: imageField } = described(
	'Image URL',
	'imageUrl',
	'https://example.com/anna.png',
	'A picture for the voice',
);
const imageUrl: Parameter<string> = {
	field: imageField,
	parse: (value, fail) => (value === '' ? '' : url(imageField).parse(value, fail)),
};

interface VoiceParameters {
	readonly source: MediaSource;
	/** In the service's words; empty ones are left out. */
	readonly about: Readonly<Record<string, string | undefined>>;
}

export const createVoice = defineOperation<VoiceParameters>({
	name: 'createVoice',
	creates: true,
	tellsQuota: false,
	timeoutSeconds: 300,
	parameters: mediaSourceFields(SOURCE),
	options: [title, description, imageUrl, ...signedUrlOptions(SOURCE.names)],
	read: (reader, context) => ({
		source: readMediaSource(reader, context, SOURCE),
		about: definedFields({
			title: reader.option(title) || undefined,
			description: reader.option(description) || undefined,
			image_url: reader.option(imageUrl) || undefined,
		}),
	}),
	secrets: ({ source }) => (source.type === 'url' ? querySecrets(source.url) : []),
	logicalRequest: ({ source, about }, { binaries }) => ({
		...about,
		...mediaIdentity(source, binaries),
	}),

	async execute({ source, about }, call) {
		const voiceUrl = urlOfMedia(source, call.binaries);
		const { client } = withSecrets(call, signedUrlSecrets(voiceUrl));
		const voice = await makeVoice(client, { voice_url: voiceUrl, ...about });
		const { voiceId, taskId, traceId } = voice;
		// No endpoint lists voices: after Stop, the log is the only place that has the ID.
		call.logAcceptedJob(taskId, { voiceId, requestId: traceId });
		if (voiceId === undefined)
			call.hint(
				`The voice of item ${call.itemIndex} is still made: Get Task shows it with the ID ${taskId}.`,
			);
		const own = definedFields({ voiceId, taskId, traceId });
		return [{ json: withOtherFields(own, voice.about, ['_id', 'id'], client.context.secrets) }];
	},
});
