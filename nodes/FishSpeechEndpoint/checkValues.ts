import { caught } from '../shared/api/caught';
import { isLongInteger } from '../shared/api/jsonNumbers';
import { isWireObject, type WireObject } from '../shared/api/wire';
import type { ParameterReader } from '../shared/host/parameters/reader';
import { checkValue } from '../shared/openApi/checkValue';
import type { EndpointField } from '../shared/openApi/endpointField';
import type { EndpointShape } from '../shared/openApi/endpointShape';
import { UnreadablePart } from '../shared/openApi/references';
import { endpoint } from './endpointParameters';
import { isEmpty, type Values } from './endpointValues';

/** Throws at the first value that the schema does not allow, or that it misses. */
export function checkValues(reader: ParameterReader, values: Values, shape: EndpointShape): void {
	const refuse = (name: string, found: string, accepted: string) =>
		reader.fail(name.slice(0, 100), found, accepted);
	const { bodySchema, root } = shape;
	const isMultipart = shape.bodyKind === 'multipart';
	const body = isWireObject(values.body) ? new Map(Object.entries(values.body)) : new Map();
	const files = new Map(values.files.map(([{ name }, value]) => [name, value]));
	const byPlace = { path: values.path, query: values.query, body, file: files };
	for (const field of shape.fields) {
		const { place, name, required } = field;
		// Values of a JSON body are checked together.
		if (place === 'body' && !isMultipart) continue;
		const value = byPlace[place].get(name);
		if (isEmpty(value)) {
			if (required) throw refuse(name, 'is missing', 'a value, because it is required');
			continue;
		}
		if (place === 'file') continue;
		const problem = checked(reader, () => problemOfText(value, field, root));
		if (problem === undefined) continue;
		throw refuse(`${name}${inner(problem.at)}`, problem.found, problem.accepted);
	}
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

/** What is wrong with a value that is sent as text: there, every digit of a long whole number arrives. */
function problemOfText(value: unknown, { place, schema }: EndpointField, root: WireObject) {
	const problem = checkValue(value, schema, root);
	if (problem === undefined) return undefined;
	// The entries of a list are texts of their own there, but not in a form.
	const isList = Array.isArray(value) && place !== 'body';
	const asNumbers = isList ? value.map(asNumber) : asNumber(value);
	return checkValue(asNumbers, schema, root) && problem;
}

function asNumber(value: unknown): unknown {
	return isLongInteger(value) ? Number(value) : value;
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
