import { isLoopbackHost } from '../baseUrl';
import {
	toTransportFailure,
	toTransportResponse,
	type Transport,
	type TransportRequest,
	type TransportResponse,
} from './transport';
import { unlessGivenUp, type Departure } from './departure';
import { loadUndici } from './loadUndici';
import { createDispatchers, departing, type Dispatchers, type EgressFilter } from './undiciPool';

/** Some hosts hand out no filter while their SSRF protection is off. */
const NO_POLICY: EgressFilter = {
	validateUrl: async () => ({ ok: true, result: undefined }),
	createSecureLookup: () => undefined,
};

interface Pool extends Dispatchers {
	/** Resolves once the connection of the last finished answer can be used again. */
	takenBack: Promise<void>;
}

/** One pool for each egress filter: n8n hands out the same object as long as its policy is the same. */
const pools = new WeakMap<EgressFilter, Pool>();

/**
 * The transport over a keep-alive pool that honours the proxy variables and the host's egress policy.
 * `undefined` when the host's undici cannot be had; see {@link loadUndici}.
 */
export async function undiciTransport(
	filter: EgressFilter = NO_POLICY,
): Promise<Transport | undefined> {
	const undici = await loadUndici();
	if (undici === undefined) return undefined;
	const pool = pools.get(filter) ?? {
		...createDispatchers(undici, filter),
		takenBack: Promise.resolve(),
	};
	pools.set(filter, pool);
	return {
		name: 'undici',
		send: async (request) =>
			await unlessGivenUp([request.signal, request.stop], async (departure) => {
				await assertAllowed(filter, request.url);
				return await send(pool, request, departure);
			}),
	};
}

/** The secure lookup of the connector is not enough: IP literals bypass a lookup, and a proxy bypasses the connector. */
async function assertAllowed(filter: EgressFilter, url: string): Promise<void> {
	try {
		const allowed = await filter.validateUrl(url);
		if (!allowed.ok) throw toTransportFailure(allowed.error, true);
	} catch (error) {
		// It also throws when it cannot resolve the name.
		throw toTransportFailure(error, true);
	}
}

async function send(
	pool: Pool,
	request: TransportRequest,
	departure: Departure,
): Promise<TransportResponse> {
	const { origin, hostname, pathname, search } = new URL(request.url);
	const dispatcher = isLoopbackHost(hostname) ? pool.direct : pool.proxied;
	await pool.takenBack;
	try {
		const { statusCode, headers, body } = await dispatcher.compose(departing(departure)).request({
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
		throw toTransportFailure(error, !departure.hasBegun);
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
