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
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
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
