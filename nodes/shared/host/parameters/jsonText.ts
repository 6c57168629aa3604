/** The value of a JSON text that a user has typed, `{}` for an empty one; `undefined` when it is not JSON. */
export function valueOfJson(text: string): unknown {
	if (text.trim() === '') return {};
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
