import { lookup } from 'node:dns';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as ProxyServer } from 'proxy-chain';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { EngineOptions } from '../../support/engine/index.mts';
import { serve } from '../../support/servers/forTest.mts';
import type { Answer } from '../../support/servers/httpServer.mts';
import { unusedPort } from '../../support/servers/tcpServer.mts';
import {
	ADAPTERS,
	bytesOf,
	exchangeOver,
	failureOf,
	kindOf,
	openWorkbench,
	rejectionOf,
	request,
	type Workbench,
} from './transports.mts';

let bench: Workbench | undefined;

afterEach(async () => {
	await bench?.close();
	bench = undefined;
});

/** An n8n with other settings; closed after the test. */
async function open(options: EngineOptions): Promise<Workbench> {
	bench = await openWorkbench(options);
	return bench;
}

const answerOk: Answer = (_received, response) => void response.end('{"ok":true}');

/** A name that only the proxy knows; it stands for this machine, which is otherwise called without a proxy. */
const NAME = 'service.test';

/** Finds this machine, whatever the name. */
const lookUpHere = Object.assign(
	(...question: unknown[]) => {
		const found = question.at(-1) as (error: null, ...answer: unknown[]) => void;
		const { all = false } = question[1] as { all?: boolean };
		if (all) found(null, [{ address: '127.0.0.1', family: 4 }]);
		else found(null, '127.0.0.1', 4);
	},
	{ __promisify__: lookup.__promisify__ },
);

/** A proxy that remembers where it was asked to connect to. */
async function startProxy(refuse = false) {
	const asked: string[] = [];
	const proxy = new ProxyServer({
		host: '127.0.0.1',
		port: 0,
		prepareRequestFunction: ({ hostname, port, isHttp }) => {
			asked.push(`${isHttp ? 'forward' : 'CONNECT'} ${hostname}:${port}`);
			return {
				requestAuthentication: refuse,
				dnsLookup: lookUpHere,
			};
		},
	});
	await proxy.listen();
	onTestFinished(async () => await proxy.close(true));
	return { url: `http://127.0.0.1:${proxy.port}`, asked };
}

describe.each(ADAPTERS)('the transport over %s', (adapter) => {
	describe('behind a proxy that the environment names', () => {
		it('reaches an http address through it', async () => {
			const server = await serve(answerOk);
			const proxy = await startProxy();
			const { transports } = await open({ env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } });
			const response = await transports[adapter].send(
				request(`http://${NAME}:${server.port}/path`, { method: 'POST', body: '{"a":1}' }),
			);
			expect((await bytesOf(response)).toString()).toBe('{"ok":true}');
			expect(server.requests.map(({ path, body }) => `${path} ${body.toString()}`)).toEqual([
				'/path {"a":1}',
			]);
			expect(proxy.asked).toEqual([expect.stringContaining(`${NAME}:${server.port}`)]);
		});

		it('reaches an https address through a CONNECT tunnel, in which the certificate counts', async () => {
			const server = await serve(answerOk, { selfSigned: true });
			const proxy = await startProxy();
			const { transports } = await open({ env: { HTTPS_PROXY: proxy.url } });
			const url = `https://${NAME}:${server.port}`;
			const error = await rejectionOf(transports[adapter].send(request(url)));
			expect(proxy.asked).toEqual([`CONNECT ${NAME}:${server.port}`]);
			expect(kindOf(error)).toBe('neverConnected');
			expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
			expect(server.requests).toEqual([]);
		});

		it('passes beside it for hosts in NO_PROXY', async () => {
			const server = await serve(answerOk);
			const proxy = await startProxy();
			const { transports } = await open({ env: { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' } });
			await bytesOf(await transports[adapter].send(request(server.origin)));
			expect(server.requests).toHaveLength(1);
			expect(proxy.asked).toEqual([]);
		});

		it('is never connected when the proxy refuses the tunnel', async () => {
			const server = await serve(answerOk, { selfSigned: true });
			const proxy = await startProxy(true);
			const { transports } = await open({ env: { HTTPS_PROXY: proxy.url } });
			const url = `https://${NAME}:${server.port}`;
			const sent = transports[adapter].send(request(url, { method: 'POST', body: '{}' }));
			expect(server.requests).toEqual([]);
			if (adapter === 'undici') expect(kindOf(await rejectionOf(sent))).toBe('neverConnected');
			else {
				// n8n's proxy agent hands the proxy's own refusal over as the answer.
				const response = await sent;
				expect(response.status).toBe(407);
				response.body.destroy();
			}
		});

		it('is never connected when there is no proxy', async () => {
			const proxyUrl = `http://127.0.0.1:${await unusedPort()}`;
			const { transports } = await open({ env: { HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl } });
			for (const url of ['https://api.example.com', 'http://api.example.com'])
				expect(
					kindOf(
						await rejectionOf(
							transports[adapter].send(request(url, { method: 'POST', body: '{}' })),
						),
					),
				).toBe('neverConnected');
		});
	});

	describe('under n8n’s egress policy', () => {
		it.each(['127.0.0.1', 'localhost', '[::1]', '169.254.169.254'])(
			'refuses %s before any connection, as forbidden',
			async (host) => {
				const server = await serve(answerOk);
				const opened = await open({ ssrf: {} });
				const outcome = await exchangeOver(
					opened,
					adapter,
					`http://${host}:${server.port}/`,
					async () => 'read',
				);
				expect(failureOf(outcome)).toEqual({ type: 'blocked' });
				expect(server.connections).toBe(0);
			},
		);

		it('refuses a name on the deny list', async () => {
			const server = await serve(answerOk);
			const opened = await open({
				ssrf: { allowedIpRanges: ['127.0.0.0/8', '::1/128'] },
				env: { N8N_SSRF_BLOCKED_HOSTNAMES: 'localhost' },
			});
			const url = `http://localhost:${server.port}/`;
			const outcome = await exchangeOver(opened, adapter, url, async () => 'read');
			expect(failureOf(outcome)).toEqual({ type: 'blocked' });
			expect(server.connections).toBe(0);
		});

		it('refuses an address behind a proxy, which would connect to it', async () => {
			const server = await serve(answerOk);
			const proxy = await startProxy();
			const opened = await open({ ssrf: {}, env: { HTTP_PROXY: proxy.url } });
			const outcome = await exchangeOver(opened, adapter, server.origin, async () => 'read');
			expect(failureOf(outcome)).toEqual({ type: 'blocked' });
			expect(proxy.asked).toEqual([]);
		});

		it('calls a name that does not resolve never connected, not blocked', async () => {
			const { transports } = await open({ ssrf: {} });
			const error = await rejectionOf(
				transports[adapter].send(request('http://no-such-host.invalid')),
			);
			expect(kindOf(error)).toBe('neverConnected');
		});

		it('reaches what the allow list names', async () => {
			const server = await serve(answerOk);
			const { transports } = await open({ ssrf: { allowedIpRanges: ['127.0.0.0/8'] } });
			for (let index = 0; index < 5; index++)
				await bytesOf(await transports[adapter].send(request(server.origin)));
			expect(server.requests).toHaveLength(5);
			expect(server.connections).toBe(adapter === 'undici' ? 1 : 5);
		});
	});
});

describe('the transport over undici', () => {
	it('looks a name up with the lookup of the policy, so that its answer cannot change in between', async () => {
		const server = await serve(answerOk);
		const { modules } = await open({});
		const lookups: string[] = [];
		const transport = await modules.undiciTransport.undiciTransport({
			// The name passes the first look …
			validateUrl: async () => ({ ok: true, result: undefined }),
			// … and is refused when it is resolved for the connection.
			createSecureLookup: () => (hostname, _options, callback) => {
				lookups.push(hostname);
				const refusal = Object.assign(new Error('blocked'), { name: 'SsrfBlockedIpError' });
				callback(refusal, '', 4);
			},
		});
		const error = await rejectionOf(
			transport?.send(request(`http://rebinding.test:${server.port}/`)) ?? Promise.resolve(),
		);
		expect(kindOf(error)).toBe('blocked');
		expect(lookups).toEqual(['rebinding.test']);
		expect(server.connections).toBe(0);
	});

	it('uses one pool for all nodes of an n8n', async () => {
		const server = await serve(answerOk);
		const { modules, helpers } = await open({});
		for (let index = 0; index < 3; index++) {
			const transport = await modules.undiciTransport.undiciTransport(
				helpers.getSecureEgressFilter(),
			);
			if (transport === undefined) throw new Error('no undici');
			await bytesOf(await transport.send(request(server.origin)));
		}
		expect(server.connections).toBe(1);
	});

	it('closes a connection before a server would that keeps it for five seconds', async () => {
		const server = http.createServer((_received, response) => void response.end('{}'));
		server.keepAliveTimeout = 5_000;
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		onTestFinished(() => void server.close());
		let isClosedByClient = false;
		server.on('connection', (socket) => {
			// It comes from the other side only.
			socket.on('end', () => {
				isClosedByClient = true;
			});
		});
		const { transports } = await open({});
		const { port } = server.address() as AddressInfo;
		await bytesOf(await transports.undici.send(request(`http://127.0.0.1:${port}/`)));
		await expect.poll(() => isClosedByClient).toBe(true);
	});

	it('is missing where undici does not resolve, and n8n’s helper takes its place', async () => {
		const { createEngine } = await import('../../support/engine/index.mts');
		const engine = await createEngine({ undici: false });
		onTestFinished(async () => await engine.close());
		const server = await serve((_received, response) => {
			response.setHeader('content-type', 'application/json');
			response.end('{"user_id":"u","tier":"pro","credits":1,"api_quota_remaining":2}');
		});
		const baseUrl = `${server.origin}/api/open/v1`;
		const credential = engine.credential('fishSpeechApi', { apiToken: 'token-1', baseUrl });
		const result = await engine.run({
			node: 'fishSpeechProfile',
			parameters: { operation: 'get' },
			credential,
		});
		expect(result.rows).toEqual([{ userId: 'u', tier: 'pro', credits: 1, apiQuotaRemaining: 2 }]);
		expect(result.logs.map(({ metadata }) => metadata['adapter'])).toEqual(['n8n']);
	});
});
