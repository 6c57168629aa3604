import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import {
	toTransportFailure,
	toTransportResponse,
	type ByteStream,
	type Transport,
	TransportFailure,
} from '../api/http/transport';

/** The part of n8n's helpers that a transport needs; load-options contexts have it too. */
export type HttpRequestHelper = Pick<IExecuteFunctions['helpers'], 'httpRequest'>;

interface FullResponse {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: ByteStream;
}

/**
 * The transport over n8n's own helper, for hosts without a usable undici. Not `httpRequestWithAuthentication`:
 * that one sends a 401 twice and replaces the abort signal.
 */
export function helperTransport(helpers: HttpRequestHelper): Transport {
	return {
		name: 'n8n',
		async send({ method, url, headers, body, signal, stop }) {
			const options: IHttpRequestOptions = {
				method,
				url,
				headers: { ...headers },
				body,
				abortSignal: signal,
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				// Deadlines come from the clock.
				timeout: 0,
			};
			// The helper does not tell when it is connected: a request that is ended under way counts as sent.
			if (signal.aborted || stop?.aborted) throw new TransportFailure('neverConnected', undefined);
			try {
				const response: FullResponse = await helpers.httpRequest(options);
				// The helper decodes bodies but leaves their encoded length, which Node has checked already.
				const received = { ...response.headers, 'content-length': undefined };
				return toTransportResponse(response.statusCode, received, response.body);
			} catch (error) {
				throw toTransportFailure(error);
			}
		},
	};
}
