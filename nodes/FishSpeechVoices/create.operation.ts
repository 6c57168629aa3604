import type { IBinaryData, IDataObject, INodeProperties } from 'n8n-workflow';

import { choices, forOperation, optionsField } from '../shared/host/parameters/fields';
import { defineOperation, type ItemParameters } from '../shared/host/run/operation';
import { callOptionFields, createOptionFields } from '../shared/host/parameters/optionFields';
import { OPTIONS, readCallOptions } from '../shared/host/parameters/options';
import { describeValue, type ParameterReader } from '../shared/host/parameters/parameters';
import { languageCodes, readLanguage } from '../shared/host/parameters/languages';
import { loadSample, readSamples } from './samples';
import { voiceRow } from './voiceRow';

const NAME = 'create';
const DEFAULT_TIMEOUT_SECONDS = 60;
const VISIBILITIES = ['private', 'public'] as const;

/** The parts of the form beside the files; empty ones are not sent. */
interface VoiceParts {
	readonly name: string;
	readonly visibility: (typeof VISIBILITIES)[number];
	readonly description: string;
	readonly referenceText: string;
	readonly languages: readonly string[];
}

interface CreateParameters extends ItemParameters {
	readonly parts: VoiceParts;
	readonly samples: readonly IBinaryData[];
}

const voiceOptionFields: readonly INodeProperties[] = [
	{
		displayName: 'Description',
		name: 'description',
		type: 'string',
		default: '',
		placeholder: 'e.g. Warm and calm, for bedtime stories',
		description: 'What the list of voices says about the voice',
	},
	{
		displayName: 'Languages',
		name: 'languages',
		type: 'string',
		default: '',
		placeholder: 'e.g. en, de',
		description: `The languages that the recordings are in, separated by commas, each as ${languageCodes}`,
	},
	{
		displayName: 'Reference Text',
		name: 'referenceText',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder: 'e.g. The quick brown fox jumps over the lazy dog.',
		description: 'What is said in the recordings, word for word, which makes the voice better',
	},
	{
		displayName: 'Visibility',
		name: 'visibility',
		type: 'options',
		options: choices(
			['Private', 'private', 'Only this account can use the voice'],
			['Public', 'public', 'Everybody can use the voice'],
		),
		default: 'private',
		description: 'Who can use the voice',
	},
];

export const create = defineOperation<CreateParameters>({
	name: NAME,
	creates: true,
	fields: forOperation(NAME, [
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Anna',
			description: 'What the voice is called in lists',
		},
		{
			displayName: 'Input Data Field Names',
			name: 'inputBinaryFields',
			type: 'string',
			default: 'data',
			required: true,
			placeholder: 'e.g. data, data2',
			hint: 'The names of the input binary fields that hold the recordings, separated by commas',
			description:
				'Names of the binary fields that hold recordings of the speaker: WAV, MP3, M4A, OGG or FLAC, at most 25 MB each',
		},
		optionsField([
			...callOptionFields(DEFAULT_TIMEOUT_SECONDS),
			...createOptionFields,
			...voiceOptionFields,
		]),
	]),

	read(reader, context) {
		const parts = readParts(reader);
		return {
			call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
			parts,
			samples: readSamples(reader, context),
			secrets: [{ value: parts.referenceText, label: '[text]' }],
		};
	},

	logicalRequest: ({ parts, samples }, { binaries }) => ({
		...parts,
		samples: samples.map((sample) => binaries.identity(sample)),
	}),

	async execute({ parts, samples }, call) {
		const form = formOf(parts);
		for (const sample of samples) {
			const { blob, fileName } = await loadSample(sample, call);
			form.append('audioFiles', blob, fileName);
		}
		const voice = await call.client.createVoice(form, call.context);
		const row = voiceRow({ ...voice, name: voice.name ?? parts.name }, call.context);
		return [{ json: row }];
	},
});

function readParts(reader: ParameterReader): VoiceParts {
	const options = reader.collection('options', OPTIONS);
	return {
		name: reader.string('name', 'Name', 'a name with at least one visible character'),
		visibility: reader.oneOf(options.visibility ?? 'private', 'Visibility', VISIBILITIES),
		description: readText(reader, options, 'description', 'Description'),
		referenceText: readText(reader, options, 'referenceText', 'Reference Text'),
		languages: readLanguages(reader, options),
	};
}

function readText(
	reader: ParameterReader,
	options: IDataObject,
	name: string,
	displayName: string,
): string {
	const value = options[name] ?? '';
	if (typeof value !== 'string') throw reader.fail(displayName, describeValue(value), 'a text');
	return value.trim();
}

/** A list by an expression is as good as one with commas. */
function readLanguages(reader: ParameterReader, { languages = '' }: IDataObject): string[] {
	const entries: unknown[] = Array.isArray(languages) ? languages : String(languages).split(',');
	return entries
		.map((entry) => readLanguage(reader, entry, 'Languages'))
		.filter((language) => language !== '');
}

function formOf({ name, visibility, description, referenceText, languages }: VoiceParts): FormData {
	const form = new FormData();
	form.append('name', name);
	form.append('visibility', visibility);
	if (description !== '') form.append('description', description);
	if (referenceText !== '') form.append('referenceText', referenceText);
	if (languages.length > 0) form.append('languages', JSON.stringify(languages));
	return form;
}
