import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MediaSink } from '../../../nodes/shared/api/http/media.ts';
import { getProfile } from '../../../nodes/shared/fishspeech/profile.ts';
import { clientOf, failureOf, TOKEN } from '../../support/apiClients.mts';
import { startHttpServer, type HttpServer } from '../../support/servers/httpServer.mts';
import { startProxyServer, type ProxyServer } from '../../support/servers/proxyServer.mts';

const PUBLIC = 'http://api.example.org/api/open/v1';
const countBytes: MediaSink<number> = async (media) => {
	let bytes = 0;
	for await (const chunk of media.stream({ onEnd: () => undefined })) bytes += chunk.length;
	return bytes;
};

/** All hosts of the world, which only the proxy leads to. */
let world: HttpServer;
let proxy: ProxyServer;
/** Where each path redirects to. */
let redirects: Record<string, string> = {};

beforeAll(async () => {
	world = await startHttpServer(({ path }, response) => {
		const location = redirects[path];
		if (location !== undefined) response.writeHead(302, { location }).end();
		else if (path.endsWith('/profile')) response.end('{"credits":1}');
		else response.writeHead(200, { 'content-type': 'audio/mpeg' }).end('ID3-and-more');
	});
	proxy = await startProxyServer(() => world.port);
	process.env.http_proxy = proxy.url;
});

afterEach(() => {
	redirects = {};
});

afterAll(async () => {
	delete process.env.http_proxy;
	await proxy.close();
	await world.close();
});

const sentSince = (count: number) =>
	world.requests.slice(count).map(({ path, headers }) => ({ path, token: headers.authorization }));

describe('media that the service names', () => {
	it.each([
		'http://127.0.0.1:PORT/webhook/x',
		'http://localhost:PORT/webhook/x',
		'http://[::]:PORT/',
		'http://[::ffff:127.0.0.1]:PORT/',
		'http://0.0.0.0:PORT/',
		'http://2130706433:PORT/',
		'http://0177.0.0.1:PORT/',
		'http://169.254.169.254/latest/meta-data',
		'https://metadata.google.internal/computeMetadata',
		'http://intranet/',
	])('are not fetched from %s', async (address) => {
		const before = world.requests.length;
		const client = await clientOf(PUBLIC);
		const url = address.replace('PORT', String(world.port));
		const { message, action, details } = await failureOf(client.download(url, countBytes));
		expect(message).toContain('named a media address in a private network');
		expect(action).toContain('HTTP Request node');
		expect(details).toMatchObject({
			reason: 'forbidden',
			kind: 'terminal',
			attempts: 0,
			outcomeUnknown: false,
		});
		expect(world.requests.length).toBe(before);
	});

	it.each(['http://127.0.0.1:PORT/webhook/x', 'http://[::1]:PORT/', 'http://10.0.0.1/'])(
		'are not fetched from %s after a redirect',
		async (address) => {
			redirects['/a.mp3'] = address.replace('PORT', String(world.port));
			const before = world.requests.length;
			const client = await clientOf(PUBLIC);
			const { message, action, details } = await failureOf(
				client.download('http://media.example.org/a.mp3', countBytes),
			);
			expect(message).toMatch(/redirected to .*, an address in a private network/);
			expect(action).toContain('HTTP Request node');
			expect(details).toMatchObject({ reason: 'forbidden', kind: 'terminal', attempts: 1 });
			expect(sentSince(before).map(({ path }) => path)).toEqual(['/a.mp3']);
		},
	);

	it('are fetched from a private address by an API that stands at one itself', async () => {
		const client = await clientOf(`${world.origin}/api/open/v1`);
		expect(await client.download(`${world.origin}/a.mp3`, countBytes)).toBe(12);
	});

	it('are fetched with the token from the API alone', async () => {
		const before = world.requests.length;
		const client = await clientOf(PUBLIC);
		await client.download('http://api.example.org/own.mp3', countBytes);
		await client.download('http://media.example.org/other.mp3', countBytes);
		expect(sentSince(before)).toEqual([
			{ path: '/own.mp3', token: `Bearer ${TOKEN}` },
			{ path: '/other.mp3', token: undefined },
		]);
	});

	it('bring no token to the API when a media host redirects there', async () => {
		redirects['/a.mp3'] = 'http://api.example.org/api/open/v1/voices';
		const before = world.requests.length;
		const client = await clientOf(PUBLIC);
		await client.download('http://media.example.org/a.mp3', countBytes);
		expect(sentSince(before)).toEqual([
			{ path: '/a.mp3', token: undefined },
			{ path: '/api/open/v1/voices', token: undefined },
		]);
	});

	it('bring no token back to the API that has redirected to another host', async () => {
		redirects['/own.mp3'] = 'http://media.example.org/a.mp3';
		redirects['/a.mp3'] = 'http://api.example.org/api/open/v1/voices';
		const before = world.requests.length;
		const client = await clientOf(PUBLIC);
		await client.download('http://api.example.org/own.mp3', countBytes);
		expect(sentSince(before).map(({ token }) => token)).toEqual([
			`Bearer ${TOKEN}`,
			undefined,
			undefined,
		]);
	});
});

describe('an API on this machine', () => {
	it('is called without the proxy that the environment names', async () => {
		const before = proxy.asked.length;
		const client = await clientOf(`${world.origin}/api/open/v1`);
		expect(await getProfile(client)).toMatchObject({ credits: 1 });
		const named = await clientOf(`http://localhost:${world.port}/api/open/v1`);
		expect(await getProfile(named)).toMatchObject({ credits: 1 });
		expect(proxy.asked.length).toBe(before);
	});

	it('is the only one that is', async () => {
		const before = proxy.asked.length;
		const client = await clientOf(PUBLIC);
		expect(await getProfile(client)).toMatchObject({ credits: 1 });
		expect(proxy.asked.slice(before)).toEqual(['api.example.org:80']);
	});
});
