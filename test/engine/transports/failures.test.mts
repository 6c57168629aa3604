import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { serve, serveTcp } from '../../support/servers/forTest.mts';
import { unusedPort } from '../../support/servers/tcpServer.mts';
import {
	ADAPTERS,
	type AdapterName,
	bytesOf,
	callContext,
	connectionOver,
	exchangeOver,
	failureOf,
	kindOf,
	rejectionOf,
	request,
	useWorkbench,
} from './transports.mts';

const HOUR_MS = 3_600_000;

const bench = useWorkbench();

/** A create, as the client makes it: what it gives or how it fails, and how often it was sent. */
async function create(
	adapter: AdapterName,
	url: string,
	parts: Parameters<typeof callContext>[0] = {},
) {
	return await bench.modules.caller.sendWithRetries(
		{
			methodClass: 'create',
			method: 'POST',
			url,
			tracePath: '/create',
			who: 'FishSpeech',
			account: createHash('sha256').update(url).digest('hex'),
			headers: { 'content-type': 'application/json' },
			body: '{"text":"hello"}',
			read: async (answer) => await answer.json(),
		},
		callContext({ maxRetries: 4, ...parts }),
		connectionOver(bench, adapter),
	);
}

describe.each(ADAPTERS)('the transport over %s', (adapter) => {
	describe('a connection that cannot be made', () => {
		const send = async (url: string) =>
			kindOf(
				await rejectionOf(
					bench.transports[adapter].send(request(url, { method: 'POST', body: '{}' })),
				),
			);

		it('is never connected when the port refuses it', async () => {
			expect(await send(`http://127.0.0.1:${await unusedPort()}`)).toBe('neverConnected');
		});

		it('is never connected when all addresses of a name refuse it', async () => {
			expect(await send(`http://localhost:${await unusedPort()}`)).toBe('neverConnected');
		});

		it('is never connected when the name does not resolve', async () => {
			expect(await send('http://no-such-host.invalid')).toBe('neverConnected');
		});

		it('is never connected when the certificate is not trusted', async () => {
			const server = await serve((_received, response) => void response.end(), {
				selfSigned: true,
			});
			expect(await send(server.origin)).toBe('neverConnected');
			expect(server.requests).toEqual([]);
		});

		it('is never connected when it breaks during the TLS handshake', async () => {
			const server = await serveTcp((socket) => socket.once('data', () => socket.destroy()));
			expect(await send(`https://127.0.0.1:${server.port}`)).toBe('neverConnected');
		});

		it('is never connected when the server does not speak TLS', async () => {
			const server = await serve((_received, response) => void response.end());
			expect(await send(`https://127.0.0.1:${server.port}`)).toBe('neverConnected');
		});
	});

	describe('an exchange that breaks after the request was sent', () => {
		it('is cut off when the server closes without an answer', async () => {
			const server = await serve(({ socket }) => void socket.destroy());
			const outcome = await exchangeOver(bench, adapter, server.origin, async () => 'read');
			expect(failureOf(outcome)).toEqual({ type: 'cutOff' });
		});

		it('is cut off when the server resets the connection', async () => {
			const server = await serve(({ socket }) => void socket.resetAndDestroy());
			const outcome = await exchangeOver(bench, adapter, server.origin, async () => 'read');
			expect(failureOf(outcome)).toEqual({ type: 'cutOff' });
		});

		it('is cut off when what comes is no HTTP', async () => {
			const server = await serveTcp((socket) =>
				socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')),
			);
			const outcome = await exchangeOver(
				bench,
				adapter,
				`http://127.0.0.1:${server.port}`,
				async () => 'read',
			);
			expect(failureOf(outcome)).toEqual({ type: 'cutOff' });
		});

		const cuts: ReadonlyArray<readonly [string, Record<string, string | number>]> = [
			['with a length', { 'content-length': 100_000 }],
			['chunked', {}],
		];

		it.each(cuts)('is cut off when a JSON body breaks off, %s', async (_how, headers) => {
			const server = await serve((_received, response) => {
				response.writeHead(200, { 'content-type': 'application/json', ...headers });
				response.write('{"text":"half', () => response.destroy());
			});
			const outcome = await exchangeOver(
				bench,
				adapter,
				server.origin,
				async (answer) => await answer.json(),
			);
			expect(failureOf(outcome)).toEqual({ type: 'cutOff' });
		});

		it.each(cuts)(
			'is cut off when media break off on their way to the store, %s',
			async (_how, headers) => {
				const server = await serve((_received, response) => {
					response.writeHead(200, { 'content-type': 'audio/mpeg', ...headers });
					response.write(`ID3${'x'.repeat(50_000)}`, () => response.destroy());
				});
				let ended = false;
				const outcome = await exchangeOver(bench, adapter, server.origin, async (answer) => {
					expect(await answer.bodyType()).toBe('media');
					const stream = answer.stream({
						onEnd: () => {
							ended = true;
						},
					});
					return await bench.helpers.prepareBinaryData(stream, 'a.mp3', 'audio/mpeg');
				});
				expect(failureOf(outcome)).toEqual({ type: 'cutOff' });
				expect(ended).toBe(false);
			},
		);

		it('is cut off when an empty 200 promised a body', async () => {
			const server = await serve((_received, response) => {
				response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': 10 });
				response.flushHeaders();
				setImmediate(() => response.destroy());
			});
			const outcome = await exchangeOver(
				bench,
				adapter,
				server.origin,
				async (answer) => await answer.bodyType(),
			);
			expect(failureOf(outcome)).toEqual({ type: 'cutOff' });
		});

		it('breaks for a store that comes late, without harm to the process', async () => {
			const server = await serve((_received, response) => {
				response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': 100_000 });
				response.write('ID3', () => setTimeout(() => response.destroy(), 20));
			});
			const outcome = await exchangeOver(bench, adapter, server.origin, async (answer) => {
				expect(await answer.bodyType()).toBe('media');
				const stream = answer.stream({ onEnd: () => undefined });
				await expect.poll(() => server.openSockets.size).toBe(0);
				await pause(20);
				return await bench.helpers.prepareBinaryData(stream, 'a.mp3', 'audio/mpeg');
			});
			expect(failureOf(outcome)).toEqual({ type: 'cutOff' });
		});

		it('is refused when the body is not what its length says', async () => {
			const server = await serveTcp((socket) =>
				socket.once('data', () =>
					socket.end(
						'HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 9\r\n\r\nID3abc',
					),
				),
			);
			const outcome = await exchangeOver(
				bench,
				adapter,
				`http://127.0.0.1:${server.port}`,
				async (answer) =>
					(
						await bytesOf({
							status: 200,
							headers: {},
							body: answer.stream({ onEnd: () => undefined }),
						})
					).length,
			);
			expect(failureOf(outcome)).toEqual({ type: 'cutOff' });
		});
	});

	describe('an answer that is given up unread', () => {
		it.each([
			['an HTML page', 'text/html', '<!doctype html><p>Sorry'],
			['media', 'audio/mpeg', `ID3${'x'.repeat(300_000)}`],
		])('ends as unreadable and closes the connection: %s', async (_what, contentType, body) => {
			const server = await serve((_received, response) => {
				response.writeHead(200, { 'content-type': contentType });
				response.write(body);
			});
			const outcome = await exchangeOver(bench, adapter, server.origin, async (answer) => {
				await answer.bodyType();
				throw answer.unreadable('something else');
			});
			expect(failureOf(outcome)).toEqual({ type: 'unreadable' });
			await expect.poll(() => server.openSockets.size).toBe(0);
		});

		it('closes the connection when the store fails', async () => {
			const server = await serve((_received, response) => {
				response.writeHead(200, { 'content-type': 'audio/mpeg' });
				response.write(`ID3${'x'.repeat(300_000)}`);
			});
			const outcome = await exchangeOver(bench, adapter, server.origin, async (answer) => {
				for await (const _chunk of answer.stream({ onEnd: () => undefined }))
					throw new Error('disk full');
			});
			expect(outcome.ok).toBe(false);
			await expect.poll(() => server.openSockets.size).toBe(0);
		});
	});

	describe('silence', () => {
		const fast = { timeoutMs: 150 };

		it('before the headers is a timeout, and closes the connection', async () => {
			const server = await serve(() => undefined);
			const outcome = await exchangeOver(bench, adapter, server.origin, async () => 'read', fast);
			expect(outcome).toMatchObject({
				ok: false,
				failedTry: {
					failure: { type: 'timeout' },
					message: 'FishSpeech sent nothing for 0.15 seconds.',
				},
			});
			await expect.poll(() => server.openSockets.size).toBe(0);
		});

		it.each(['json', 'media', 'error'] as const)('within a body is a timeout: %s', async (what) => {
			const server = await serve((_received, response) => {
				response.writeHead(what === 'error' ? 500 : 200);
				response.write(what === 'media' ? 'ID3abc' : '{"code":"c","message":"half');
			});
			const outcome = await exchangeOver(
				bench,
				adapter,
				server.origin,
				async (answer) =>
					what === 'media'
						? await bench.helpers.prepareBinaryData(
								answer.stream({ onEnd: () => undefined }),
								'a.mp3',
								'audio/mpeg',
							)
						: await answer.json(),
				fast,
			);
			// The status of an error counts even when its body never ends.
			expect(failureOf(outcome)).toEqual(
				what === 'error'
					? { type: 'status', status: 500, hasRetryAfter: false }
					: { type: 'timeout' },
			);
			await expect.poll(() => server.openSockets.size).toBe(0);
		});

		it('before the first byte of a body is a timeout', async () => {
			const server = await serve((_received, response) => response.flushHeaders());
			const outcome = await exchangeOver(
				bench,
				adapter,
				server.origin,
				async (answer) => await answer.bodyType(),
				fast,
			);
			expect(failureOf(outcome)).toEqual({ type: 'timeout' });
		});
	});

	describe('Stop', () => {
		it.each(['before the headers', 'within the body'])(
			'ends an exchange at once, %s',
			async (when) => {
				const server = await serve((_received, response) => {
					if (when === 'within the body') response.write('{"a":');
				});
				const stop = new AbortController();
				const running = exchangeOver(
					bench,
					adapter,
					server.origin,
					async (answer) => await answer.json(),
					{ signal: stop.signal, timeoutMs: HOUR_MS },
				);
				await expect.poll(() => server.requests.length).toBe(1);
				const stoppedAt = performance.now();
				stop.abort();
				expect(failureOf(await running)).toEqual({ type: 'cancelled', wasSent: true });
				expect(performance.now() - stoppedAt).toBeLessThan(10_000);
				await expect.poll(() => server.openSockets.size).toBe(0);
			},
		);

		it('leaves a create its time to be answered', async () => {
			let answerNow = () => undefined as void;
			const server = await serve((_received, response) => {
				answerNow = () => void response.end('{"id":"task_1"}');
			});
			const stop = new AbortController();
			const running = exchangeOver(
				bench,
				adapter,
				server.origin,
				async (answer) => await answer.json(),
				{ signal: stop.signal, graceMs: 5_000, body: '{}' },
			);
			await expect.poll(() => server.requests.length).toBe(1);
			stop.abort();
			answerNow();
			expect(await running).toMatchObject({ ok: true, value: { id: 'task_1' } });
		});

		it('ends a create whose grace is over', async () => {
			const server = await serve(() => undefined);
			const stop = new AbortController();
			const running = exchangeOver(bench, adapter, server.origin, async () => 'read', {
				signal: stop.signal,
				graceMs: 50,
				body: '{}',
			});
			await expect.poll(() => server.requests.length).toBe(1);
			stop.abort();
			expect(failureOf(await running)).toEqual({ type: 'cancelled', wasSent: true });
		});

		it('before the request sends nothing', async () => {
			const server = await serve((_received, response) => void response.end('{}'));
			const outcome = await exchangeOver(bench, adapter, server.origin, async () => 'read', {
				signal: AbortSignal.abort(),
			});
			expect(failureOf(outcome)).toEqual({ type: 'cancelled', wasSent: false });
			expect(server.requests).toEqual([]);
		});
	});

	describe('creates', () => {
		it('are sent once when the connection breaks after sending', async () => {
			const server = await serve(({ socket }) => void socket.destroy());
			await expect(create(adapter, server.origin)).rejects.toMatchObject({
				details: { kind: 'terminal', reason: 'network', outcomeUnknown: true, attempts: 1 },
			});
			expect(server.requests).toHaveLength(1);
		});

		it('are sent once, and may have been charged, when a part of the answer comes', async () => {
			const server = await serve((_received, response) => {
				response.writeHead(206, { 'content-type': 'application/json' }).end('{"id":"t1"}');
			});
			await expect(create(adapter, server.origin)).rejects.toMatchObject({
				details: { reason: 'unexpectedResponse', outcomeUnknown: true, attempts: 1 },
			});
			expect(server.requests).toHaveLength(1);
		});

		it('are sent again when the connection was refused', async () => {
			const url = `http://127.0.0.1:${await unusedPort()}`;
			const attempts: number[] = [];
			await expect(
				create(adapter, url, { maxRetries: 1, trace: ({ attempt }) => attempts.push(attempt) }),
			).rejects.toMatchObject({
				details: { kind: 'retryable', reason: 'network', outcomeUnknown: false, attempts: 2 },
			});
			expect(attempts).toEqual([1, 2]);
		});

		it('are never repeated when the server closes the idle connection as they are written', async () => {
			const requests: number[] = [];
			const idle = await serveTcp((socket, connection) => {
				socket.on('data', () => {
					requests.push(connection);
					// The first is answered; the next on this connection meets its end.
					if (requests.length > 1 && adapter === 'undici') socket.resetAndDestroy();
					else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"id":"t1"}');
				});
			});
			const url = `http://127.0.0.1:${idle.port}`;
			expect(await create(adapter, url)).toEqual({ id: 't1' });
			// The pool takes the connection back in the same turn of the event loop.
			await new Promise((resolve) => setImmediate(resolve));
			const second = create(adapter, url);
			if (adapter === 'n8n') {
				// A connection for each request: there is no idle one to race with.
				expect(await second).toEqual({ id: 't1' });
				expect(requests).toEqual([1, 2]);
				return;
			}
			await expect(second).rejects.toMatchObject({
				details: { kind: 'terminal', reason: 'network', outcomeUnknown: true, attempts: 1 },
			});
			expect(requests).toEqual([1, 1]);
		});
	});
});
