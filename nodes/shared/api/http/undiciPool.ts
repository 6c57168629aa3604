import type { NodeEgressFilter } from 'n8n-workflow';
import type * as Undici from 'undici';

import type { Departure } from './departure';
import type { UndiciModule } from './loadUndici';

type Handler = Undici.Dispatcher.DispatchHandler;
type Interceptor = Undici.Dispatcher.DispatcherComposeInterceptor;

/**
 * A create written to a socket that the server is just closing fails as "maybe charged",
 * so connections are not kept longer than servers surely keep them.
 */
const KEEP_ALIVE_MS = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** What is needed of n8n's {@link NodeEgressFilter}. */
export interface EgressFilter {
	validateUrl: NodeEgressFilter['validateUrl'];
	createSecureLookup(): ReturnType<NodeEgressFilter['createSecureLookup']> | undefined;
}

export interface Dispatchers {
	/** A keep-alive pool that honours the proxy variables. */
	readonly proxied: Undici.Dispatcher;
	/** For this machine itself, whatever those variables say: a proxy would see the token and is on another machine. */
	readonly direct: Undici.Dispatcher;
}

export function createDispatchers(
	{ Agent, EnvHttpProxyAgent, Pool, buildConnector }: UndiciModule,
	filter: EgressFilter,
): Dispatchers {
	const options = {
		connect: buildConnector({
			lookup: filter.createSecureLookup(),
			timeout: CONNECT_TIMEOUT_MS,
		}),
		keepAliveTimeout: KEEP_ALIVE_MS,
		keepAliveMaxTimeout: KEEP_ALIVE_MS,
		// Deadlines come from the clock; undici's own are coarse.
		headersTimeout: 0,
		bodyTimeout: 0,
	};
	const proxied = new EnvHttpProxyAgent({
		...options,
		// Asks the proxy for tunnels. A proxy that never answers would keep its connection for ever.
		clientFactory: (proxy, pool) =>
			new Pool(proxy, { ...pool, headersTimeout: CONNECT_TIMEOUT_MS }).compose(FAILING_TUNNELS),
	});
	return { proxied, direct: new Agent(options) };
}

/** Tells a request's departure that undici is connected and begins to write. */
export function departing(departure: Departure): Interceptor {
	return (dispatch) => (options, handler) =>
		dispatch(options, {
			...delegating(handler),
			onRequestStart: (controller, context) => {
				if (departure.begin()) handler.onRequestStart?.(controller, context);
				else controller.abort(new Error('The request was given up.'));
			},
		});
}

/**
 * Gives the error of a tunnel that broke another form: for an error with undici's own code of a closed socket, undici
 * connects anew without a pause, for ever.
 */
const FAILING_TUNNELS: Interceptor = (dispatch) => (options, handler) =>
	dispatch(options, {
		...delegating(handler),
		onResponseError: (controller, error) =>
			handler.onResponseError?.(
				controller,
				new Error('The proxy gave no tunnel.', { cause: error }),
			),
	});

/** A handler's methods, bound to it: undici's own handlers have private members. */
function delegating(handler: Handler): Handler {
	return {
		onRequestStart: (...args) => handler.onRequestStart?.(...args),
		onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
		onResponseStart: (...args) => handler.onResponseStart?.(...args),
		onResponseData: (...args) => handler.onResponseData?.(...args),
		onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
		onResponseError: (...args) => handler.onResponseError?.(...args),
	};
}
