import type { IBinaryData } from 'n8n-workflow';

import { createVoice, type NewVoice, type VoiceSample } from '../shared/fishspeech/voices';
import { voiceRow } from '../shared/fishspeechNodes/voiceRow';
import { LANGUAGE_CODES, parseLanguage } from '../shared/host/parameters/languages';
import { choice, optionalText, text, type Parameter } from '../shared/host/parameters/parameter';
import { defineOperation } from '../shared/host/run/operation';
import { loadSample, readSamples, sampleFields } from './samples';

const name = text(
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Anna',
		description: 'What the voice is called in lists',
	},
	'a name with at least one visible character',
);

const description = optionalText({
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	placeholder: 'e.g. Warm and calm, for bedtime stories',
	description: 'What the list of voices says about the voice',
});

/** An expression may also give a list. */
const languages: Parameter<string[]> = {
	field: {
		displayName: 'Languages',
		name: 'languages',
		type: 'string',
		default: '',
		placeholder: 'e.g. en, de',
		description: `The languages that the recordings are in, separated by commas, each as ${LANGUAGE_CODES}`,
	},
	parse(value, fail) {
		const listed: unknown = typeof value === 'string' ? value.split(',') : value;
		const entries: unknown[] = Array.isArray(listed) ? listed : [listed];
		return entries.map((entry) => parseLanguage(entry, fail)).filter((language) => language !== '');
	},
};

const referenceText = optionalText({
	displayName: 'Reference Text',
	name: 'referenceText',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	placeholder: 'e.g. The quick brown fox jumps over the lazy dog.',
	description: 'What is said in the recordings, word for word, which makes the voice better',
});

const visibility = choice(
	{
		displayName: 'Visibility',
		name: 'visibility',
		default: 'private',
		description: 'Who can use the voice',
	},
	['Private', 'private', 'Only this account can use the voice'],
	['Public', 'public', 'Everybody can use the voice'],
);

interface CreateParameters {
	readonly voice: NewVoice;
	readonly samples: readonly IBinaryData[];
}

export const create = defineOperation<CreateParameters>({
	name: 'create',
	creates: true,
	parameters: [name, sampleFields],
	options: [description, languages, referenceText, visibility],
	read: (reader, context) => ({
		voice: {
			name: reader.get(name),
			visibility: reader.option(visibility),
			description: reader.option(description),
			referenceText: reader.option(referenceText),
			languages: reader.option(languages),
		},
		samples: readSamples(reader, context),
	}),
	secrets: ({ voice }) => [{ value: voice.referenceText, label: '[text]', isText: true }],
	logicalRequest: ({ voice, samples }, { binaries }) => ({
		...voice,
		samples: samples.map((sample) => binaries.identity(sample)),
	}),

	async execute({ voice, samples }, call) {
		const loaded: VoiceSample[] = [];
		for (const sample of samples) loaded.push(await loadSample(sample, call));
		const created = await createVoice(call.client, voice, loaded);
		return [{ json: voiceRow({ ...created, name: created.name ?? voice.name }, call.client) }];
	},
});
