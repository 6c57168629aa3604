import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Shows fields for one operation only. */
export function forOperation(
	operation: string,
	fields: readonly INodeProperties[],
): INodeProperties[] {
	return fields.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { ...field.displayOptions?.show, operation: [operation] },
		},
	}));
}

/** The `options` collection. Its entries are sorted by their names, as n8n's rules ask. */
export function optionsField(entries: readonly INodeProperties[]): INodeProperties {
	return collection('Options', 'options', 'Add option', entries);
}

/** The `filters` collection of a list. */
export function filtersField(entries: readonly INodeProperties[]): INodeProperties {
	return collection('Filters', 'filters', 'Add filter', entries);
}

function collection(
	displayName: string,
	name: string,
	placeholder: string,
	entries: readonly INodeProperties[],
): INodeProperties {
	return {
		displayName,
		name,
		type: 'collection',
		placeholder,
		default: {},
		options: [...entries].sort((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}

export function choices(
	...entries: ReadonlyArray<readonly [name: string, value: string, description: string]>
): INodePropertyOptions[] {
	return entries.map(([name, value, description]) => ({ name, value, description }));
}

export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** A voice from the list of the account, which the node's method `searchVoices` fills, or by its ID. */
export function voiceLocator(description: string): INodeProperties {
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

/** Where a file is put in the output item. */
export function outputBinaryField(defaultName: string, holds: string): INodeProperties {
	return {
		displayName: 'Output Data Field Name',
		name: 'outputBinaryField',
		type: 'string',
		default: defaultName,
		required: true,
		placeholder: `e.g. ${defaultName}`,
		hint: 'The name of the output binary field to put the file in',
		description: `Name of the binary field that will hold ${holds}`,
	};
}
