import { isWireObject, type WireObject } from '../api/wire';

const MOST_HOPS = 20;
const LONGEST_REFERENCE = 2_000;
/** Schemas that one schema may be put together from. What has more says nothing that is certain. */
export const MOST_COMBINED = 200;

/** What a part of the document says that cannot be followed; completes "The description …". */
export class UnreadablePart extends Error {}

/**
 * A part of the document with its `$ref` followed, inside the document only. Throws `UnreadablePart` for a reference that
 * leads out of it, to nothing, or only to further references.
 */
export function follow(document: WireObject, part: unknown): WireObject {
	let found = part;
	for (let hops = 0; hops <= MOST_HOPS; hops += 1) {
		if (!isWireObject(found)) throw new UnreadablePart('has a part that is not an object');
		const { $ref: reference } = found;
		if (typeof reference !== 'string') return found;
		found = target(document, reference);
	}
	throw new UnreadablePart('goes round in circles');
}

/** The same; `undefined` for a reference that cannot be followed. */
export function followed(document: WireObject, part: unknown): WireObject | undefined {
	try {
		return follow(document, part);
	} catch {
		return undefined;
	}
}

/** The schemas that a schema is put together from, `null` aside: an optional value is one that may be `null` too. */
export function partsOf({ allOf, anyOf, oneOf }: WireObject): WireObject[] {
	return [allOf, anyOf, oneOf]
		.flat()
		.filter(isWireObject)
		.filter(({ type }) => type !== 'null')
		.slice(0, MOST_COMBINED);
}

/** What a reference such as `#/components/schemas/Image` names. */
export function target(document: WireObject, reference: string): unknown {
	if (reference.length > LONGEST_REFERENCE)
		throw new UnreadablePart('has a reference that is too long');
	if (!reference.startsWith('#'))
		throw new UnreadablePart('refers to something outside of the schema');
	if (reference === '#') return document;
	if (!reference.startsWith('#/')) throw new UnreadablePart('refers to a name that nothing has');
	let found: unknown = document;
	for (const step of reference.slice(2).split('/').map(unescaped)) {
		if (!isContainer(found) || !Object.hasOwn(found, step))
			throw new UnreadablePart('refers to a part of the schema that does not exist');
		found = found[step];
	}
	return found;
}

function unescaped(step: string): string {
	const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}

/** Whether a JSON value holds others: an object or a list. */
export function isContainer(value: unknown): value is WireObject {
	return typeof value === 'object' && value !== null;
}
