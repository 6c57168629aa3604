import type { Service } from './service';

/**
 * Whether a URL's host is this machine itself: `localhost`, or an IP literal. Names below `localhost` are not, because
 * DNS resolves them.
 */
export function isLoopbackHost(hostname: string): boolean {
	return (
		hostname === 'localhost' ||
		hostname === '[::1]' ||
		/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
	);
}

/** What is wrong with a base URL, as a sentence for the user, or `undefined` when the API can be called with it. */
export function baseUrlProblem(
	baseUrl: string,
	{ default: publicUrl, path }: Service['baseUrl'],
): string | undefined {
	const example = `for example ${publicUrl}`;
	const trimmed = baseUrl.trim();
	if (trimmed === '') return `The base URL is empty. Enter the address of the API, ${example}.`;
	if (!URL.canParse(trimmed))
		return `The base URL is not a URL. Enter the whole address, ${example}.`;
	const url = new URL(trimmed);
	if (url.protocol !== 'https:' && url.protocol !== 'http:')
		return `The base URL starts with "${url.protocol}". Use https, ${example}.`;
	if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
		return `The base URL uses http, which would send the API token unencrypted. Use https, ${example}.`;
	if (url.username !== '' || url.password !== '')
		return `The base URL contains a user name or password. Remove it: only the API token is needed, ${example}.`;
	if (url.search !== '' || url.hash !== '')
		return `The base URL has a part after "?" or "#". Remove that part, ${example}.`;
	if (path !== undefined && !withoutTrailingSlashes(url.pathname).endsWith(path))
		return `The base URL does not end in ${path}. Enter the whole address, ${example}.`;
	return undefined;
}

/** A base URL without white space around it and without a trailing slash. */
export function normalizeBaseUrl(baseUrl: string): string {
	return withoutTrailingSlashes(baseUrl.trim());
}

/** A loop, because a pattern takes quadratic time here. */
function withoutTrailingSlashes(text: string): string {
	let end = text.length;
	while (text[end - 1] === '/') end -= 1;
	return text.slice(0, end);
}
