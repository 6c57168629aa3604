import type { INodeProperties } from 'n8n-workflow';

import { flag, text, withDisplay, withField, type Parameter } from './parameter';

/** Shows fields for one choice of the parameter by which a node says what it does. */
export function forChoice(
	control: 'operation' | 'event',
	value: string,
	fields: readonly INodeProperties[],
): INodeProperties[] {
	return fields.map((field) => withDisplay(field, { show: { [control]: [value] } }));
}

/** The `options` collection. Its entries are sorted by their names, as n8n's rules ask. */
export function optionsField(entries: ReadonlyArray<Parameter<unknown>>): INodeProperties {
	return collection('Options', 'options', 'Add option', entries);
}

/** The `filters` collection of a list. */
export function filtersField(entries: ReadonlyArray<Parameter<unknown>>): INodeProperties {
	return collection('Filters', 'filters', 'Add filter', entries);
}

function collection(
	displayName: string,
	name: string,
	placeholder: string,
	entries: ReadonlyArray<Parameter<unknown>>,
): INodeProperties {
	const fields = entries.map(({ field }) => field);
	return {
		displayName,
		name,
		type: 'collection',
		placeholder,
		default: {},
		options: fields.sort(byName),
	};
}

/** By code units: to load the rules of a language takes a tenth of the time that the package needs to load. */
function byName(a: INodeProperties, b: INodeProperties): number {
	return a.displayName < b.displayName ? -1 : 1;
}

export const simplify = flag({
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
});

/** The name of a binary field. */
export function binaryFieldName(field: INodeProperties): Parameter<string> {
	return text(field, 'the name of a binary field, for example data');
}

/** Where a file is put in the output item. */
export function outputBinaryField(defaultName: string, holds: string): Parameter<string> {
	return withField(outputField, {
		default: defaultName,
		placeholder: `e.g. ${defaultName}`,
		description: `Name of the binary field that will hold ${holds}`,
	});
}

const outputField = binaryFieldName({
	displayName: 'Output Data Field Name',
	name: 'outputBinaryField',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the output binary field to put the file in',
});
