import { flag, number, optionalText, shownWhen, type Parameter } from './parameter';
import type { ParameterReader } from './reader';

const returnAll = flag({
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
});

const limit = shownWhen(
	number(
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			description: 'Max number of results to return',
		},
		true,
	),
	{ returnAll: [false] },
);

/** Return All and Limit, with the texts that n8n prescribes. */
export const pagingParameters: ReadonlyArray<Parameter<unknown>> = [returnAll, limit];

/** How many results are wanted; infinitely many with Return All. */
export function readLimit(reader: ParameterReader): number {
	return reader.get(returnAll) ? Number.POSITIVE_INFINITY : reader.get(limit);
}

/** A text out of the Filters collection; `undefined` when it is empty. */
export function readFilter(
	reader: ParameterReader,
	filter: ReturnType<typeof optionalText>,
): string | undefined {
	return reader.entry('filters', filter) || undefined;
}
