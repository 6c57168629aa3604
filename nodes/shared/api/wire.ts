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

/** The places in which a value may stand: the body itself, then the named objects inside it. */
function places(body: WireObject, names: readonly string[]): WireObject[] {
	return [body, ...names.map((name) => body[name]).filter(isWireObject)];
}

/** The first non-empty text under one of `keys`, in the body and then in each of `inside`. */
export function firstText(
	body: WireObject,
	keys: readonly string[],
	inside: readonly string[] = [],
): string | undefined {
	for (const place of places(body, inside))
		for (const key of keys) {
			// Not with zod: a list may have a hundred thousand entries, each asked for dozens of keys that are not there.
			const value = place[key];
			const found = typeof value === 'string' ? value.trim() : '';
			if (found !== '') return found;
		}
	return undefined;
}

/** The first number under one of `keys`, in the body and then in each of `inside`. */
export function firstNumber(
	body: WireObject,
	keys: readonly string[],
	inside: readonly string[] = [],
): number | undefined {
	for (const place of places(body, inside))
		for (const key of keys) {
			const value = place[key];
			const found = value === undefined ? undefined : asNumber(value);
			if (found !== undefined) return found;
		}
	return undefined;
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
