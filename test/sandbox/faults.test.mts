import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from './endpoints.mts';
import { FaultBook, type FaultAction } from './faults.mts';
import { startSandbox, type Sandbox } from './server.mts';
import { clientOf, type TestClient } from './testClient.mts';

let sandbox: Sandbox;
let client: TestClient;

beforeAll(async () => {
	sandbox = await startSandbox({ jobDurationMs: 0 });
	client = clientOf(sandbox);
});
afterEach(async () => await sandbox.control.reset());
afterAll(async () => {
	await client.close();
	await sandbox.close();
});

const fault = (action: FaultAction, match = {}) =>
	sandbox.control.addFaults({ match: { path: ENDPOINTS.synthesize, ...match }, do: action });
const accepted = () => sandbox.control.stats().accepted;

describe('faults that replace the answer', () => {
	it.each([
		['json', 'application/json; charset=utf-8'],
		['legacy', 'application/json; charset=utf-8'],
		['html', 'text/html'],
		['text', 'text/plain'],
		['empty', undefined],
	] as const)('give a status with a body of kind %s', async (body, contentType) => {
		fault({ kind: 'status', status: 503, body, retryAfter: 7, headers: { 'x-more': '1' } });
		const reply = await client.speak('Hi');
		expect(reply).toMatchObject({ status: 503, contentType });
		expect(reply.headers).toMatchObject({ 'retry-after': '7', 'x-more': '1' });
		expect(accepted()).toBe(0);
	});

	it.each([
		['absurd', /^99999999$/],
		[{ dateInSeconds: 3 }, / GMT$/],
		[{ raw: 'soon' }, /^soon$/],
	] as const)('give Retry-After as %j', async (retryAfter, expected) => {
		fault({ kind: 'status', status: 429, retryAfter });
		expect((await client.speak('Hi')).headers['retry-after']).toMatch(expected);
	});

	it('do the work and charge first when told to', async () => {
		fault({ kind: 'status', status: 500, accept: true });
		expect((await client.speak('Hi')).status).toBe(500);
		expect(sandbox.control.stats()).toMatchObject({ accepted: 1, charges: 1 });
	});

	it('do not count a request as accepted that the service would have refused', async () => {
		fault({ kind: 'status', status: 500, accept: true });
		expect((await client.speak('Hi', { wrong: true })).status).toBe(500);
		expect(accepted()).toBe(0);
	});

	it('give an error body, HTML or nothing with status 200, or any bytes word for word', async () => {
		fault({ kind: 'status', status: 200 });
		expect((await client.speak('Hi')).json.code).toBe('server_error');
		fault({ kind: 'status', status: 200, body: 'html' });
		expect((await client.speak('Hi')).contentType).toBe('text/html');
		fault({ kind: 'status', status: 200, body: 'empty' });
		expect((await client.speak('Hi')).bytes).toHaveLength(0);
		fault({ kind: 'raw', contentType: 'application/json', bodyBase64: '//4=' });
		expect((await client.speak('Hi')).bytes).toEqual(Buffer.from([0xff, 0xfe]));
		expect(accepted()).toBe(0);
	});

	it('redirect to the same place, to another origin or anywhere', async () => {
		for (const [to, expected] of [
			['self', /^\/api\/open\/v1\/speech\/tts$/],
			['otherOrigin', /^http:\/\/127\.0\.0\.1:\d+\/api\/open\/v1\/speech\/tts$/],
			['https://example.com/x', /^https:\/\/example\.com\/x$/],
		] as const) {
			fault({ kind: 'redirect', to, status: 307 });
			const reply = await client.speak('Hi');
			expect(reply.status).toBe(307);
			expect(reply.headers.location).toMatch(expected);
			expect(reply.headers.location).not.toContain(sandbox.origin);
		}
	});
});

describe('faults of the connection', () => {
	it.each([
		[{ kind: 'reset' }, 0],
		[{ kind: 'reset', accept: true }, 1],
		[{ kind: 'cutBody' }, 1],
		[{ kind: 'cutBody', how: 'reset', chunked: true }, 1],
		[{ kind: 'contentLength', delta: 10 }, 1],
	] satisfies Array<[FaultAction, number]>)(
		'%j fails the call with %i accepted',
		async (action, n) => {
			fault(action);
			await expect(client.speak('Hi')).rejects.toThrow();
			expect(accepted()).toBe(n);
			expect(sandbox.control.requests()[0]).toMatchObject({ fault: action.kind, outcome: 'cut' });
			expect((await client.speak('Hi')).status).toBe(200);
		},
	);

	it.each([
		[{ kind: 'stall' }, 0],
		[{ kind: 'stall', accept: true }, 1],
		[{ kind: 'stallBody', afterBytes: 10 }, 1],
	] satisfies Array<[FaultAction, number]>)(
		'%j holds until aborted, %i accepted',
		async (action, n) => {
			fault(action);
			const abort = new AbortController();
			const options = { json: { text: 'Hi', voiceId: 'voice_123' }, signal: abort.signal };
			const call = client.call('POST', '/speech/tts', options);
			await sandbox.control.waitForRequests(({ fault: kind }) => kind === action.kind);
			abort.abort();
			await expect(call).rejects.toThrow();
			expect(accepted()).toBe(n);
		},
	);

	it('close a reused connection as the next create is written, without accepting it', async () => {
		const fresh = clientOf(sandbox);
		fault({ kind: 'idleClose' });
		await fresh.get('/profile');
		await expect(fresh.speak('Hi')).rejects.toThrow();
		expect(accepted()).toBe(0);
		expect(sandbox.control.requests(ENDPOINTS.synthesize)).toHaveLength(1);
		await fresh.close();
	});

	it('wait with that for a connection that is reused', async () => {
		const fresh = clientOf(sandbox);
		fault({ kind: 'idleClose' });
		expect((await fresh.speak('Hi')).status).toBe(200);
		await expect(fresh.speak('Hi')).rejects.toThrow();
		await fresh.close();
	});

	it('refuse new connections for a while', async () => {
		fault({ kind: 'goAway', forMs: 60_000 });
		expect((await client.speak('Hi')).status).toBe(200);
		await expect(client.speak('Hi')).rejects.toThrow(/ECONNREFUSED/);
		await sandbox.control.reset();
		expect((await client.speak('Hi')).status).toBe(200);
	});
});

describe('faults of the delivery', () => {
	it('drip the body and lose nothing', async () => {
		fault({ kind: 'drip', bytes: 500, everyMs: 1 });
		const { bytes } = await client.speak('Hi');
		expect(bytes).toEqual((await sandbox.control.audio({ text: 'Hi' })).bytes);
	});

	it.each(['gzip', 'br', 'deflate'] as const)('encode the body with %s', async (encoding) => {
		fault({ kind: 'encode', encoding });
		expect((await client.speak('Hi')).headers['content-encoding']).toBe(encoding);
	});

	it('truncate JSON in a complete message', async () => {
		fault({ kind: 'truncate' });
		const reply = await client.speak('Hi', { cache: true });
		expect(reply.status).toBe(200);
		expect(() => JSON.parse(reply.bytes.toString())).toThrow();
	});

	it('lie about the type', async () => {
		fault({ kind: 'contentType', contentType: 'text/plain' });
		expect((await client.speak('Hi')).contentType).toBe('text/plain');
	});

	it('edit JSON: values, removals, numbers as texts', async () => {
		fault({
			kind: 'editJson',
			set: { 'a.b': 1, format: 'ogg' },
			remove: ['audio_url'],
			numbersAsStrings: true,
		});
		const { json } = await client.speak('Hello world', { cache: true });
		expect(json).toMatchObject({ a: { b: 1 }, format: 'ogg', credits_used: '2' });
		expect(json).not.toHaveProperty('audio_url');
	});

	it('reach generated files too, on their own origin if so chosen', async () => {
		sandbox.control.configure({ mediaOrigin: 'other' });
		const url = String((await client.speak('Hi', { cache: true })).json.audio_url);
		expect(url.startsWith(sandbox.origin)).toBe(false);
		sandbox.control.addFaults({
			match: { path: ENDPOINTS.downloadFile },
			do: { kind: 'status', status: 403 },
		});
		expect((await client.get(url, { token: null })).status).toBe(403);
		expect((await client.get(url, { token: null })).status).toBe(200);
		expect(sandbox.control.requests(ENDPOINTS.downloadFile)[0]).toMatchObject({
			listener: 'media',
			authorization: 'missing',
		});
		sandbox.control.configure({ mediaNeedsToken: true });
		expect((await client.get(url, { token: null })).status).toBe(401);
		expect((await client.get(url)).status).toBe(200);
	});
});

describe('which call fails', () => {
	it('is the nth that matches, as often as said', async () => {
		fault({ kind: 'status', status: 500 }, { nth: 2, times: 2 });
		const statuses = [];
		for (let call = 0; call < 5; call += 1) statuses.push((await client.speak('Hi')).status);
		expect(statuses).toEqual([200, 500, 500, 200, 200]);
		expect(sandbox.control.faults()).toMatchObject([{ seen: 3, fired: 2 }]);
	});

	it('follows the order of the rules, like a script', async () => {
		fault({ kind: 'status', status: 429 });
		fault({ kind: 'status', status: 500 });
		const statuses = [];
		for (let call = 0; call < 3; call += 1) statuses.push((await client.speak('Hi')).status);
		expect(statuses).toEqual([429, 500, 200]);
	});

	it('can be told by path prefix, regular expression, method and body', async () => {
		sandbox.control.addFaults(
			{ match: { path: '/voi' }, do: { kind: 'status', status: 500 } },
			{ match: { path: /^\/pro/, method: 'get' }, do: { kind: 'status', status: 502 } },
			{ match: { body: 'third' }, do: { kind: 'status', status: 503 } },
		);
		expect((await client.speak('first')).status).toBe(200);
		expect((await client.speak('third')).status).toBe(503);
		expect((await client.get('/profile')).status).toBe(502);
		expect((await client.get('/voices')).status).toBe(500);
	});

	it('can be chance: the same seed spoils the same requests in any order', () => {
		const bodies = Array.from({ length: 400 }, (_, index) => Buffer.from(`item ${index}`));
		const spoilt = (order: readonly Buffer[], seed: number) => {
			const book = new FaultBook();
			book.add([{ match: { probability: 0.1, seed }, do: { kind: 'reset' } }]);
			const subject = { method: 'POST', path: '/x', endpoint: 'POST /x', reusedConnection: true };
			const hit = order.filter((body) => book.onRequest({ ...subject, body }) !== undefined);
			return hit.map(String).sort();
		};
		const hit = spoilt(bodies, 1);
		expect(hit.length).toBeGreaterThan(20);
		expect(hit.length).toBeLessThan(60);
		expect(spoilt([...bodies].reverse(), 1)).toEqual(hit);
		expect(spoilt(bodies, 2)).not.toEqual(hit);
	});

	it('refuses a rule that is none', () => {
		const wrong = { do: { kind: 'status', status: 20 } } as const;
		expect(() => sandbox.control.addFaults(wrong)).toThrow();
	});
});

describe('the account under random faults', () => {
	it('is exact: what was charged is what was accepted, and every answer was accepted', async () => {
		const actions: FaultAction[] = [
			{ kind: 'reset' },
			{ kind: 'reset', accept: true },
			{ kind: 'status', status: 500 },
			{ kind: 'status', status: 500, accept: true },
			{ kind: 'cutBody' },
			{ kind: 'delay', ms: 2 },
			{ kind: 'truncate' },
		];
		const match = { probability: 0.1, seed: 7 };
		sandbox.control.addFaults(...actions.map((action) => ({ match, do: action })));
		const clients = Array.from({ length: 10 }, () => clientOf(sandbox));
		const outcomes = await Promise.all(
			Array.from({ length: 500 }, async (_, index) => {
				const speaker = clients[index % clients.length] ?? client;
				const reply = await speaker.speak(`Paragraph number ${index}`).catch(() => undefined);
				return reply?.status ?? 0;
			}),
		);
		await Promise.all(clients.map(async (one) => await one.close()));
		const stats = sandbox.control.stats();
		const requests = sandbox.control.requests();
		const lostAfterWork = requests.filter((request) => request.accepted && request.status !== 200);
		const answered = outcomes.filter((status) => status === 200).length;
		const cut = requests.filter((request) => request.fault === 'cutBody').length;
		expect(stats.charges).toBe(stats.accepted);
		expect(sandbox.control.balances().apiQuotaRemaining).toBe(988_000 - stats.creditsCharged);
		expect(stats.accepted).toBe(answered + cut + lostAfterWork.length);
		expect(new Set(outcomes)).toEqual(new Set([0, 200, 500]));
	});
});
