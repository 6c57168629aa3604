import { inexactNumberIn } from '../../api/jsonNumbers';
import type { Fail } from './parameter';

/** The value of a JSON text that a user has typed, `{}` for an empty one; `undefined` when it is not JSON. */
export function valueOfJson(text: string, fail: Fail): unknown {
	if (text.trim() === '') return {};
	const value = parsed(text);
	if (value !== undefined) refuseInexactNumbers(text, fail);
	return value;
}

/** Throws where a JSON text has a number that would arrive as another one, such as an ID. */
export function refuseInexactNumbers(json: string, fail: Fail): void {
	const number = inexactNumberIn(json);
	if (number === undefined) return;
	throw fail(
		`has the number ${number.slice(0, 40)}, which JSON cannot carry exactly`,
		'a whole number with at most 15 digits, or the number in quotes where the service takes a text',
	);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
