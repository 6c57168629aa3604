import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, openAccount } from '../../nodes/shared/api/client/apiClient.ts';
import type { Clock } from '../../nodes/shared/api/clock.ts';
import { ServiceError } from '../../nodes/shared/api/errors.ts';
import type { CallContext } from '../../nodes/shared/api/http/exchange.ts';
import { undiciTransport } from '../../nodes/shared/api/http/undiciTransport.ts';
import { fishSpeech } from '../../nodes/shared/fishspeech/service.ts';

export const TOKEN = 'token-that-must-not-show';

/** The time of the machine; retries wait for nothing. */
const realClock: Clock = {
	now: () => Date.now(),
	elapsed: () => performance.now(),
	sleep: async (ms, signal) => void (await delay(ms, undefined, { signal, ref: false })),
	random: () => 0,
};

/** A client as a node makes it, over real HTTP, with a pool of its own that reads the proxy variables as they are now. */
export async function clientOf(
	baseUrl: string,
	context: Partial<CallContext> = {},
	clock = realClock,
): Promise<ApiClient> {
	const transport = await undiciTransport({
		validateUrl: async () => ({ ok: true, result: undefined }),
		createSecureLookup: () => undefined,
	});
	if (transport === undefined) throw new Error('undici is missing');
	const account = openAccount({ service: fishSpeech, baseUrl, token: TOKEN, transport, clock });
	return new ApiClient(account, {
		requestTimeoutMs: 10_000,
		maxRetries: 0,
		retryUnknownOutcome: false,
		secrets: [],
		...context,
	});
}

/** The failure that a call ends in. */
export async function failureOf(call: Promise<unknown>): Promise<ServiceError> {
	try {
		await call;
	} catch (error) {
		if (error instanceof ServiceError) return error;
		throw error;
	}
	throw new Error('the call did not fail');
}
