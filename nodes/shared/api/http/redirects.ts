import { FailedTryError, type FailedTry } from './callFailures';
import { isPrivateHost } from './privateAddress';
import type { Transport } from './transport';

const MOST_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** What is known about the media that are fetched. */
export interface MediaTarget {
	/** Who answers, for messages. */
	readonly who: string;
	/** Says how a request to this URL is authorised; asked anew for every hop, the first of each try included. */
	headersFor(url: URL, isFirst: boolean): Readonly<Record<string, string>>;
	/** Whether media may come from this machine or a private network, because the API itself is there. */
	readonly mayBePrivate: boolean;
}

/** What to do about media at a private address. */
export const PRIVATE_MEDIA_ACTION =
	'The media themselves are finished and paid for. This node does not let a service make n8n read addresses of its own network: if you trust the address, fetch it with an HTTP Request node, or ask the service for a public one.';

/**
 * A transport for media, which may redirect. Each hop goes through the underlying transport, so the host's egress
 * policy sees it, and gets only the headers that `headersFor` gives for its own URL.
 */
export function followingRedirects(
	transport: Transport,
	{ who, headersFor, mayBePrivate }: MediaTarget,
): Transport {
	const refuse = (status: number, what: string, about: Partial<FailedTry> = {}) =>
		new FailedTryError({
			failure: { type: 'status', status: 400, hasRetryAfter: false },
			httpStatus: status,
			message: `${who} redirected ${what}.`,
			...about,
		});
	return {
		name: transport.name,
		send: async (request) => {
			let url = new URL(request.url);
			for (let hop = 0; ; hop++) {
				const discarded = new AbortController();
				const response = await transport.send({
					...request,
					url: url.href,
					headers: { ...request.headers, ...headersFor(url, hop === 0) },
					signal: AbortSignal.any([request.signal, discarded.signal]),
				});
				const { status, headers } = response;
				const { location } = headers;
				if (!REDIRECTS.includes(status) || location === undefined) return response;
				discarded.abort();
				if (hop === MOST_REDIRECTS) throw refuse(status, `more than ${MOST_REDIRECTS} times`);
				if (!URL.canParse(location, url.href))
					throw refuse(status, 'to something that is not a URL');
				url = new URL(location, url);
				if (!isFetchable(url)) throw refuse(status, 'to an address that is not http or https');
				if (!mayBePrivate && isPrivateHost(url.hostname))
					throw refuse(status, `to ${url.hostname}, an address in a private network`, {
						failure: { type: 'status', status: 403, hasRetryAfter: false },
						action: PRIVATE_MEDIA_ACTION,
					});
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
