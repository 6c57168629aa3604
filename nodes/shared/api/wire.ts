import { z } from 'zod/v4';

/** A JSON object as the service sent it. */
export type WireObject = Readonly<Record<string, unknown>>;

const text = z.string().trim().min(1);

/** Numbers may come as numeric strings; an unparsable one is dropped (contract §9, rule 9). */
export const lenientNumber = z
	.union([z.number(), z.string().trim().min(1).transform(Number)])
	.transform((value) => (Number.isFinite(value) ? value : undefined))
	.optional()
	.catch(undefined);

/** A string, or a number as one; anything else is dropped. */
export const lenientText = z
	.union([text, z.number().transform(String)])
	.optional()
	.catch(undefined);

export function isWireObject(value: unknown): value is WireObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asWireObject(value: unknown): WireObject | undefined {
	return isWireObject(value) ? value : undefined;
}

export function asText(value: unknown): string | undefined {
	return lenientText.parse(value);
}

const LONGEST_ID = 200;
/** Neither white space nor control, format, private or unpaired characters: nothing that a reader cannot see. */
const VISIBLE = /^[^\p{Z}\p{C}]+$/u;

/**
 * An ID from the service: a text, or a number as one, of at most 200 visible characters. `.` and `..` would lead elsewhere
 * in a path. Anything else is not an ID.
 */
export function asId(value: unknown): string | undefined {
	const id =
		typeof value === 'number' ? asText(value) : typeof value === 'string' ? value.trim() : '';
	if (id === undefined || id === '' || id.length > LONGEST_ID || id === '.' || id === '..')
		return undefined;
	return VISIBLE.test(id) ? id : undefined;
}

export function asNumber(value: unknown): number | undefined {
	return lenientNumber.parse(value);
}

/** The first non-empty text under one of `keys`, in the body and then in each of `inside`. */
export function firstText(
	body: WireObject,
	keys: readonly string[],
	inside: readonly string[] = [],
): string | undefined {
	return firstIn(body, keys, inside, visibleText);
}

/** The first number under one of `keys`, in the body and then in each of `inside`. */
export function firstNumber(
	body: WireObject,
	keys: readonly string[],
	inside: readonly string[] = [],
): number | undefined {
	return firstIn(body, keys, inside, asNumber);
}

/** The first list under one of `keys`, in the body's `data` and then in the body. */
export function firstList(
	body: WireObject,
	keys: readonly string[],
): readonly unknown[] | undefined {
	const lists = [asWireObject(body.data), body].flatMap((place) => keys.map((key) => place?.[key]));
	return lists.find((candidate) => Array.isArray(candidate));
}

/** Makes nothing on its way: a list may have a hundred thousand entries, each asked for dozens of keys that are not there. */
function firstIn<T>(
	body: WireObject,
	keys: readonly string[],
	inside: readonly string[],
	read: (value: unknown) => T | undefined,
): T | undefined {
	const found = firstOf(body, keys, read);
	if (found !== undefined) return found;
	for (const name of inside) {
		const place = body[name];
		const foundInside = isWireObject(place) ? firstOf(place, keys, read) : undefined;
		if (foundInside !== undefined) return foundInside;
	}
	return undefined;
}

function firstOf<T>(
	place: WireObject,
	keys: readonly string[],
	read: (value: unknown) => T | undefined,
): T | undefined {
	for (const key of keys) {
		const value = place[key];
		const found = value === undefined ? undefined : read(value);
		if (found !== undefined) return found;
	}
	return undefined;
}

function visibleText(value: unknown): string | undefined {
	return typeof value === 'string' ? value.trim() || undefined : undefined;
}

/** `snake_case` to `camelCase`; other spellings stay. */
export function toCamelCase(key: string): string {
	// The letter is optional so that a long run of underscores is read once only.
	return key.replace(
		/_+([a-z0-9])?/gi,
		(run: string, letter: string | undefined, offset: number) => {
			if (letter === undefined) return run;
			return offset === 0 ? letter : letter.toUpperCase();
		},
	);
}

/** The keys of a body, for an error that must show what came instead of what was expected. */
export function describeKeys(body: WireObject): string {
	const keys = Object.keys(body)
		.slice(0, 12)
		.map((key) => key.slice(0, 200));
	return keys.length === 0 ? 'no fields' : `the fields ${keys.join(', ').slice(0, 200)}`;
}
