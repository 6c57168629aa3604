import { isLongInteger } from '../api/jsonNumbers';
import { isWireObject, type WireObject } from '../api/wire';
import type { Schema } from './endpointField';
import { follow, MOST_COMBINED } from './references';

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;
export type JsonType = (typeof TYPES)[number];
/** By so many choices it is clear what type they have. */
const MOST_CHOICES = 1_000;

/** The one type that values of a schema have; `undefined` when there are several, or when it does not say. */
export function typeOf(schema: Schema, document: WireObject): JsonType | undefined {
	const kinds = new Set(kindsOf(schema, document, new Set()));
	const [only] = kinds;
	return kinds.size === 1 ? only : undefined;
}

type Kinds = ReadonlyArray<JsonType | undefined>;

/** `seen` are the schemas on the way here: one that comes again, as in a circle, says nothing new. */
function kindsOf(schema: Schema, document: WireObject, seen: Set<WireObject>): Kinds {
	if (typeof schema === 'boolean') return [undefined];
	const found = follow(document, schema);
	if (seen.has(found)) return [];
	if (seen.size >= MOST_COMBINED) return [undefined];
	seen.add(found);
	const { type, properties, items, enum: choices, allOf, anyOf, oneOf } = found;
	const named = [type].flat().filter((name) => name !== 'null' && name !== undefined);
	if (named.length > 0) return [named.length === 1 ? knownType(named[0]) : undefined];
	if (isWireObject(properties)) return ['object'];
	if (items !== undefined) return ['array'];
	const parts = [allOf, anyOf, oneOf].find((list) => Array.isArray(list));
	if (!Array.isArray(parts))
		return (choicesOf(choices)?.slice(0, MOST_CHOICES) ?? [undefined]).map((choice) =>
			knownType(typeof choice),
		);
	return parts
		.filter(isWireObject)
		.slice(0, MOST_COMBINED)
		.filter((part) => part.type !== 'null')
		.flatMap((part) => kindsOf(part, document, seen));
}

/** The values that a schema lists; `undefined` when it lists none. */
export function choicesOf(choices: unknown): Array<string | number | boolean> | undefined {
	if (!Array.isArray(choices)) return undefined;
	const simple = choices.filter(isSimple);
	return simple.length === 0 ? undefined : simple;
}

/**
 * A value as the schema wants it, where that is certain: forms and expressions have numbers, booleans and JSON as text.
 * Anything else stays as it is, for the check to say what is wrong.
 */
export function typedValue(value: unknown, type: JsonType | undefined): unknown {
	if (type === 'string')
		return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
	if (typeof value !== 'string') return value;
	const text = value.trim();
	switch (type) {
		case 'number':
		case 'integer':
			// It would be another number.
			if (isLongInteger(text)) return text;
			return text !== '' && Number.isFinite(Number(text)) ? Number(text) : value;
		case 'boolean':
			return text === 'true' || text === 'false' ? text === 'true' : value;
		case 'array':
		case 'object':
			return parsed(text) ?? value;
		default:
			return value;
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function knownType(name: unknown): JsonType | undefined {
	return TYPES.find((type) => type === name);
}

function isSimple(value: unknown): value is string | number | boolean {
	return ['string', 'number', 'boolean'].includes(typeof value);
}
