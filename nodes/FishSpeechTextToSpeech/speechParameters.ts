import type { INodeProperties } from 'n8n-workflow';

import { choices, voiceLocator } from '../shared/host/parameters/fields';

export const textField: INodeProperties = {
	displayName: 'Text',
	name: 'text',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	required: true,
	placeholder: 'e.g. Good morning! Here is your news.',
	description: 'The text to be spoken, in any language that the voice can speak',
};

export const voiceField = voiceLocator('The voice that speaks the text');

export const formatField: INodeProperties = {
	displayName: 'Format',
	name: 'format',
	type: 'options',
	options: choices(
		['MP3', 'mp3', 'Small files that play everywhere'],
		['WAV', 'wav', 'Uncompressed, for further processing'],
	),
	default: 'mp3',
	description: 'Audio format. An expression may name another one that the service offers.',
};

/** Options that shape the text and the body of a request. */
export const textOptionFields: readonly INodeProperties[] = [
	{
		displayName: 'Engine Model ID',
		name: 'engineModelId',
		type: 'string',
		default: '',
		placeholder: 'e.g. fishaudio-s2pro',
		description: 'The speech engine to use instead of the default one of the voice',
	},
	{
		displayName: 'Extra Fields',
		name: 'extraFields',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. { "speed": 1.1 }',
		description:
			'Further fields of the request as a JSON object, for what the service offers beyond its documentation. A field that this node sets itself cannot be replaced.',
	},
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. newsletter',
		description: 'Name of the audio file. Its extension follows the format that the service sent.',
	},
	{
		displayName: 'Normalize Text',
		name: 'normalizeText',
		type: 'boolean',
		default: true,
		description:
			'Whether to tidy the text before it is sent: spaces and line breaks are merged and invisible characters removed, so that they are not paid for',
	},
	{
		displayName: 'Voice ID Field',
		name: 'voiceIdField',
		type: 'options',
		options: choices(
			['Model ID (Legacy)', 'modelId', 'For older gateways'],
			['Reference ID (Legacy)', 'reference_id', 'For older gateways'],
			['Voice ID', 'voiceId', 'What the documentation says'],
		),
		default: 'voiceId',
		description: 'The field of the request in which the voice is named',
	},
];
