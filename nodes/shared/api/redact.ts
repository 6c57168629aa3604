const LONGEST_MESSAGE = 300;
/** A server may echo a piece of the request text: runs of it this long are masked too. */
const LONGEST_ECHO = 24;

/** A value that must never be shown, and what stands in its place. */
export interface Secret {
	readonly value: string;
	readonly label: string;
	/** A key of an address that rows may show: what was paid for must not be changed by it. */
	readonly onlyInErrors?: boolean;
}

/** Replaces every secret in `text`; values of one or two characters are left, since they would mask half the message. */
export function maskSecrets(text: string, secrets: readonly Secret[]): string {
	return secrets.reduce(
		(masked, { value, label }) =>
			value.length < 3 ? masked : maskEchoes(masked.replaceAll(value, label), value, label),
		text,
	);
}

/** The same in every string of a JSON value, keys included. */
export function maskSecretsDeep(value: unknown, secrets: readonly Secret[]): unknown {
	if (secrets.length === 0) return value;
	if (typeof value === 'string') return maskSecrets(value, secrets);
	if (Array.isArray(value)) return value.map((entry) => maskSecretsDeep(entry, secrets));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [
			maskSecrets(key, secrets),
			maskSecretsDeep(entry, secrets),
		]),
	);
}

/**
 * A server's own message, fit for an error: one line, no secrets, no query strings, at most 300 characters.
 * "canceled" becomes "cancelled", because n8n marks an execution whose error says the former as canceled by the user.
 */
export function cleanServerMessage(message: string, secrets: readonly Secret[]): string {
	const masked = maskSecrets(excerptOf(message), secrets);
	return masked
		.replace(/(https?:\/\/[^\s"'<>?#]*)[?#][^\s"'<>]*/gi, '$1?[query]')
		.replace(/\p{Cc}+/gu, ' ')
		.replace(/canceled/gi, 'cancelled')
		.replace(/ {2,}/g, ' ')
		.trim()
		.slice(0, LONGEST_MESSAGE)
		.trimEnd();
}

/** Masking compares piece by piece, so a page-long message is cut before it: generously, and never within a token. */
function excerptOf(message: string): string {
	const longest = LONGEST_MESSAGE * 4;
	return message.length <= longest ? message : message.slice(0, longest).replace(/\S{0,200}$/, '');
}

function maskEchoes(text: string, secret: string, label: string): string {
	if (secret.length <= LONGEST_ECHO) return text;
	let masked = '';
	let position = 0;
	while (position < text.length) {
		const length = echoLength(text, position, secret);
		masked += length === 0 ? text.charAt(position) : label;
		position += Math.max(1, length);
	}
	return masked;
}

/** Length of the longest run of `secret` that begins at `position`; 0 when it is too short to be masked. */
function echoLength(text: string, position: number, secret: string): number {
	let length = LONGEST_ECHO;
	if (position + length > text.length) return 0;
	let found = secret.indexOf(text.slice(position, position + length));
	if (found === -1) return 0;
	// Character by character: to look up the growing run anew each time would be quadratic in a long text.
	while (found !== -1 && position + length < text.length) {
		if (text[position + length] === secret[found + length]) length++;
		else found = secret.indexOf(text.slice(position, position + length + 1), found + 1);
	}
	return length;
}
