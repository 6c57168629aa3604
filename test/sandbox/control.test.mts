import { generate } from 'selfsigned';
import { Agent, request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from './endpoints.mts';
import { startSandbox, type Sandbox } from './server.mts';
import { clientOf, type TestClient } from './testClient.mts';

let sandbox: Sandbox;
let client: TestClient;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = clientOf(sandbox);
});
afterEach(async () => await sandbox.control.reset());
afterAll(async () => {
	await client.close();
	await sandbox.close();
});

const control = async (method: string, path: string, json?: unknown) =>
	await client.call(method, `${sandbox.origin}/__sandbox${path}`, { json, token: null });

describe('control over HTTP', () => {
	it('sets, shows and clears faults, and says what is wrong with one', async () => {
		const rule = { match: { path: '/profile' }, do: { kind: 'status', status: 503 } };
		expect((await control('POST', '/faults', rule)).status).toBe(200);
		expect((await client.get('/profile')).status).toBe(503);
		expect((await control('GET', '/faults')).bytes.toString()).toContain('"fired":1');
		await control('POST', '/faults', [rule]);
		await control('DELETE', '/faults');
		expect((await client.get('/profile')).status).toBe(200);
		expect((await control('POST', '/faults', { do: { kind: 'magic' } })).status).toBe(400);
	});

	it('lists requests and statistics, changes account and behaviour, resets', async () => {
		await control('POST', '/account', { apiQuotaRemaining: 5, credits: 6 });
		expect((await client.get('/profile')).json).toMatchObject({ credits: 6 });
		await control('POST', '/behaviour', { jobShape: 'envelope', jobDurationMs: 0 });
		const order = { text: 'Hi', voiceId: 'voice_123' };
		expect((await client.post('/speech/tts/jobs', order)).json).toHaveProperty('task');
		expect((await control('GET', '/stats')).json).toMatchObject({ requests: 2, accepted: 1 });
		const listed = await control('GET', '/requests?endpoint=POST%20/speech/tts/jobs');
		expect(listed.bytes.toString()).toContain('"createdId":"task_');
		await control('POST', '/reset');
		expect((await control('GET', '/stats')).json).toMatchObject({ requests: 0 });
		expect((await client.get('/profile')).json).toMatchObject({ credits: 1_200 });
	});

	it('fails jobs, adds voices, gives audio and a clip', async () => {
		await control('POST', '/job-failures', { kind: 'speech', failures: [{ code: 'ERR_X' }] });
		await control('POST', '/behaviour', { jobDurationMs: 0 });
		const { id } = (await client.post('/speech/tts/jobs', { text: 'Hi', voiceId: 'voice_123' }))
			.json;
		expect((await client.get(`/speech/tts/jobs/${String(id)}`)).json.status).toBe('failed');
		await control('POST', '/voices', { add: 3 });
		expect((await client.get('/voices')).json.total).toBe(8);
		const audio = await control('GET', '/audio?text=Hi');
		expect(audio.bytes).toEqual((await client.speak('Hi')).bytes);
		const { url } = (await control('POST', '/clip')).json;
		expect((await client.get(String(url))).contentType).toBe('video/mp4');
	});
});

describe('control in process', () => {
	it('starts quickly once the modules are loaded', async () => {
		// What other processes take of the machine does not count.
		const startedAt = process.cpuUsage();
		const second = await startSandbox();
		const { user, system } = process.cpuUsage(startedAt);
		expect((user + system) / 1_000).toBeLessThan(200);
		await second.close();
	});

	it('counts connections and requests', async () => {
		const fresh = await startSandbox();
		const one = clientOf(fresh);
		for (let call = 0; call < 200; call += 1) await one.get('/profile');
		expect(fresh.control.stats()).toMatchObject({ requests: 200, connectionsOpened: 1 });
		fresh.control.closeIdleConnections();
		await expect.poll(async () => (await one.get('/profile')).status).toBe(200);
		expect(fresh.control.stats().connectionsOpened).toBe(2);
		await one.close();
		await fresh.close();
	});

	it('keeps a late request of the time before a reset out of the new count', async () => {
		sandbox.control.configure({ latencyMs: 50 });
		const late = client.speak('Hi');
		await sandbox.control.waitForRequests(({ accepted }) => accepted);
		await sandbox.control.reset();
		expect((await late).status).toBe(200);
		expect(sandbox.control.stats()).toMatchObject({ requests: 0, accepted: 0 });
		expect(sandbox.control.balances().apiQuotaRemaining).toBe(988_000);
	});

	it('closes at once although a request is stalled', async () => {
		const fresh = await startSandbox();
		const one = clientOf(fresh);
		fresh.control.addFaults({ do: { kind: 'stall' } });
		const stalled = expect(one.get('/profile')).rejects.toThrow();
		await fresh.control.waitForRequests(ENDPOINTS.getProfile);
		await fresh.close();
		await stalled;
		await one.close();
	});

	it('speaks TLS when given a certificate', async () => {
		const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
		const secure = await startSandbox({ tls: { key, cert } });
		const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
		const headers = { authorization: `Bearer ${secure.token}` };
		const reply = await request(`${secure.baseUrl}/profile`, { dispatcher, headers });
		expect(reply.statusCode).toBe(200);
		expect(secure.baseUrl).toMatch(/^https:/);
		await reply.body.dump();
		await dispatcher.close();
		await secure.close();
	});
});
