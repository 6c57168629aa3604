import { FailedTryError } from './callFailures';
import type { Transport, TransportRequest, TransportResponse } from './transport';

const MOST_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Says how a request to this URL is authorised; every hop of a redirect is asked anew. */
export type HeadersFor = (url: URL) => Readonly<Record<string, string>>;

/**
 * A transport for media, which may redirect. Each hop goes through the underlying transport, so the host's egress
 * policy sees it, and gets only the headers that `headersFor` gives for its own URL.
 */
export function followingRedirects(
	transport: Transport,
	who: string,
	headersFor: HeadersFor,
): Transport {
	const refuse = (status: number, what: string) =>
		new FailedTryError({
			failure: { type: 'status', status: 400, hasRetryAfter: false },
			httpStatus: status,
			message: `${who} redirected ${what}.`,
		});
	return {
		name: transport.name,
		send: async (request) => {
			let url = new URL(request.url);
			for (let hop = 0; ; hop++) {
				const discarded = new AbortController();
				const signal = AbortSignal.any([request.signal, discarded.signal]);
				const response = await transport.send(
					withUrl({ ...request, signal }, url, headersFor(url)),
				);
				const location = response.headers.location;
				if (!isRedirect(response) || location === undefined) return response;
				discarded.abort();
				if (hop === MOST_REDIRECTS)
					throw refuse(response.status, `more than ${MOST_REDIRECTS} times`);
				if (!URL.canParse(location, url.href))
					throw refuse(response.status, 'to something that is no URL');
				url = new URL(location, url);
				if (!isFetchable(url))
					throw refuse(response.status, 'to an address that is not http or https');
			}
		},
	};
}

/** Whether a media URL is one that this package fetches. */
export function isFetchable(url: URL): boolean {
	return (
		(url.protocol === 'https:' || url.protocol === 'http:') &&
		url.username === '' &&
		url.password === ''
	);
}

function isRedirect({ status }: TransportResponse): boolean {
	return REDIRECTS.includes(status);
}

function withUrl(
	request: TransportRequest,
	url: URL,
	headers: Readonly<Record<string, string>>,
): TransportRequest {
	return { ...request, url: url.href, headers: { ...request.headers, ...headers } };
}
