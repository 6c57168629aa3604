import type { INodeProperties } from 'n8n-workflow';

import { id, text, type Parameter } from '../host/parameters/parameter';

/** A voice that is chosen from the account's list or named by its ID; the node must offer `searchVoices`. */
export function voice(description: string): Parameter<string> {
	return text(locator(description), 'a voice from the list, or the ID of a voice');
}

/** The same where the ID becomes part of an address. */
export function voiceInPath(description: string): Parameter<string> {
	return id(locator(description));
}

function locator(description: string): INodeProperties {
	return {
		displayName: 'Voice',
		name: 'voiceId',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a voice...',
				typeOptions: { searchListMethod: 'searchVoices', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. voice_123',
			},
		],
	};
}
