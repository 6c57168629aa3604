import type { IAuthenticate, IAuthenticateGeneric, IHttpRequestOptions } from 'n8n-workflow';

import { apiTokenProblem } from './apiToken';
import { baseUrlProblem, normalizeBaseUrl } from './baseUrl';
import type { Service } from './service';

/** What n8n hands over: the HTTP Request node still uses the options of an older helper, whatever the types say. */
type RequestOptions = Partial<IHttpRequestOptions> & {
	readonly uri?: unknown;
	readonly rejectUnauthorized?: unknown;
};

type Authenticate = Exclude<IAuthenticate, IAuthenticateGeneric>;

/** A client's own certificate. Every other option of an agent can change whom the connection trusts. */
const HARMLESS_AGENT_OPTIONS: readonly string[] = ['cert', 'key', 'passphrase', 'pfx'];

/**
 * Adds the bearer token to a request, after checking that it goes where it belongs, over a connection that nobody has
 * weakened: whoever may use a shared credential without seeing it chooses the options of the HTTP Request node. Serves
 * that node and the credential test; the nodes of this package use their own transport.
 */
export function bearerAuthentication(baseUrlRule: Service['baseUrl']): Authenticate {
	return async (credentials, requestOptions) => {
		const baseUrl = String(credentials.baseUrl ?? '');
		const apiToken = String(credentials.apiToken ?? '');
		const problem =
			baseUrlProblem(baseUrl, baseUrlRule) ??
			apiTokenProblem(apiToken) ??
			misuse(requestOptions, new URL(normalizeBaseUrl(baseUrl)).origin);
		if (problem !== undefined) throw new Error(problem);
		return {
			...requestOptions,
			sendCredentialsOnCrossOriginRedirect: false,
			headers: {
				...requestOptions.headers,
				Authorization: `Bearer ${apiToken.trim()}`,
			},
		};
	};
}

/** Why a request must not get the token that belongs to `origin`, or `undefined` when it may. */
export function misuse(request: RequestOptions, origin: string): string | undefined {
	const foreign = originsOf(request).find((target) => target !== origin);
	if (foreign !== undefined)
		return `This credential is for ${origin} only, so its token was not sent to ${foreign}. Use another credential there.`;
	const weakness = WEAKNESSES.find(({ isFoundIn }) => isFoundIn(request));
	return weakness && `This credential's token was not sent, because ${weakness.what}.`;
}

/** What would let somebody other than the service read the token. */
const WEAKNESSES: ReadonlyArray<{ what: string; isFoundIn(request: RequestOptions): boolean }> = [
	{
		what: 'SSL issues are to be ignored. Turn that option off; a private certificate can be trusted with NODE_EXTRA_CA_CERTS',
		isFoundIn: ({ rejectUnauthorized = true, skipSslCertificateValidation = false }) =>
			rejectUnauthorized !== true || Boolean(skipSslCertificateValidation),
	},
	{
		what: 'the request names a proxy. Remove it: the proxy settings of n8n itself (HTTPS_PROXY) count anyway',
		isFoundIn: ({ proxy }) => Boolean(proxy),
	},
	{
		what: 'the request says itself which certificates to trust. Remove that; only a client certificate may be added',
		isFoundIn: ({ agentOptions = {} }) =>
			Object.entries(agentOptions).some(
				([name, value]) => value !== undefined && !HARMLESS_AGENT_OPTIONS.includes(name),
			),
	},
	{
		what: 'the request sets the header "Host", which may lead it elsewhere. Remove that header',
		isFoundIn: ({ headers = {} }) =>
			Object.keys(headers).some((name) => name.trim().toLowerCase() === 'host'),
	},
];

const UNKNOWN_ADDRESS = 'an unknown address';

/** The origins that a request names. */
function originsOf({ url, uri, baseURL }: RequestOptions): string[] {
	const addresses = [url, uri].filter(Boolean).map(String);
	return addresses.length === 0
		? [UNKNOWN_ADDRESS]
		: addresses.map((address) => originOf(address, baseURL));
}

function originOf(address: string, baseURL = ''): string {
	// An address without a scheme that names a host of its own.
	if (/^[/\\]{2}/.test(address)) return UNKNOWN_ADDRESS;
	// Otherwise relative to the base with its whole path, as HTTP libraries join the two.
	const whole = URL.canParse(address) ? address : `${baseURL}/${address}`;
	return URL.canParse(whole) ? new URL(whole).origin : UNKNOWN_ADDRESS;
}
