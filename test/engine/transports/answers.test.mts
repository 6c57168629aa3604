import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { serve } from '../../support/servers/forTest.mts';
import type { HttpServer } from '../../support/servers/httpServer.mts';
import {
	accountOver,
	ADAPTERS,
	bytesOf,
	callContext,
	exchangeOver,
	failureOf,
	request,
	useWorkbench,
} from './transports.mts';

const bench = useWorkbench();

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.each(ADAPTERS)('the transport over %s', (adapter) => {
	it('gives status, lower-case headers and body, repeated headers joined', async () => {
		const server = await serve((_received, response) => {
			response.writeHead(201, { 'X-Request-Id': 'req_1', 'X-Twice': ['a', 'b'] });
			response.end('{"ok":true}');
		});
		const response = await bench.transports[adapter].send(request(server.origin));
		expect(response.status).toBe(201);
		expect(response.headers).toMatchObject({ 'x-request-id': 'req_1', 'x-twice': 'a, b' });
		expect((await bytesOf(response)).toString()).toBe('{"ok":true}');
	});

	it('sends method, path, query, headers and body as they are', async () => {
		const server = await serve((_received, response) => void response.end());
		const body = JSON.stringify({ text: ' Grüße, 世界 \n' });
		const sent = request(`${server.origin}/a%20b/c?x=1&y=%26`, {
			method: 'POST',
			headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
			body,
		});
		await bytesOf(await bench.transports[adapter].send(sent));
		expect(server.requests).toHaveLength(1);
		expect(server.requests[0]).toMatchObject({
			method: 'POST',
			path: '/a%20b/c?x=1&y=%26',
			headers: {
				authorization: 'Bearer t',
				'content-type': 'application/json',
				'content-length': String(Buffer.byteLength(body)),
			},
		});
		expect(server.requests[0]?.body.toString()).toBe(body);
	});

	it.each(['GET', 'DELETE'] as const)('sends a %s without a body', async (method) => {
		const server = await serve((_received, response) => void response.writeHead(204).end());
		const response = await bench.transports[adapter].send(request(server.origin, { method }));
		expect(response.status).toBe(204);
		expect(await bytesOf(response)).toHaveLength(0);
		expect(server.requests[0]).toMatchObject({ method, body: Buffer.alloc(0) });
		expect(server.requests[0]?.headers['content-type']).toBeUndefined();
	});

	it('names the package and asks for an unencoded answer', async () => {
		const server = await serve((_received, response) => void response.end('{}'));
		const { ApiClient } = bench.modules.apiClient;
		const account = accountOver(bench, adapter, server.origin);
		await new ApiClient(account, callContext({ idempotencyKey: 'key-1' })).call({
			methodClass: 'create',
			method: 'POST',
			path: '/x',
			read: async (answer) => await answer.json(),
		});
		expect(server.requests[0]?.headers).toMatchObject({
			'user-agent': expect.stringMatching(/^n8n-nodes-fishspeech\/\d+\.\d+\.\d+$/),
			'accept-encoding': 'identity',
			'idempotency-key': 'key-1',
		});
	});

	it('hands binary bodies over byte for byte', async () => {
		const bytes = randomBytes(3_000_000);
		const server = await serve((_received, response) => void response.end(bytes));
		const received = await bytesOf(await bench.transports[adapter].send(request(server.origin)));
		expect(sha256(received)).toBe(sha256(bytes));
	});

	it('sends a form of 12 MB that the server reads back', async () => {
		const server = await serve((_received, response) => void response.end());
		const file = randomBytes(12_000_000);
		const form = new FormData();
		form.append('name', 'Grüße');
		form.append('audioFiles', new Blob([file], { type: 'audio/wav' }), 'a "b".wav');
		const { contentType, body } = await bench.modules.formData.encodeForm(form);
		const headers = { 'content-type': contentType };
		const sent = request(server.origin, { method: 'POST', headers, body });
		await bytesOf(await bench.transports[adapter].send(sent));
		const [received] = server.requests;
		const read = await new Response(new Uint8Array(received?.body ?? []), {
			headers: { 'content-type': received?.headers['content-type'] ?? '' },
		}).formData();
		expect(read.get('name')).toBe('Grüße');
		const readFile = read.get('audioFiles');
		if (!(readFile instanceof Blob)) throw new Error('no file arrived');
		expect(readFile.type).toBe('audio/wav');
		expect(sha256(Buffer.from(await readFile.arrayBuffer()))).toBe(sha256(file));
	});

	it.each([400, 401, 402, 404, 429, 500, 503])(
		'gives a %i back instead of throwing, sent once',
		async (status) => {
			const server = await serve((_received, response) => {
				response.writeHead(status, { 'www-authenticate': 'Digest nonce="x", realm="y"' });
				response.end('{"code":"c","message":"m"}');
			});
			const response = await bench.transports[adapter].send(
				request(server.origin, { method: 'POST', body: '{}' }),
			);
			expect(response.status).toBe(status);
			expect((await bytesOf(response)).toString()).toBe('{"code":"c","message":"m"}');
			expect(server.requests).toHaveLength(1);
		},
	);

	it.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
		const server = await serve((_received, response) => {
			response.writeHead(status, { location: '/elsewhere' }).end('moved');
		});
		const sent = request(`${server.origin}/here`, { method: 'POST', body: '{}' });
		const response = await bench.transports[adapter].send(sent);
		expect(response).toMatchObject({ status, headers: { location: '/elsewhere' } });
		await bytesOf(response);
		expect(server.requests.map(({ path }) => path)).toEqual(['/here']);
	});

	it('sends 200 requests one after the other, over one connection where the adapter keeps it', async () => {
		const server = await serve((_received, response) => void response.end('{}'));
		for (let index = 0; index < 200; index++)
			await bytesOf(await bench.transports[adapter].send(request(server.origin)));
		// n8n's helper has no keep-alive: the reason for the other adapter.
		expect(server.connections).toBe(adapter === 'undici' ? 1 : 200);
	});

	it('reads a slow body to its end as long as each silence is short enough', async () => {
		const server = await serve(async (_received, response) => {
			response.writeHead(200, { 'content-type': 'application/json' });
			for (const piece of ['{"a"', ':', '"', 'b', '"', '}']) {
				response.write(piece);
				await pause(1_100);
			}
			response.end();
		});
		const outcome = await exchangeOver(
			bench,
			adapter,
			server.origin,
			async (answer) => await answer.json(),
			// All pieces together take longer.
			{ timeoutMs: 5_000 },
		);
		expect(outcome).toMatchObject({ ok: true, value: { a: 'b' } });
	});

	describe('an answer that is encoded although none was asked for', () => {
		const text = JSON.stringify({ text: 'x'.repeat(100_000) });
		const encoders = {
			gzip: zlib.gzipSync,
			'x-gzip': zlib.gzipSync,
			GZIP: zlib.gzipSync,
			deflate: zlib.deflateSync,
			br: zlib.brotliCompressSync,
		};

		async function serveEncoded(
			encoding: keyof typeof encoders,
			{ withLength }: { withLength: boolean },
		): Promise<HttpServer> {
			return await serve((_received, response) => {
				const encoded = encoders[encoding](text);
				response.writeHead(200, {
					'content-type': 'application/json',
					'content-encoding': encoding,
					...(withLength && { 'content-length': encoded.length }),
				});
				response.end(encoded);
			});
		}

		const length = async (answer: { json(): Promise<Readonly<Record<string, unknown>>> }) =>
			String((await answer.json()).text).length;

		it.each([
			['gzip', true],
			['gzip', false],
			['x-gzip', true],
			['GZIP', true],
			['deflate', true],
			['deflate', false],
		] as const)('decodes %s once (with a length: %s)', async (encoding, withLength) => {
			const server = await serveEncoded(encoding, { withLength });
			const outcome = await exchangeOver(bench, adapter, server.origin, length);
			expect(outcome).toMatchObject({ ok: true, value: 100_000 });
		});

		it('fails clearly on brotli unless the adapter has decoded it itself', async () => {
			const server = await serveEncoded('br', { withLength: true });
			const outcome = await exchangeOver(bench, adapter, server.origin, length);
			if (adapter === 'n8n') expect(outcome).toMatchObject({ ok: true, value: 100_000 });
			else
				expect(outcome).toMatchObject({
					ok: false,
					failedTry: {
						failure: { type: 'unreadable' },
						message: expect.stringContaining('a body encoded as "br"'),
					},
				});
		});

		it('calls a body unreadable that is not what its encoding says', async () => {
			const server = await serve((_received, response) => {
				response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip at all');
			});
			const outcome = await exchangeOver(bench, adapter, server.origin, length);
			expect(failureOf(outcome)).toEqual({ type: 'unreadable' });
		});

		it('calls an encoded body cut off when its connection breaks', async () => {
			const server = await serve((_received, response) => {
				const encoded = zlib.gzipSync(randomBytes(200_000));
				response.writeHead(200, { 'content-encoding': 'gzip' });
				response.write(encoded.subarray(0, 100_000), () => response.destroy());
			});
			const outcome = await exchangeOver(bench, adapter, server.origin, length);
			expect(failureOf(outcome)).toEqual({ type: 'cutOff' });
		});

		it('streams decoded media and counts the decoded bytes', async () => {
			const media = Buffer.concat([Buffer.from('ID3'), randomBytes(500_000)]);
			const server = await serve((_received, response) => {
				const encoded = zlib.gzipSync(media);
				response.writeHead(200, {
					'content-type': 'audio/mpeg',
					'content-encoding': 'gzip',
					'content-length': encoded.length,
				});
				response.end(encoded);
			});
			let counted = 0;
			const outcome = await exchangeOver(bench, adapter, server.origin, async (answer) => {
				const type = await answer.bodyType();
				const stream = answer.stream({
					onEnd: (bytes) => {
						counted = bytes;
					},
				});
				return { type, hash: sha256(await bytesOf({ status: 200, headers: {}, body: stream })) };
			});
			expect(outcome).toMatchObject({ ok: true, value: { type: 'media', hash: sha256(media) } });
			expect(counted).toBe(media.length);
		});
	});

	it('reads the message of an encoded error', async () => {
		const server = await serve((_received, response) => {
			response.writeHead(422, { 'content-encoding': 'gzip' });
			response.end(zlib.gzipSync('{"code":"bad_media","message":"No speech in it"}'));
		});
		const outcome = await exchangeOver(bench, adapter, server.origin, async () => 'read');
		expect(outcome).toMatchObject({
			ok: false,
			failedTry: {
				httpStatus: 422,
				code: 'bad_media',
				message: expect.stringContaining('No speech'),
			},
		});
	});

	it('reads no more of an endless error page than it needs', async () => {
		let written = 0;
		const server = await serve((_received, response) => {
			response.writeHead(500, { 'content-type': 'text/html' });
			const write = () => {
				if (response.destroyed) return;
				written += 65_536;
				response.write('x'.repeat(65_536), () => setImmediate(write));
			};
			write();
		});
		const outcome = await exchangeOver(bench, adapter, server.origin, async () => 'read');
		expect(failureOf(outcome)).toEqual({ type: 'status', status: 500, hasRetryAfter: false });
		await expect.poll(() => server.openSockets.size).toBe(0);
		expect(written).toBeLessThan(20_000_000);
	});

	it('refuses a JSON body larger than any of this API', async () => {
		const piece = Buffer.alloc(1_048_576, 0x20);
		const server = await serve((_received, response) => {
			response.writeHead(200, { 'content-type': 'application/json' });
			const write = () => {
				if (!response.destroyed) response.write(piece, () => setImmediate(write));
			};
			write();
		});
		const outcome = await exchangeOver(
			bench,
			adapter,
			server.origin,
			async (answer) => await answer.json(),
		);
		expect(failureOf(outcome)).toEqual({ type: 'unreadable' });
		await expect.poll(() => server.openSockets.size).toBe(0);
	});
});
