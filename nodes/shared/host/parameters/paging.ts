import type { INodeProperties } from 'n8n-workflow';

import type { ParameterReader } from './parameters';

/** Return All and Limit, with the texts that n8n prescribes. */
export const pagingFields: readonly INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];

/** How many results are wanted; infinitely many with Return All. */
export function readLimit(reader: ParameterReader): number {
	if (reader.boolean('returnAll', 'Return All')) return Number.POSITIVE_INFINITY;
	return reader.number(reader.value('limit', 'Limit'), 'Limit', {
		min: 1,
		max: Number.MAX_SAFE_INTEGER,
		integer: true,
	});
}

/** A text out of the Filters collection; `undefined` when it is empty. */
export function readFilter(
	reader: ParameterReader,
	name: string,
	displayName: string,
): string | undefined {
	const value = reader.collection('filters', 'Filters')[name] ?? '';
	if (typeof value !== 'string') throw reader.fail(displayName, 'is no text', 'a text');
	return value.trim() || undefined;
}
