import { ENDPOINTS, type Endpoint } from '../sandbox/endpoints.mts';
import { valueAt } from './exchange.mts';
import {
	CONTRACT_PATHS,
	REQUEST_FIELDS,
	RESPONSE_FIELDS,
	type FieldType,
} from './schemaContract.mts';

export interface FieldComparison {
	readonly endpoint: Endpoint;
	/** Names only. */
	readonly gone: readonly string[];
	readonly new: readonly string[];
	/** Such as `credits: string instead of number`. */
	readonly changed: readonly string[];
}

export interface SchemaComparison {
	readonly isReadable: boolean;
	readonly newEndpoints: readonly string[];
	/** Beyond the contract as well, but of a kind that it announces (§8). */
	readonly announcedEndpoints: readonly string[];
	readonly goneEndpoints: readonly Endpoint[];
	readonly fields: readonly FieldComparison[];
	/** Where the schema describes a request of the contract: names only. */
	readonly requests: ReadonlyArray<Omit<FieldComparison, 'changed'>>;
}

/** What the contract announces without a path: realtime, images, videos, usage. */
const ANNOUNCED = / \/(?:[\w-]+\/)*(?:images?|videos?|usage|realtime|real-time)(?:\/|$)/;

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** Holds a published OpenAPI document against the contract. `basePath` is the path of the base URL. */
export function compareSchema(document: unknown, basePath: string): SchemaComparison {
	const paths = valueAt(document, 'paths');
	const operations = entriesOf(paths).flatMap(([path, item]) =>
		entriesOf(item)
			.filter(([method]) => METHODS.has(method))
			.map(([method, operation]) => ({
				endpoint: endpointName(method, path, basePath),
				operation,
			})),
	);
	const known = new Set([ENDPOINTS.getOpenApi, ...CONTRACT_PATHS].map(withoutNames));
	const listed = new Map(
		operations.map((entry) => [withoutNames(entry.endpoint), entry.operation]),
	);
	const beyond = operations
		.map(({ endpoint }) => endpoint)
		.filter((endpoint) => !known.has(withoutNames(endpoint)));
	return {
		isReadable: operations.length > 0,
		newEndpoints: beyond.filter((endpoint) => !ANNOUNCED.test(endpoint)),
		announcedEndpoints: beyond.filter((endpoint) => ANNOUNCED.test(endpoint)),
		goneEndpoints: CONTRACT_PATHS.filter((endpoint) => !listed.has(withoutNames(endpoint))),
		fields: RESPONSE_FIELDS.flatMap(({ endpoint, fields }) => {
			const schema = successSchema(listed.get(withoutNames(endpoint)));
			const found = schema === undefined ? new Map() : propertiesOf(schema, document);
			return found.size === 0 ? [] : [{ endpoint, ...comparedFields(fields, found) }];
		}),
		requests: REQUEST_FIELDS.flatMap(({ endpoint, fields }) => {
			const operation = listed.get(withoutNames(endpoint));
			const content = entriesOf(
				valueAt(resolved(valueAt(operation, 'requestBody'), document), 'content'),
			);
			const schemas = content.map(([, described]) => valueAt(described, 'schema'));
			const found = new Set(
				schemas.flatMap((schema) => [...propertiesOf(schema, document).keys()]),
			);
			if (found.size === 0) return [];
			return [
				{
					endpoint,
					new: [...found].filter((name) => !fields.includes(name)),
					gone: fields.filter((name) => !found.has(name)),
				},
			];
		}),
	};
}

/** In the short form of reader rule 10. */
function endpointName(method: string, path: string, basePath: string): string {
	const short = path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
	return `${method.toUpperCase()} ${short}`;
}

/** The names of IDs in a path mean nothing. */
function withoutNames(endpoint: string): string {
	return endpoint.replaceAll(/\{[^}]*\}|:\w+/g, '{}');
}

/** The JSON schema of the answer of the 2xx; other media types are not described by fields. */
function successSchema(operation: unknown): unknown {
	const success = entriesOf(valueAt(operation, 'responses')).find(([status]) => /^2/.test(status));
	const json = entriesOf(valueAt(success?.[1], 'content')).find(([type]) => type.includes('json'));
	return valueAt(json?.[1], 'schema');
}

const MAX_REFERENCES = 8;

/** Every property that an answer may have, with its types; alternatives are taken together. */
function propertiesOf(schema: unknown, document: unknown, depth = 0): Map<string, Set<string>> {
	const found = new Map<string, Set<string>>();
	if (depth > MAX_REFERENCES) return found;
	const target = resolved(schema, document);
	for (const [name, property] of entriesOf(valueAt(target, 'properties')))
		found.set(name, typesOf(property, document));
	for (const combination of ['allOf', 'anyOf', 'oneOf']) {
		for (const [, part] of entriesOf(valueAt(target, combination))) {
			for (const [name, types] of propertiesOf(part, document, depth + 1))
				found.set(name, new Set([...(found.get(name) ?? []), ...types]));
		}
	}
	return found;
}

function typesOf(property: unknown, document: unknown, depth = 0): Set<string> {
	if (depth > MAX_REFERENCES) return new Set();
	const target = resolved(property, document);
	const own = [valueAt(target, 'type')].flat().filter((type) => typeof type === 'string');
	const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((name) =>
		entriesOf(valueAt(target, name)).flatMap(([, part]) => [...typesOf(part, document, depth + 1)]),
	);
	return new Set([...own, ...parts].map((type) => (type === 'integer' ? 'number' : type)));
}

function resolved(schema: unknown, document: unknown): unknown {
	const reference = valueAt(schema, '$ref');
	if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
	const keys = reference.slice(2).split('/');
	return keys.reduce<unknown>(
		(inner, key) => entriesOf(inner).find(([name]) => name === key)?.[1],
		document,
	);
}

function comparedFields(
	wanted: Readonly<Record<string, FieldType>>,
	found: ReadonlyMap<string, ReadonlySet<string>>,
): Omit<FieldComparison, 'endpoint'> {
	return {
		gone: Object.keys(wanted).filter((name) => !found.has(name)),
		new: [...found.keys()].filter((name) => !(name in wanted)),
		changed: Object.entries(wanted).flatMap(([name, type]) => {
			const types = found.get(name);
			// A property without a type allows every one.
			if (types === undefined || types.size === 0 || types.has(type)) return [];
			return [`${name}: ${[...types].join(' or ')} instead of ${type}`];
		}),
	};
}

function entriesOf(value: unknown): Array<[string, unknown]> {
	return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
