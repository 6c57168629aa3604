import { isWireObject, type WireObject } from '../api/wire';
import type { ApiDocument, ListedEndpoint } from './apiDocument';
import { readBody, type BodyShape } from './bodyShape';
import { fieldOf, isName, MOST_FIELDS, schemaOf, type EndpointField } from './endpointField';
import { follow } from './references';
import { parametersOf } from './schemaPath';
import { typeOf } from './typedValue';

/** What a success may be, as far as the schema tells. */
export interface ExpectedAnswers {
	readonly list: boolean;
	/** JSON that is no list. */
	readonly json: boolean;
	/** Plain text, subtitles, tables, XML: what a reader of JSON cannot take. */
	readonly text: boolean;
	readonly empty: boolean;
}

/** Where nothing is known. */
export const ANY_ANSWER: ExpectedAnswers = { list: true, json: true, text: true, empty: true };

/** What an endpoint takes, read from the schema. */
export interface EndpointShape extends BodyShape {
	readonly answers: ExpectedAnswers;
}

/** Reads what an endpoint takes. Throws `UnreadablePart` where the schema cannot be followed. */
export function readShape(document: ApiDocument, endpoint: ListedEndpoint): EndpointShape {
	const shape = shapes.get(endpoint) ?? shapeIn(document, endpoint);
	shapes.set(endpoint, shape);
	return shape;
}

/** Every item of a batch asks for it. */
const shapes = new WeakMap<ListedEndpoint, EndpointShape>();

function shapeIn({ root }: ApiDocument, endpoint: ListedEndpoint): EndpointShape {
	const parameters = readParameters(root, endpoint);
	const body = readBody(root, endpoint.operation.requestBody);
	return {
		...body,
		fields: [...parameters, ...body.fields].slice(0, MOST_FIELDS),
		answers: readAnswers(root, endpoint.operation.responses),
	};
}

function readAnswers(root: WireObject, responses: unknown): ExpectedAnswers {
	const contents = Object.entries(isWireObject(responses) ? responses : {})
		.filter(([status]) => /^2/.test(status))
		.map(([, response]) => {
			const { content } = follow(root, response);
			return Object.entries(isWireObject(content) ? content : {});
		});
	if (contents.length === 0) return ANY_ANSWER;
	const empty = contents.some((content) => content.length === 0);
	const types = contents.flat();
	const kinds = types
		.filter(([type]) => /json|^\*/i.test(type))
		.map(([, media]) => typeOf(schemaOf(isWireObject(media) ? media.schema : undefined), root));
	return {
		list: empty || kinds.some((kind) => kind === undefined || kind === 'array'),
		json: empty || kinds.length > 0,
		text: empty || types.some(([type]) => /^\*|^text\/(?!html)|xml/i.test(type)),
		empty,
	};
}

function readParameters(
	root: WireObject,
	{ path, operation, shared }: ListedEndpoint,
): EndpointField[] {
	const byId = new Map<string, EndpointField>();
	for (const list of [shared, operation.parameters]) {
		if (!Array.isArray(list)) continue;
		for (const entry of list) {
			const field = readParameter(root, follow(root, entry));
			// What the method says wins over what the path says.
			if (field !== undefined) byId.set(field.id, field);
		}
	}
	const named = parametersOf(path);
	const missing = named
		.filter((name) => !byId.has(`path.${name}`))
		.map((name) => fieldOf('path', name, { required: true, schema: { type: 'string' } }));
	const known = [...byId.values()].filter(
		({ place, name }) => place !== 'path' || named.includes(name),
	);
	return [...missing, ...known].sort((a, b) => rank(a) - rank(b));
}

function rank({ place }: EndpointField): number {
	return place === 'path' ? 0 : 1;
}

function readParameter(root: WireObject, parameter: WireObject): EndpointField | undefined {
	const { in: place, name, required, schema, content, description } = parameter;
	// Headers and cookies are this package's own business.
	if ((place !== 'path' && place !== 'query') || !isName(name)) return undefined;
	const found = schema ?? firstContent(content)?.schema;
	return fieldOf(place, name, {
		required: place === 'path' || required === true,
		schema: schemaOf(found),
		description,
	});
}

function firstContent(content: unknown): WireObject | undefined {
	const [first] = isWireObject(content) ? Object.values(content) : [];
	return isWireObject(first) ? first : undefined;
}
