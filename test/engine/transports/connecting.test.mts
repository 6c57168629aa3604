import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { EngineOptions } from '../../support/engine/index.mts';
import { startDeafServer } from '../../support/servers/deafServer.mts';
import { startTcpServer, type TcpServer } from '../../support/servers/tcpServer.mts';
import {
	ADAPTERS,
	type AdapterName,
	callContext,
	connectionOver,
	exchangeOver,
	failureOf,
	kindOf,
	openWorkbench,
	rejectionOf,
	request,
	type Workbench,
} from './transports.mts';

/** An hour: only a signal can end what is tested here. */
const NEVER_MS = 3_600_000;
/** On any machine. */
const AT_ONCE_MS = 10_000;

let bench: Workbench | undefined;

afterEach(async () => {
	await bench?.close();
	bench = undefined;
});

async function open(options: EngineOptions = {}): Promise<Workbench> {
	bench = await openWorkbench(options);
	return bench;
}

async function serveTcp(answer: Parameters<typeof startTcpServer>[0]): Promise<TcpServer> {
	const server = await startTcpServer(answer);
	onTestFinished(async () => await server.close());
	return server;
}

interface Place {
	readonly bench: Workbench;
	readonly url: string;
	/** Resolves once the attempt has come to the point where it hangs. */
	readonly reached: () => Promise<void>;
}

/** Where a request can wait before anything of it is sent. */
const PLACES: ReadonlyArray<readonly [string, () => Promise<Place>]> = [
	[
		'a port whose queue is full',
		async () => {
			const server = await startDeafServer();
			onTestFinished(async () => await server.close());
			// A connection that is not accepted shows nowhere.
			const reached = async () => await new Promise<void>((resolve) => setImmediate(resolve));
			return { bench: await open(), url: `http://127.0.0.1:${server.port}/`, reached };
		},
	],
	[
		'a server that never answers the TLS handshake',
		async () => {
			const server = await serveTcp(() => undefined);
			const reached = async () => await expect.poll(() => server.connections).toBe(1);
			return { bench: await open(), url: `https://127.0.0.1:${server.port}/`, reached };
		},
	],
	[
		'a proxy that never answers CONNECT',
		async () => {
			const proxy = await serveTcp(() => undefined);
			const reached = async () => await expect.poll(() => proxy.connections).toBe(1);
			const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
			return { bench: await open({ env }), url: 'https://api.example.com/', reached };
		},
	],
];

async function create(
	{ bench: opened, url }: Place,
	adapter: AdapterName,
	parts: Parameters<typeof callContext>[0] & { readonly graceMs?: number },
) {
	const { graceMs, ...context } = parts;
	return await opened.modules.caller.sendWithRetries(
		{
			methodClass: 'create',
			method: 'POST',
			url,
			tracePath: '/create',
			who: 'FishSpeech',
			headers: { 'content-type': 'application/json' },
			body: '{"text":"hello"}',
			graceMs,
			read: async (answer) => await answer.json(),
		},
		callContext(context),
		connectionOver(opened, adapter),
	);
}

describe.each(PLACES)('a create that waits for %s', (_where, arrange) => {
	it('ends with its time-out, and nothing was sent', async () => {
		const place = await arrange();
		await expect(create(place, 'undici', { requestTimeoutMs: 200 })).rejects.toMatchObject({
			message: 'No connection to FishSpeech could be made within 0.2 seconds.',
			details: { kind: 'retryable', reason: 'network', outcomeUnknown: false, attempts: 1 },
		});
	});

	it('is tried again after it', async () => {
		const place = await arrange();
		const attempts: number[] = [];
		await expect(
			create(place, 'undici', {
				requestTimeoutMs: 100,
				maxRetries: 1,
				trace: ({ attempt }) => attempts.push(attempt),
			}),
		).rejects.toMatchObject({ details: { attempts: 2, outcomeUnknown: false } });
		expect(attempts).toEqual([1, 2]);
	});

	it.each([
		['', undefined],
		[', also where a create under way may finish', NEVER_MS],
	])('ends at once on Stop, and nothing was sent%s', async (_what, graceMs) => {
		const place = await arrange();
		const stop = new AbortController();
		const running = rejectionOf(
			create(place, 'undici', { requestTimeoutMs: NEVER_MS, signal: stop.signal, graceMs }),
		);
		await place.reached();
		const stoppedAt = performance.now();
		stop.abort();
		expect(await running).toMatchObject({
			message: 'The execution was stopped before this call was sent.',
			details: { kind: 'terminal', reason: 'cancelled', outcomeUnknown: false },
		});
		expect(performance.now() - stoppedAt).toBeLessThan(AT_ONCE_MS);
	});

	it('ends at once with n8n’s helper too, which does not tell whether anything was sent', async () => {
		const place = await arrange();
		const stop = new AbortController();
		const running = rejectionOf(
			create(place, 'n8n', { requestTimeoutMs: NEVER_MS, signal: stop.signal }),
		);
		await place.reached();
		const stoppedAt = performance.now();
		stop.abort();
		expect(await running).toMatchObject({
			details: { reason: 'cancelled', outcomeUnknown: true },
		});
		expect(performance.now() - stoppedAt).toBeLessThan(AT_ONCE_MS);
	});
});

describe('a name that is never resolved', () => {
	const never = async () => await new Promise<never>(() => undefined);
	const policies = {
		'by the policy': { validateUrl: never, createSecureLookup: () => undefined },
		'for the connection': {
			validateUrl: async () => ({ ok: true as const, result: undefined }),
			createSecureLookup: () => () => undefined,
		},
	};

	it.each(Object.entries(policies))(
		'holds up neither time-out nor Stop: %s',
		async (_how, policy) => {
			const { modules } = await open();
			const transport = await modules.undiciTransport.undiciTransport(policy);
			if (transport === undefined) throw new Error('no undici');
			const end = new AbortController();
			const url = 'https://api.example.com/';
			const sending = rejectionOf(transport.send(request(url, { signal: end.signal })));
			end.abort();
			expect(kindOf(await sending)).toBe('neverConnected');
			const stop = new AbortController();
			const stopped = rejectionOf(transport.send(request(url, { stop: stop.signal })));
			stop.abort();
			expect(kindOf(await stopped)).toBe('neverConnected');
		},
	);
});

describe('a request that was given up', () => {
	it('is not sent when its connection comes at last', async () => {
		let isAsked = false;
		let grant = () => undefined as void;
		let tunnelled = '';
		let isClosed = false;
		const proxy = await serveTcp((socket) => {
			socket.on('close', () => {
				isClosed = true;
			});
			socket.once('data', () => {
				isAsked = true;
				grant = () => void socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
				socket.on('data', (chunk) => {
					tunnelled += chunk.toString();
				});
			});
		});
		const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
		const opened = await open({ env });
		const stop = new AbortController();
		const running = exchangeOver(
			opened,
			'undici',
			'http://api.example.com/',
			async (answer) => await answer.json(),
			{ signal: stop.signal, timeoutMs: NEVER_MS, body: '{"text":"hello"}' },
		);
		await expect.poll(() => isAsked).toBe(true);
		stop.abort();
		expect(failureOf(await running)).toEqual({ type: 'cancelled', wasSent: false });
		grant();
		// An idle connection is let go after a second.
		await expect.poll(() => isClosed).toBe(true);
		expect(tunnelled).toBe('');
	});
});

describe('a proxy that closes the connection instead of answering CONNECT', () => {
	it.each(ADAPTERS)('is never connected, and asked once: over %s', async (adapter) => {
		const proxy = await serveTcp((socket) => void socket.once('data', () => socket.destroy()));
		const { transports } = await open({ env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } });
		const sent = request('https://api.example.com/', { method: 'POST', body: '{}' });
		const kind = kindOf(await rejectionOf(transports[adapter].send(sent)));
		// n8n's proxy agent calls it a hang-up, which a request that was sent may meet, too.
		expect(kind).toBe(adapter === 'undici' ? 'neverConnected' : 'cutOff');
		expect(proxy.connections).toBe(1);
	});
});
