import { asWireObject, type WireObject } from '../api/wire';
import type { ApiDocument, ListedEndpoint } from './apiDocument';
import { readBody, type BodyShape } from './bodyShape';
import { fieldOf, isName, MOST_FIELDS, schemaOf, type EndpointField } from './endpointField';
import { delimiterOf } from './parameterStyle';
import { follow } from './references';
import { parametersOf } from './schemaPath';
import { typeOf } from './typedValue';

/** What a success may be, as far as the schema tells. */
export interface ExpectedAnswers {
	readonly list: boolean;
	/** JSON that is not a list. */
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
	/** The document, in which the references of its schemas are followed. */
	readonly root: WireObject;
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
		root,
		fields: [...parameters, ...body.fields].slice(0, MOST_FIELDS),
		answers: readAnswers(root, endpoint.operation.responses),
	};
}

function readAnswers(root: WireObject, responses: unknown): ExpectedAnswers {
	const contents = Object.entries(asWireObject(responses) ?? {})
		.filter(([status]) => /^2/.test(status))
		.map(([, response]) => Object.entries(asWireObject(follow(root, response).content) ?? {}));
	if (contents.length === 0) return ANY_ANSWER;
	const empty = contents.some((content) => content.length === 0);
	const types = contents.flat();
	const kinds = types
		.filter(([type]) => /json|^\*/i.test(type))
		.map(([, media]) => typeOf(schemaOf(asWireObject(media)?.schema), root));
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
	const lists = [shared, operation.parameters].filter((list) => Array.isArray(list));
	const fields = lists.flat().flatMap((entry) => readParameter(follow(root, entry)) ?? []);
	// What the method says wins over what the path says.
	const byId = new Map(fields.map((field) => [field.id, field]));
	const named = parametersOf(path);
	const missing = named
		.filter((name) => !byId.has(`path.${name}`))
		.map((name) => fieldOf('path', name, { required: true, schema: { type: 'string' } }));
	const known = [...byId.values()];
	const inPath = known.filter(({ place, name }) => place === 'path' && named.includes(name));
	return [...missing, ...inPath, ...known.filter(({ place }) => place !== 'path')];
}

function readParameter(parameter: WireObject): EndpointField | undefined {
	const { in: place, name, required, schema, content } = parameter;
	// Headers and cookies are this package's own business.
	if ((place !== 'path' && place !== 'query') || !isName(name)) return undefined;
	const [first] = Object.values(asWireObject(content) ?? {});
	return fieldOf(place, name, {
		required: place === 'path' || required === true,
		schema: schemaOf(schema ?? asWireObject(first)?.schema),
		delimiter: delimiterOf(parameter),
	});
}
