import { isWireObject } from '../shared/api/wire';
import { refuseInexactNumbers } from '../shared/host/parameters/jsonText';
import type { ReadContext } from '../shared/host/parameters/readContext';
import type { ParameterReader } from '../shared/host/parameters/reader';
import type { EndpointField } from '../shared/openApi/endpointField';
import type { EndpointShape } from '../shared/openApi/endpointShape';
import { isContainer } from '../shared/openApi/references';
import { typedValue, typeOf } from '../shared/openApi/typedValue';
import { fields, jsonParameters } from './endpointParameters';

/** Values by their fields, before they are put together. */
export interface Values {
	readonly path: ReadonlyMap<string, unknown>;
	readonly query: ReadonlyMap<string, unknown>;
	readonly body: unknown;
	readonly files: ReadonlyArray<readonly [EndpointField, unknown]>;
}

/** What stands in the fields, or in the item's fields of the same names, by its type in the schema. */
export function valuesOfFields(
	reader: ParameterReader,
	context: ReadContext,
	shape: EndpointShape | undefined,
): Values {
	const { isAutomatic, value: mapped } = reader.get(fields);
	const known = shape?.fields ?? [];
	const given = isAutomatic
		? automaticValues(reader, context, known)
		: new Map(Object.entries(mapped));
	const ids = new Set(known.map(({ id }) => id));
	for (const [id, value] of given)
		if (!ids.has(id) && !isEmpty(value))
			throw reader.fail(
				fields.field.displayName,
				`has "${id.slice(0, 100)}", which this endpoint does not take`,
				[...ids].slice(0, 30).join(', ') || 'no fields',
			);
	const filled = known.flatMap((field): Array<[EndpointField, unknown]> => {
		const value = given.get(field.id);
		if (isEmpty(value)) return [];
		return [[field, field.place === 'file' ? value : valueOfField(reader, field, value, shape)]];
	});
	const inPlace = (place: EndpointField['place']) =>
		filled.filter(([field]) => field.place === place);
	const named = (place: EndpointField['place']) =>
		inPlace(place).map(([{ name }, value]) => [name, value] as const);
	const isObject = shape?.isBodyObject ?? true;
	const [whole] = inPlace('body');
	const isSent = inPlace('body').length > 0 || shape?.isBodyRequired === true;
	return {
		path: new Map(named('path')),
		query: new Map(named('query')),
		body: isObject ? (isSent ? Object.fromEntries(named('body')) : undefined) : whole?.[1],
		files: inPlace('file'),
	};
}

/** A value by the type of its field. A JSON text is read if all of its numbers arrive as they are written. */
function valueOfField(
	reader: ParameterReader,
	{ name, schema }: EndpointField,
	value: unknown,
	shape: EndpointShape | undefined,
): unknown {
	const typed = typedValue(value, shape && typeOf(schema, shape.root));
	if (typeof value === 'string' && isContainer(typed))
		refuseInexactNumbers(value, (found, accepted) =>
			reader.fail(name.slice(0, 100) || 'body', found, accepted),
		);
	return typed;
}

/** The fields of the input item that are called like those of the endpoint, with their place or without. */
function automaticValues(
	{ itemIndex = 0 }: ParameterReader,
	{ inputJson, binaries }: ReadContext,
	known: readonly EndpointField[],
): Map<string, unknown> {
	const input = inputJson(itemIndex);
	const files = binaries.inputFields(itemIndex);
	return new Map(
		known.flatMap(({ id, name, place }) => {
			if (place === 'file' && files.includes(name)) return [[id, name] as const];
			const key = [id, name].find((candidate) => Object.hasOwn(input, candidate));
			return key === undefined ? [] : [[id, input[key]] as const];
		}),
	);
}

/** What stands in the three JSON parameters. */
export function valuesOfJson(reader: ParameterReader, shape: EndpointShape | undefined): Values {
	const { path, query, body } = reader.get(jsonParameters);
	const files = (shape?.fields ?? []).filter(({ place }) => place === 'file');
	const isFile = (name: string) => files.some((file) => file.name === name);
	const given = isWireObject(body) ? body : {};
	return {
		path: new Map(Object.entries(path)),
		query: new Map(Object.entries(query)),
		body:
			files.length === 0 || !isWireObject(body)
				? body
				: Object.fromEntries(Object.entries(body).filter(([name]) => !isFile(name))),
		files: files
			.filter(({ name }) => Object.hasOwn(given, name))
			.map((file) => [file, given[file.name]]),
	};
}

/** What a form hands over for a field that was left empty. */
export function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

/** A value as it is sent outside of JSON. */
export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
