import { mapStrings, type Secret } from '../api/redact';

const LABEL = '[signed n8n URL]';
/** The end of what `createBinarySignedUrl` makes, also percent-encoded, whatever the address of the n8n that made it. */
const SIGNED_PATH = /binary-data(?:\/|%2F)signed(?:\?|%3F)token(?:=|%3D)[\w.%-]*/i;
const WORD = /[^\s"'<>]+/g;
const SCHEME = /https?(?::|%3A)/i;
/** Shorter parts of a query say nothing, and hiding them would hide half a message. */
const SHORTEST_SECRET = 6;

/** What nothing may show of a signed URL: the whole URL and its token. Empty for any other URL. */
export function signedUrlSecrets(url: string): Secret[] {
	if (!URL.canParse(url) || !SIGNED_PATH.test(url)) return [];
	const token = new URL(url).searchParams.get('token') ?? '';
	return [url, token].map((value) => ({ value, label: LABEL }));
}

/** What no error may show of a media URL: its query, whole and in parts, because keys are there. */
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
	return mapStrings(value, (text) =>
		SIGNED_PATH.test(text) ? text.replace(WORD, maskSignedUrl) : text,
	);
}

/** Word by word: a pattern that finds the whole address takes quadratic time. */
function maskSignedUrl(word: string): string {
	const path = SIGNED_PATH.exec(word);
	if (path === null) return word;
	const scheme = word.search(SCHEME);
	const start = scheme < 0 ? path.index : Math.min(scheme, path.index);
	return word.slice(0, start) + LABEL + word.slice(path.index + path[0].length);
}
