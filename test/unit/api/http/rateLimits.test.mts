import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiClient, json, openAccount } from '../../../../nodes/shared/api/client/apiClient.ts';
import type { Clock } from '../../../../nodes/shared/api/clock.ts';
import { ServiceError } from '../../../../nodes/shared/api/errors.ts';
import type { CallContext } from '../../../../nodes/shared/api/http/exchange.ts';
import { undiciTransport } from '../../../../nodes/shared/api/http/undiciTransport.ts';
import { pollUntilDone } from '../../../../nodes/shared/api/policy/polling.ts';
import type { Service } from '../../../../nodes/shared/api/service.ts';
import { runtime } from '../../../../nodes/shared/host/runtime.ts';

const SERVICE: Service = {
	name: 'Example',
	userAgent: 'test',
	credential: { type: 'exampleApi', displayName: 'Example API' },
	baseUrl: { default: 'https://example.com' },
	errors: { read: () => ({}), isError: () => false, requestIdHeader: 'x-request-id' },
	jobs: { noun: 'Job', get: 'Get Job', waitFor: 'Wait for Job' },
};

const CONTEXT: CallContext = {
	requestTimeoutMs: 5_000,
	maxRetries: 4,
	retryUnknownOutcome: false,
	secrets: [],
};

/** Long enough for any machine, and much less than the minute that the server asks for. */
const AT_ONCE_MS = 10_000;

const opened: Array<() => Promise<void>> = [];

afterEach(async () => {
	for (const close of opened.splice(0)) await close();
});

type Answer = (request: number, response: ServerResponse, message: IncomingMessage) => void;

/** A server on loopback, and a client of a new account there. */
async function connect(answer: Answer, clock: Clock = runtime) {
	let requests = 0;
	const arrivedAtMs: number[] = [];
	const server = createServer((message, response) => {
		arrivedAtMs.push(runtime.elapsed());
		message.resume().once('end', () => answer(++requests, response, message));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	opened.push(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	const transport = await undiciTransport();
	if (transport === undefined) throw new Error('undici does not resolve');
	const { port } = server.address() as AddressInfo;
	const baseUrl = `http://127.0.0.1:${port}`;
	const account = openAccount({ service: SERVICE, transport, clock, baseUrl, token: 'secret' });
	const clientWith = (changes: Partial<CallContext> = {}) =>
		new ApiClient(account, { ...CONTEXT, ...changes });
	return { clientWith, arrivedAtMs, requests: () => requests };
}

const refuse = (response: ServerResponse, headers: Record<string, string>, status = 429) =>
	response.writeHead(status, headers).end('{}');
const accept = (response: ServerResponse) =>
	response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');

const call = async (client: ApiClient, methodClass: 'create' | 'read' = 'create') =>
	await client.call({
		methodClass,
		method: methodClass === 'create' ? 'POST' : 'GET',
		path: '/speech',
		...(methodClass === 'create' && { json: { text: 'Hello' } }),
		read: json((body) => (body.ok === true ? true : undefined), 'ok'),
	});

async function failureOf(work: Promise<unknown>): Promise<ServiceError> {
	const error: unknown = await work.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (error instanceof ServiceError) return error;
	throw new Error('it did not fail');
}

describe('a Retry-After that is not waited for', () => {
	it('fails a whole batch for those in flight, and sends nothing for the others', async () => {
		const { clientWith, requests } = await connect((_request, response) =>
			refuse(response, { 'retry-after': '3600' }),
		);
		const client = clientWith();
		const items = Array.from({ length: 100 }, (_, index) => index).values();
		const failures: ServiceError[] = [];
		const slot = async () => {
			for (const _item of items) failures.push(await failureOf(call(client)));
		};
		await Promise.all(Array.from({ length: 5 }, slot));
		expect(failures).toHaveLength(100);
		expect(requests()).toBeLessThanOrEqual(5);
		for (const { details, message, action } of failures) {
			expect(details).toMatchObject({ reason: 'rateLimited', kind: 'retryable' });
			expect(details.outcomeUnknown).toBe(false);
			expect(details.retryAfterMs).toBeGreaterThan(3_590_000);
			expect(message).toContain('60 minutes');
			expect(action).toBe('Run the node again after that time.');
		}
		expect(failures.filter(({ details }) => details.attempts === 0).length).toBeGreaterThanOrEqual(
			95,
		);
	});

	it('of a 503 is told to the others with its own reason', async () => {
		const { clientWith, requests } = await connect((_request, response) =>
			refuse(response, { 'retry-after': '3600' }, 503),
		);
		await failureOf(call(clientWith()));
		const { details } = await failureOf(call(clientWith()));
		expect(details).toMatchObject({ reason: 'serverError', attempts: 0, outcomeUnknown: false });
		expect(requests()).toBe(1);
	});

	it('is counted from the Date of the answer', async () => {
		const { clientWith } = await connect((_request, response) =>
			refuse(response, {
				date: 'Fri, 20 Nov 2020 10:00:00 GMT',
				'retry-after': 'Fri, 20 Nov 2020 11:00:00 GMT',
			}),
		);
		const { details } = await failureOf(call(clientWith()));
		expect(details.retryAfterMs).toBe(3_600_000);
	});
});

describe('a Retry-After of no time', () => {
	/** Half of each back-off, and a tenth of the time. */
	const quick: Clock = {
		...runtime,
		random: () => 0.5,
		sleep: async (ms, signal) => await runtime.sleep(ms / 10, signal),
	};

	it.each([
		['0', '0'],
		['a date in the past', 'Fri, 20 Nov 2020 10:00:00 GMT'],
		['a word', 'soon'],
	])('is no shorter than the back-off: %s', async (_what, retryAfter) => {
		const slept: number[] = [];
		const clock: Clock = {
			...quick,
			// Nothing else takes long here: time passes as fast as it is slept.
			elapsed: () => slept.reduce((sum, ms) => sum + ms, 0),
			sleep: async (ms, signal) => {
				if (ms >= CONTEXT.requestTimeoutMs) return await runtime.sleep(ms, signal);
				await quick.sleep(ms, signal);
				slept.push(ms);
			},
		};
		const { clientWith, requests } = await connect(
			(request, response) =>
				request < 4 ? refuse(response, { 'retry-after': retryAfter }) : accept(response),
			clock,
		);
		expect(await call(clientWith())).toBe(true);
		expect(requests()).toBe(4);
		expect(slept).toEqual([500, 1_000, 2_000]);
	});
});

describe('the deadline of a caller', () => {
	it('ends a wait at the gate that another call has closed', async () => {
		const { clientWith, requests } = await connect((_request, response) =>
			refuse(response, { 'retry-after': '60' }),
		);
		await failureOf(call(clientWith({ maxRetries: 0 })));
		const startedMs = runtime.elapsed();
		const { details } = await failureOf(call(clientWith({ deadlineMs: startedMs + 200 }), 'read'));
		expect(runtime.elapsed() - startedMs).toBeLessThan(AT_ONCE_MS);
		expect(details).toMatchObject({ reason: 'rateLimited', attempts: 0, kind: 'retryable' });
		expect(requests()).toBe(1);
	});

	it('ends the wait for a job behind a closed gate', async () => {
		const { clientWith } = await connect((_request, response) =>
			refuse(response, { 'retry-after': '60' }),
		);
		await failureOf(call(clientWith({ maxRetries: 0 })));
		const startedMs = runtime.elapsed();
		const value = await pollUntilDone(
			async (deadlineMs) => {
				await failureOf(call(clientWith({ deadlineMs, maxRetries: 0 }), 'read'));
				return { done: false } as const;
			},
			{ initialPollMs: 50, maxPollMs: 50, waitTimeoutMs: 300, pollAtOnce: true },
			runtime,
		);
		expect(value).toBeUndefined();
		expect(runtime.elapsed() - startedMs).toBeLessThan(AT_ONCE_MS);
	});

	it('lets no retry wait that would come after it: the failure at hand is told', async () => {
		const { clientWith, requests } = await connect((_request, response) =>
			refuse(response, { 'retry-after': '60' }, 503),
		);
		const deadlineMs = runtime.elapsed() + AT_ONCE_MS;
		const { details } = await failureOf(call(clientWith({ deadlineMs }), 'read'));
		expect(details).toMatchObject({ reason: 'serverError', httpStatus: 503, attempts: 1 });
		expect(requests()).toBe(1);
	});
});

describe('Stop', () => {
	it('ends a wait at the gate at once', async () => {
		const { clientWith, requests } = await connect((_request, response) =>
			refuse(response, { 'retry-after': '60' }),
		);
		await failureOf(call(clientWith({ maxRetries: 0 })));
		const stop = new AbortController();
		const waiting = failureOf(call(clientWith({ signal: stop.signal })));
		const startedMs = runtime.elapsed();
		stop.abort();
		const { details } = await waiting;
		expect(details).toMatchObject({ reason: 'cancelled', attempts: 0, outcomeUnknown: false });
		expect(runtime.elapsed() - startedMs).toBeLessThan(AT_ONCE_MS);
		expect(requests()).toBe(1);
	});
});
