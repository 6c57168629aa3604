import { randomBytes } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import type { MediaSink } from '../../../nodes/shared/api/http/media.ts';
import { serve } from '../../support/servers/forTest.mts';
import type { Answer, HttpServer } from '../../support/servers/httpServer.mts';
import {
	accountOver,
	ADAPTERS,
	type AdapterName,
	bytesOf,
	callContext,
	rejectionOf,
	useWorkbench,
} from './transports.mts';

const token = 'secret-token-of-the-account';
const media = Buffer.concat([Buffer.from('ID3'), randomBytes(100_000)]);

const bench = useWorkbench();

const serveMedia: Answer = (_received, response) => {
	response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': media.length });
	response.end(media);
};

const redirectTo =
	(location: string, status = 302): Answer =>
	(_received, response) =>
		void response.writeHead(status, { location }).end('moved');

const toBytes: MediaSink<Buffer> = async (body) =>
	await bytesOf({ status: 200, headers: {}, body: body.stream({ onEnd: () => undefined }) });

/** The client of an account whose API is at `origin`. */
function clientOf(
	adapter: AdapterName,
	origin: string,
	context: Parameters<typeof callContext>[0] = {},
) {
	const account = accountOver(bench, adapter, origin, token);
	return new bench.modules.apiClient.ApiClient(account, callContext(context));
}

async function download(
	adapter: AdapterName,
	origin: string,
	url: string,
	{ sink = toBytes, maxRetries = 0 }: { sink?: MediaSink<Buffer>; maxRetries?: number } = {},
): Promise<Buffer> {
	return await clientOf(adapter, origin, { maxRetries }).download(url, sink);
}

const authorizations = ({ requests }: HttpServer) =>
	requests.map(({ headers }) => headers.authorization);

describe.each(ADAPTERS)('media over %s', (adapter) => {
	it('come from another host without the token', async () => {
		const api = await serve(serveMedia);
		const cdn = await serve(serveMedia);
		const bytes = await download(adapter, api.origin, `${cdn.origin}/a.mp3?sig=x`);
		expect(bytes.equals(media)).toBe(true);
		expect(authorizations(cdn)).toEqual([undefined]);
		expect(api.requests).toEqual([]);
	});

	it('come from the API’s own origin with the token', async () => {
		const api = await serve(serveMedia);
		expect((await download(adapter, api.origin, '/files/a.mp3')).equals(media)).toBe(true);
		expect(authorizations(api)).toEqual([`Bearer ${token}`]);
	});

	it('are followed to another origin and back, and the token goes to the first address alone', async () => {
		const cdn = await serve((received, response) =>
			redirectTo(`${api.origin}/back${received.path}`)(received, response),
		);
		const api = await serve((received, response) =>
			received.path === '/files/a.mp3'
				? redirectTo(`${cdn.origin}/signed?key=k`, 307)(received, response)
				: serveMedia(received, response),
		);
		const bytes = await download(adapter, api.origin, `${api.origin}/files/a.mp3`);
		expect(bytes.equals(media)).toBe(true);
		expect(authorizations(cdn)).toEqual([undefined]);
		expect(authorizations(api)).toEqual([`Bearer ${token}`, undefined]);
	});

	it.each([301, 302, 303, 307, 308])('are followed through a relative %i', async (status) => {
		const cdn = await serve((received, response) =>
			received.path === '/dir/a'
				? redirectTo('../b?c=d', status)(received, response)
				: serveMedia(received, response),
		);
		const bytes = await download(adapter, 'https://localhost', `${cdn.origin}/dir/a`);
		expect(bytes.equals(media)).toBe(true);
		expect(cdn.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
			'GET /dir/a',
			'GET /b?c=d',
		]);
	});

	it('are followed five times and not a sixth', async () => {
		const hopsOf = (path: string) => Number(path.slice(1));
		const cdn = await serve((received, response) => {
			const left = hopsOf(received.path);
			if (left === 0) return serveMedia(received, response);
			return redirectTo(`/${left - 1}`)(received, response);
		});
		expect((await download(adapter, 'https://localhost', `${cdn.origin}/5`)).length).toBe(
			media.length,
		);
		await expect(download(adapter, 'https://localhost', `${cdn.origin}/6`)).rejects.toMatchObject({
			message: expect.stringContaining('redirected more than 5 times'),
			details: { kind: 'terminal', httpStatus: 302 },
		});
		expect(cdn.requests).toHaveLength(12);
	});

	it.each([
		['a file', 'file:///etc/passwd'],
		['another protocol', 'ftp://127.0.0.1/a'],
		['an address with a password', 'http://user:pass@127.0.0.1/a'],
		['what is no URL', 'http://'],
	])('are not followed to %s', async (_what, location) => {
		const cdn = await serve(redirectTo(location));
		await expect(
			download(adapter, 'https://localhost', `${cdn.origin}/a`, { maxRetries: 3 }),
		).rejects.toMatchObject({ details: { kind: 'terminal' } });
		expect(cdn.requests).toHaveLength(1);
	});

	it('close the connection of a redirect whose body never ends', async () => {
		const cdn = await serve((received, response) => {
			if (received.path === '/b') return serveMedia(received, response);
			response.writeHead(302, { location: '/b' });
			response.write('moved');
		});
		await download(adapter, 'https://localhost', `${cdn.origin}/a`);
		await expect
			.poll(() =>
				cdn.requests.filter(
					({ socket }) => !socket.destroyed && socket !== cdn.requests[1]?.socket,
				),
			)
			.toEqual([]);
	});

	it.each([401, 402, 403])(
		'refused by their host with %i say nothing about the account',
		async (status) => {
			const cdn = await serve((_received, response) => void response.writeHead(status).end());
			await expect(download(adapter, 'https://localhost', `${cdn.origin}/a`)).rejects.toMatchObject(
				{
					message: expect.stringContaining('the media host 127.0.0.1'),
					details: { kind: 'terminal', reason: 'forbidden', httpStatus: status },
				},
			);
		},
	);

	it('refused where the API itself redirects to say nothing about the account either', async () => {
		const cdn = await serve((_received, response) => void response.writeHead(401).end());
		const api = await serve(redirectTo(`${cdn.origin}/a`));
		await expect(download(adapter, api.origin, `${api.origin}/files/a`)).rejects.toMatchObject({
			details: { kind: 'terminal', reason: 'forbidden', httpStatus: 401 },
		});
	});

	it.each([403, 404, 410])(
		'whose address is refused with %i are called paid, and where a new address comes from is said',
		async (status) => {
			const cdn = await serve((_received, response) => void response.writeHead(status).end());
			await expect(download(adapter, 'https://localhost', `${cdn.origin}/a`)).rejects.toMatchObject(
				{ action: expect.stringContaining('Get Job') },
			);
		},
	);

	it('that are cut are fetched again', async () => {
		const cdn = await serve((received, response) => {
			if (cdn.requests.length > 1) return serveMedia(received, response);
			response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': media.length });
			response.write(media.subarray(0, 50_000), () => response.destroy());
		});
		const bytes = await download(adapter, 'https://localhost', `${cdn.origin}/a`, {
			maxRetries: 1,
		});
		expect(bytes.equals(media)).toBe(true);
		expect(cdn.requests).toHaveLength(2);
	});

	it('that come in part are refused, after one more try', async () => {
		const cdn = await serve((_received, response) => {
			response.writeHead(206, {
				'content-type': 'audio/mpeg',
				'content-range': `bytes 0-999/${media.length}`,
				'content-length': 1_000,
			});
			response.end(media.subarray(0, 1_000));
		});
		await expect(
			download(adapter, 'https://localhost', `${cdn.origin}/a`, { maxRetries: 3 }),
		).rejects.toMatchObject({
			message: expect.stringContaining('answered 206 with a part instead of what was asked for'),
			details: { reason: 'unexpectedResponse', httpStatus: 206, attempts: 2 },
		});
	});

	it('that stay empty are refused', async () => {
		const cdn = await serve((_received, response) => {
			response.writeHead(200, { 'content-type': 'audio/mpeg' }).end();
		});
		await expect(download(adapter, 'https://localhost', `${cdn.origin}/a`)).rejects.toMatchObject({
			message: expect.stringContaining('an empty body'),
			details: { reason: 'unexpectedResponse' },
		});
	});

	it('that a store cannot take end in an error, and their connection closes', async () => {
		const cdn = await serve((_received, response) => {
			response.writeHead(200, { 'content-type': 'audio/mpeg' });
			// Silence after it: nothing but the client can end this.
			response.write(media);
		});
		const failing: MediaSink<Buffer> = async (body) => {
			const disk = new Writable({
				write: (_chunk, _encoding, callback) =>
					callback(Object.assign(new Error('disk full'), { code: 'ENOSPC' })),
			});
			await pipeline(body.stream({ onEnd: () => undefined }), disk);
			return Buffer.alloc(0);
		};
		const error = await rejectionOf(
			download(adapter, 'https://localhost', `${cdn.origin}/a`, { sink: failing }),
		);
		expect(error).toMatchObject({
			message: expect.stringContaining('n8n could not store what it sent (ENOSPC)'),
			details: { reason: 'unexpectedResponse' },
		});
		await expect.poll(() => cdn.openSockets.size).toBe(0);
	});

	it('stream through with little memory, however large', async () => {
		const piece = Buffer.alloc(1_048_576, 0x11);
		const megabytes = 256;
		const cdn = await serve(async (_received, response) => {
			response.writeHead(200, { 'content-type': 'audio/mpeg' });
			response.write('ID3');
			for (let index = 0; index < megabytes; index++)
				await new Promise((resolve) => response.write(piece, resolve));
			response.end();
		});
		let most = 0;
		const count: MediaSink<Buffer> = async (body) => {
			const before = process.memoryUsage();
			let bytes = 0;
			for await (const chunk of body.stream({ onEnd: () => undefined })) {
				bytes += chunk.length;
				const now = process.memoryUsage();
				most = Math.max(most, now.arrayBuffers - before.arrayBuffers);
			}
			expect(bytes).toBe(megabytes * piece.length + 3);
			return Buffer.alloc(0);
		};
		await download(adapter, 'https://localhost', `${cdn.origin}/a`, { sink: count });
		expect(most).toBeLessThan(96 * 1_048_576);
	});

	it('leave no listener behind on the signal of the execution', async () => {
		const cdn = await serve((received, response) =>
			received.path === '/redirect'
				? redirectTo('/a')(received, response)
				: serveMedia(received, response),
		);
		const stop = new AbortController();
		const client = clientOf(adapter, 'https://localhost', { signal: stop.signal });
		for (const path of ['/a', '/redirect', '/a'])
			await client.download(`${cdn.origin}${path}`, toBytes);
		expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
	});
});
