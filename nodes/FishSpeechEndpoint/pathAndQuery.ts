import type { Query } from '../shared/api/client/queryText';
import type { ParameterReader } from '../shared/host/parameters/reader';
import type { EndpointField } from '../shared/openApi/endpointField';
import { filledPath, parametersOf } from '../shared/openApi/schemaPath';
import { isEmpty, textOf } from './endpointValues';

/** Characters of one path parameter. */
const LONGEST_SEGMENT = 500;

/** The path with its parameters filled in, none of which may lead elsewhere. */
export function pathWith(
	reader: ParameterReader,
	template: string,
	values: ReadonlyMap<string, unknown>,
	fields: readonly EndpointField[] = [],
): string {
	const filled = new Map<string, readonly string[]>();
	for (const name of parametersOf(template)) {
		const value = values.get(name);
		const isList = Array.isArray(value) && delimiterIn(fields, 'path', name) !== undefined;
		const fail = (found: string) =>
			reader.fail(name.slice(0, 100), found, 'a text or a number without slashes');
		const texts = (isList ? value : [value]).map((entry: unknown) => {
			const text = typeof entry === 'number' ? String(entry) : entry;
			if (typeof text !== 'string' || text.trim() === '') throw fail('is missing');
			return text.trim();
		});
		if (texts.length === 0) throw fail('is missing');
		const leadsElsewhere = texts.some((text) => /^\.{1,2}$|[/\\?#%\p{C}]/u.test(text));
		if (leadsElsewhere || texts.join().length > LONGEST_SEGMENT)
			throw fail('has characters that lead elsewhere in a path');
		filled.set(name, texts);
	}
	return filledPath(template, filled);
}

/** The query as texts: a list entry by entry, or as one text where its parameter has a delimiter. */
export function queryOf(
	reader: ParameterReader,
	values: ReadonlyMap<string, unknown>,
	fields: readonly EndpointField[] = [],
): Query {
	const given = [...values].filter(([, value]) => !isEmpty(value));
	return Object.fromEntries(
		given.map(([name, value]) => {
			if (!Array.isArray(value)) return [name, textOf(value)];
			const entries = value.map(textOf);
			const delimiter = delimiterIn(fields, 'query', name);
			if (delimiter === undefined) return [name, entries];
			const separator = decodeURIComponent(delimiter);
			// A comma is written in two ways: as the delimiter, and percent-encoded inside an entry.
			if (separator !== ',' && entries.some((entry) => entry.includes(separator)))
				throw reader.fail(
					name.slice(0, 100),
					`has an entry with "${separator}", which separates entries`,
					'a list whose entries do not have it',
				);
			return [name, { entries, delimiter }];
		}),
	);
}

function delimiterIn(
	fields: readonly EndpointField[],
	place: EndpointField['place'],
	name: string,
): string | undefined {
	return fields.find((field) => field.place === place && field.name === name)?.delimiter;
}
