import { caught } from '../shared/api/caught';
import type { Query } from '../shared/api/client/queryText';
import { ServiceError } from '../shared/api/errors';
import type { MethodClass } from '../shared/api/policy/classification';
import { apiBaseOf } from '../shared/fishspeech/apiSchema';
import type { ReadContext } from '../shared/host/parameters/readContext';
import type { ParameterReader } from '../shared/host/parameters/reader';
import type { ApiDocument, EndpointMethod } from '../shared/openApi/apiDocument';
import {
	ANY_ANSWER,
	readShape,
	type EndpointShape,
	type ExpectedAnswers,
} from '../shared/openApi/endpointShape';
import { UnreadablePart } from '../shared/openApi/references';
import { shortPath } from '../shared/openApi/schemaPath';
import { checkValues } from './checkValues';
import { endpoint, send, type NamedEndpoint } from './endpointParameters';
import { valuesOfFields, valuesOfJson } from './endpointValues';
import { pathWith, queryOf } from './pathAndQuery';
import { bodyOf, type RequestBody } from './requestParts';

/** The account's schema, or why it cannot be read: found out before the items are read. */
export type SchemaState = ApiDocument | ServiceError;

/** One call, read and checked. */
export interface EndpointRequest extends RequestBody {
	readonly method: EndpointMethod;
	readonly methodClass: MethodClass;
	/** With its parameters in braces. */
	readonly template: string;
	/** With its parameters filled in. */
	readonly path: string;
	readonly query: Query;
	readonly answers: ExpectedAnswers;
}

/** Reads what to call and with what; everything is checked against the schema where there is one. */
export function readRequest(
	reader: ParameterReader,
	context: ReadContext,
	schema: SchemaState,
): EndpointRequest {
	const { method, path } = readEndpoint(reader, endpoint, context);
	const isFields = reader.get(send) === 'fields';
	if (isFields && schema instanceof ServiceError) throw schema;
	const shape =
		schema instanceof ServiceError
			? undefined
			: shapeOf(reader, schema, `${method} ${path}`, isFields);
	const request = isFields ? valuesOfFields(reader, context, shape) : valuesOfJson(reader, shape);
	if (shape !== undefined) checkValues(reader, request, shape);
	return {
		method,
		methodClass: methodClassOf(method),
		template: path,
		path: pathWith(reader, path, request.path, shape?.fields),
		query: queryOf(reader, request.query, shape?.fields),
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
	return { method, path: shortPath(path, apiBaseOf(account)) ?? path };
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
