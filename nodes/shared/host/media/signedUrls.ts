import type { Secret } from '../../api/redact';

const LABEL = '[signed n8n URL]';
/** What `createBinarySignedUrl` makes, whatever the address of the n8n that made it. */
const SIGNED_URL = /https?:\/\/[^\s"'<>]*\/binary-data\/signed\?token=[\w.%-]+/gi;
/** Shorter parts of a query say nothing, and hiding them would hide half a message. */
const SHORTEST_SECRET = 6;

/** What nothing may show of a signed URL: all of it, and the token alone. Empty for a URL of another kind. */
export function signedUrlSecrets(url: string): Secret[] {
	if (url.search(SIGNED_URL) !== 0) return [];
	const token = new URL(url).searchParams.get('token') ?? '';
	return [url, token].map((value) => ({ value, label: LABEL }));
}

/** What no error may show of a media URL: its query, whole and in parts, since that is where keys stand. */
export function querySecrets(url: string): Secret[] {
	const { search, searchParams } = new URL(url);
	const query = search.slice(1);
	const values = query.split('&').map((part) => part.slice(part.indexOf('=') + 1));
	return [...new Set([query, ...values, ...searchParams.values()])]
		.filter(({ length }) => length >= SHORTEST_SECRET)
		.map((value) => ({ value, label: '[query]', onlyInErrors: true }));
}

/** Replaces every signed URL of an n8n in the strings of a JSON value. */
export function maskSignedUrls(value: unknown): unknown {
	if (typeof value === 'string') return value.replace(SIGNED_URL, LABEL);
	if (Array.isArray(value)) return value.map(maskSignedUrls);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [key, maskSignedUrls(entry)]),
	);
}
