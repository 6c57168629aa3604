import type { NodeEgressFilter } from 'n8n-workflow';
import type * as Undici from 'undici';

import { isLoopbackHost } from '../baseUrl';
import {
	toTransportFailure,
	toTransportResponse,
	type Transport,
	type TransportFailure,
	type TransportRequest,
	type TransportResponse,
} from './transport';

type UndiciModule = typeof Undici;

/**
 * A create written to a socket that the server is just closing fails as "maybe charged",
 * so connections are not kept longer than servers surely keep them.
 */
const KEEP_ALIVE_MS = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Some hosts hand out no filter while their SSRF protection is off. */
const NO_POLICY: EgressFilter = {
	validateUrl: async () => ({ ok: true, result: undefined }),
	createSecureLookup: () => undefined,
};

/** What is needed of n8n's {@link NodeEgressFilter}. */
interface EgressFilter {
	validateUrl: NodeEgressFilter['validateUrl'];
	createSecureLookup(): ReturnType<NodeEgressFilter['createSecureLookup']> | undefined;
}

interface Pool {
	readonly dispatcher: Undici.Dispatcher;
	/** For this machine itself, whatever the proxy variables say: a proxy would see the token, and means another machine. */
	readonly direct: Undici.Dispatcher;
	/** Resolves once the connection of the last finished answer can be used again. */
	takenBack: Promise<void>;
}

/** One pool for each egress filter: n8n hands out the same object as long as its policy is the same. */
const pools = new WeakMap<EgressFilter, Pool>();

/** n8n's copy of undici, or `undefined` where it cannot be had: nobody promises it to community packages. */
async function loadUndici(): Promise<UndiciModule | undefined> {
	try {
		const undici = await import('undici');
		return typeof undici.EnvHttpProxyAgent === 'function' ? undici : undefined;
	} catch {
		return undefined;
	}
}

/**
 * The transport over a keep-alive pool that honours the proxy variables and the host's egress policy.
 * `undefined` when undici does not resolve or is too old for that.
 */
export async function undiciTransport(
	filter: EgressFilter = NO_POLICY,
): Promise<Transport | undefined> {
	const undici = await loadUndici();
	if (undici === undefined) return undefined;
	const pool = pools.get(filter) ?? createPool(undici, filter);
	pools.set(filter, pool);
	return {
		name: 'undici',
		send: async (request) => {
			await assertAllowed(filter, request.url);
			return await send(pool, request);
		},
	};
}

/** The secure lookup of the connector is not enough: IP literals bypass a lookup, and a proxy bypasses the connector. */
async function assertAllowed(filter: EgressFilter, url: string): Promise<void> {
	try {
		const allowed = await filter.validateUrl(url);
		if (!allowed.ok) throw toTransportFailure(allowed.error, true);
	} catch (error) {
		// It also throws, when it cannot resolve the name.
		throw toTransportFailure(error, true);
	}
}

async function send(pool: Pool, request: TransportRequest): Promise<TransportResponse> {
	const { origin, hostname, pathname, search } = new URL(request.url);
	const dispatcher = isLoopbackHost(hostname) ? pool.direct : pool.dispatcher;
	await pool.takenBack;
	try {
		const { statusCode, headers, body } = await dispatcher.request({
			origin,
			path: pathname + search,
			method: request.method,
			headers: request.headers,
			body: request.body,
			signal: request.signal,
		});
		body.once('end', () => {
			pool.takenBack = nextTurn();
		});
		return toTransportResponse(statusCode, headers, body);
	} catch (error) {
		throw toFailure(error);
	}
}

/** undici uses a connection again one turn of the event loop after its answer ended, and opens another one before that. */
async function nextTurn(): Promise<void> {
	const { port1, port2 } = new MessageChannel();
	await new Promise((resolve) => {
		port1.addEventListener('message', resolve);
		port1.start();
		port2.postMessage(undefined);
	});
	port1.close();
}

function createPool(undici: UndiciModule, filter: EgressFilter): Pool {
	const options = {
		connect: connector(undici, filter),
		keepAliveTimeout: KEEP_ALIVE_MS,
		keepAliveMaxTimeout: KEEP_ALIVE_MS,
		// Deadlines come from the clock; undici's own are coarse.
		headersTimeout: 0,
		bodyTimeout: 0,
	};
	return {
		dispatcher: new undici.EnvHttpProxyAgent(options),
		direct: new undici.Agent(options),
		takenBack: Promise.resolve(),
	};
}

/** Errors of connections that were never made; undici itself gives them no common mark. */
const connectErrors = new WeakSet<Error>();

function connector(undici: UndiciModule, filter: EgressFilter): Undici.buildConnector.connector {
	const connect = undici.buildConnector({
		lookup: filter.createSecureLookup(),
		timeout: CONNECT_TIMEOUT_MS,
	});
	return (options, callback) =>
		connect(options, (...result) => {
			if (result[0] !== null) connectErrors.add(result[0]);
			callback(...result);
		});
}

function toFailure(error: unknown): TransportFailure {
	const isOfConnecting = error instanceof Error && connectErrors.has(error);
	return toTransportFailure(error, isOfConnecting || isProxyRefusal(error));
}

/** A CONNECT that the proxy refused: nothing of the request has left, but undici calls it "aborted". */
function isProxyRefusal(error: unknown): boolean {
	return error instanceof Error && error.message.startsWith('Proxy response (');
}
