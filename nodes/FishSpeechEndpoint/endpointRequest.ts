import type { IBinaryData } from 'n8n-workflow';

import { caught } from '../shared/api/caught';
import { basePathOf } from '../shared/api/client/apiClient';
import type { ServiceError } from '../shared/api/errors';
import type { MethodClass } from '../shared/api/policy/classification';
import { isWireObject } from '../shared/api/wire';
import { apiBaseOf } from '../shared/fishspeech/apiSchema';
import { inputSizeBytes } from '../shared/host/media/mediaTypes';
import type { ReadContext } from '../shared/host/parameters/readContext';
import type { ParameterReader } from '../shared/host/parameters/reader';
import type { ApiDocument, EndpointMethod } from '../shared/openApi/apiDocument';
import { checkValue } from '../shared/openApi/checkValue';
import {
	ANY_ANSWER,
	readShape,
	type EndpointField,
	type EndpointShape,
	type ExpectedAnswers,
} from '../shared/openApi/endpointShape';
import { UnreadablePart } from '../shared/openApi/references';
import { filledPath, parametersOf, shortPath } from '../shared/openApi/schemaPath';
import { typedValue, typeOf } from '../shared/openApi/typedValue';
import { endpoint, fields, jsonParameters, send, type NamedEndpoint } from './endpointParameters';

/** What was found out about the account's schema before the items are read. */
export type SchemaState =
	| { readonly type: 'read'; readonly document: ApiDocument }
	| { readonly type: 'unreadable'; readonly error: ServiceError };

/** A file of a multipart body. */
export interface FilePart {
	readonly name: string;
	readonly binary: IBinaryData;
}

/** One call, read and checked. */
export interface EndpointRequest {
	readonly method: EndpointMethod;
	readonly methodClass: MethodClass;
	/** With its parameters in braces. */
	readonly template: string;
	/** With its parameters filled in. */
	readonly path: string;
	readonly query: Readonly<Record<string, string | readonly string[]>>;
	readonly answers: ExpectedAnswers;
	/** JSON; `undefined` when there is none. */
	readonly body: unknown;
	/** Present for a multipart body. */
	readonly form:
		| {
				readonly fields: ReadonlyArray<readonly [string, string]>;
				readonly files: readonly FilePart[];
		  }
		| undefined;
}

/** Values by their fields, before they are put together. */
interface Values {
	readonly path: ReadonlyMap<string, unknown>;
	readonly query: ReadonlyMap<string, unknown>;
	readonly body: unknown;
	readonly files: ReadonlyArray<readonly [EndpointField, unknown]>;
}

/** Reads what to call and with what; everything is checked against the schema where there is one. */
export function readRequest(
	reader: ParameterReader,
	context: ReadContext,
	schema: SchemaState,
): EndpointRequest {
	const { method, path } = readEndpoint(reader, endpoint, context);
	const isFields = reader.get(send) === 'fields';
	if (isFields && schema.type === 'unreadable') throw schema.error;
	const document = schema.type === 'read' ? schema.document : undefined;
	const shape = document && shapeOf(reader, document, `${method} ${path}`, isFields);
	const request = isFields
		? valuesOfFields(reader, context, shape, document)
		: valuesOfJson(reader, shape);
	if (document !== undefined && shape !== undefined) checkValues(reader, request, shape, document);
	return {
		method,
		methodClass: methodClassOf(method),
		template: path,
		path: pathWith(reader, path, request.path),
		query: queryOf(request.query),
		answers: shape?.answers ?? ANY_ANSWER,
		...bodyOf(reader, context, request, shape),
	};
}

/** An endpoint parameter with the short form of its path (contract §9, rule 10). */
export function readEndpoint(
	reader: ParameterReader,
	parameter: typeof endpoint,
	{ account, isFromModel }: Pick<ReadContext, 'account' | 'isFromModel'>,
): NamedEndpoint {
	const { name, displayName } = parameter.field;
	// A model may fill in what is sent, not choose what is called: the schema lists deletes and prices too.
	if (isFromModel(name))
		throw reader.fail(displayName, 'is left to the model', 'an endpoint that you choose yourself');
	const { method, path } = reader.get(parameter);
	const base = apiBaseOf({ basePath: basePathOf(account) });
	return { method, path: shortPath(path, base) ?? path };
}

/** What repeating a call may cost: reads nothing, deletes nothing more, everything else perhaps its price. */
export function methodClassOf(method: EndpointMethod): MethodClass {
	if (method === 'GET' || method === 'HEAD') return 'read';
	return method === 'DELETE' ? 'delete' : 'create';
}

function shapeOf(
	reader: ParameterReader,
	document: ApiDocument,
	id: string,
	isNeeded: boolean,
): EndpointShape | undefined {
	const { displayName } = endpoint.field;
	const listed = document.endpoints.get(id);
	if (listed === undefined) {
		// An entry that cannot be read may be the one that is meant.
		if (!isNeeded && document.leftOut > 0) return undefined;
		throw reader.fail(
			displayName,
			`is "${id.slice(0, 100)}", which the schema of this account does not list`,
			'an endpoint of the list, or an ID as Get Many shows it',
		);
	}
	try {
		return readShape(document, listed);
	} catch (error) {
		if (!(error instanceof UnreadablePart)) throw caught(error);
		if (!isNeeded) return undefined;
		throw reader.fail(
			displayName,
			`is "${id.slice(0, 100)}", whose description ${error.message}`,
			'an endpoint whose description can be read; this one can be called with Send set to JSON',
		);
	}
}

function valuesOfFields(
	reader: ParameterReader,
	context: ReadContext,
	shape: EndpointShape | undefined,
	document: ApiDocument | undefined,
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
				known
					.map((field) => field.id)
					.slice(0, 30)
					.join(', ') || 'no fields',
			);
	const filled = known.flatMap((field): Array<[EndpointField, unknown]> => {
		const value = given.get(field.id);
		if (isEmpty(value)) return [];
		const type = document && typeOf(field.schema, document.root);
		return [[field, field.place === 'file' ? value : typedValue(value, type)]];
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

function valuesOfJson(reader: ParameterReader, shape: EndpointShape | undefined): Values {
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
		files: files.flatMap(
			(file): Array<[EndpointField, unknown]> =>
				Object.hasOwn(given, file.name) ? [[file, given[file.name]]] : [],
		),
	};
}

function checkValues(
	reader: ParameterReader,
	values: Values,
	shape: EndpointShape,
	{ root }: ApiDocument,
): void {
	const refuse = (name: string, found: string, accepted: string) =>
		reader.fail(name.slice(0, 100), found, accepted);
	const isMultipart = shape.bodyKind === 'multipart';
	const body = isWireObject(values.body) ? new Map(Object.entries(values.body)) : new Map();
	const files = new Map(values.files.map(([{ name }, value]) => [name, value]));
	const byPlace = { path: values.path, query: values.query, body, file: files };
	for (const { place, name, required, schema } of shape.fields) {
		// Values of a JSON body are checked together.
		if (place === 'body' && !isMultipart) continue;
		const value = byPlace[place].get(name);
		if (isEmpty(value)) {
			if (required) throw refuse(name, 'is missing', 'a value, because it is required');
			continue;
		}
		if (place === 'file') continue;
		const problem = checked(reader, () => checkValue(value, schema, root));
		if (problem === undefined) continue;
		throw refuse(`${name}${inner(problem.at)}`, problem.found, problem.accepted);
	}
	const { bodySchema } = shape;
	if (values.body === undefined) {
		if (shape.isBodyRequired && !isMultipart)
			throw refuse('body', 'is missing', 'what the schema of the endpoint asks for');
		return;
	}
	if (shape.bodyKind === 'none')
		throw refuse('body', 'is there, but this endpoint takes none', 'no body');
	if (isMultipart || bodySchema === undefined) return;
	const problem = checked(reader, () => checkValue(values.body, bodySchema, root));
	if (problem !== undefined) throw refuse(problem.at || 'body', problem.found, problem.accepted);
}

function inner(at: string): string {
	return at === '' || at.startsWith('[') ? at : `.${at}`;
}

/** A schema that leads out of the document says nothing that can be checked. */
function checked<T>(reader: ParameterReader, check: () => T): T {
	try {
		return check();
	} catch (error) {
		if (!(error instanceof UnreadablePart)) throw caught(error);
		throw reader.fail(
			endpoint.field.displayName,
			`has a description that ${error.message}`,
			'an endpoint whose description stands in the schema itself',
		);
	}
}

function pathWith(
	reader: ParameterReader,
	template: string,
	values: ReadonlyMap<string, unknown>,
): string {
	const filled = new Map<string, string>();
	for (const name of parametersOf(template)) {
		const value = values.get(name);
		const text = typeof value === 'number' ? String(value) : value;
		const accepted = 'a text or a number without slashes';
		if (typeof text !== 'string' || text.trim() === '')
			throw reader.fail(name.slice(0, 100), 'is missing', accepted);
		if (/^\.{1,2}$|[/\\?#%\p{C}]/u.test(text.trim()) || text.length > LONGEST_SEGMENT)
			throw reader.fail(
				name.slice(0, 100),
				'has characters that lead elsewhere in a path',
				accepted,
			);
		filled.set(name, text.trim());
	}
	return filledPath(template, filled);
}

const LONGEST_SEGMENT = 500;

function queryOf(values: ReadonlyMap<string, unknown>): EndpointRequest['query'] {
	const texts = [...values].flatMap(([name, value]): Array<[string, string | string[]]> => {
		if (isEmpty(value)) return [];
		return [[name, Array.isArray(value) ? value.map(textOf) : textOf(value)]];
	});
	return Object.fromEntries(texts);
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

function bodyOf(
	reader: ParameterReader,
	context: ReadContext,
	{ body, files }: Values,
	shape: EndpointShape | undefined,
): Pick<EndpointRequest, 'body' | 'form'> {
	if (shape?.bodyKind !== 'multipart') return { body, form: undefined };
	const given = Object.entries(isWireObject(body) ? body : {});
	return {
		body: undefined,
		form: {
			fields: given.flatMap(([name, value]) =>
				isEmpty(value) ? [] : [[name, textOf(value)] as const],
			),
			files: files.flatMap(([field, value]) => filesOf(reader, context, field, value)),
		},
	};
}

/** The files that a field names by the binary fields of the item. */
function filesOf(
	reader: ParameterReader,
	{ binaries }: ReadContext,
	{ name, isList }: EndpointField,
	value: unknown,
): FilePart[] {
	const { itemIndex = 0 } = reader;
	const listed = (Array.isArray(value) ? value.map(String) : String(value).split(','))
		.map((field) => field.trim())
		.filter((field) => field !== '');
	if (listed.length > 1 && !isList)
		throw reader.fail(name.slice(0, 100), 'names several binary fields', 'the name of one');
	return listed.map((field) => {
		const binary = binaries.input(itemIndex, field);
		const shown = `"${field.slice(0, 60)}"`;
		const there = binaries.inputFields(itemIndex).slice(0, 20).join(', ') || 'none';
		if (binary === undefined)
			throw reader.fail(
				name.slice(0, 100),
				`is ${shown}, but the item has no such binary field`,
				`one of the binary fields of the item (${there})`,
			);
		if (inputSizeBytes(binary) === 0)
			throw reader.fail(name.slice(0, 100), `is ${shown}, whose file is empty`, 'a file');
		return { name, binary };
	});
}

/** What a form hands over for a field that was left empty. */
function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}
