import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENDPOINTS } from './endpoints.mts';
import { startSandbox, type Sandbox, type SandboxOptions } from './server.mts';
import { clientOf, type TestClient } from './testClient.mts';

let nowMs = Date.UTC(2026, 0, 1);
let sandbox: Sandbox;
let client: TestClient;

async function start(options: SandboxOptions = {}): Promise<void> {
	sandbox = await startSandbox({ now: () => nowMs, ...options });
	client = clientOf(sandbox);
}

beforeEach(async () => await start());
afterEach(async () => {
	await client.close();
	await sandbox.close();
});

async function restart(options: SandboxOptions): Promise<void> {
	await client.close();
	await sandbox.close();
	await start(options);
}

describe('token and rate limit', () => {
	it('refuses a missing or wrong token before it looks at the request', async () => {
		const json = { nonsense: true };
		for (const token of [null, 'another']) {
			const reply = await client.call('POST', '/speech/tts', { json, token });
			expect(reply.status).toBe(401);
			expect(reply.json).toMatchObject({ code: 'unauthorized', requestId: expect.any(String) });
		}
	});

	it('shows the requests it received without the token', async () => {
		await client.get('/profile?x=1');
		const [request] = sandbox.control.requests();
		expect(request).toMatchObject({ method: 'GET', path: '/profile', query: { x: '1' } });
		expect(request?.authorization).toBe('ok');
		expect(JSON.stringify(sandbox.control.requests())).not.toContain(sandbox.token);
	});

	it.each([
		['seconds', '2'],
		['date', new Date(Date.UTC(2026, 0, 1) + 2_000).toUTCString()],
		['none', undefined],
		[7, '7'],
	] as const)('answers 429 when the bucket is empty, Retry-After as %s', async (style, header) => {
		nowMs = Date.UTC(2026, 0, 1);
		await restart({ rateLimit: { capacity: 2, perSecond: 0.5, retryAfter: style } });
		const replies = [];
		for (let index = 0; index < 3; index += 1) replies.push(await client.get('/profile'));
		expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
		expect(replies[2]?.headers['retry-after']).toBe(header);
		nowMs += 2_000;
		expect((await client.get('/profile')).status).toBe(200);
	});
});

describe('profile', () => {
	it('shows both balances and takes a webhook', async () => {
		expect((await client.get('/profile')).json).toEqual({
			user_id: 'user_sandbox',
			api_quota_remaining: 988_000,
			tier: 'pro',
			credits: 1_200,
		});
		const updated = await client.post('/profile', { webhookUrl: 'https://example.com/hook' });
		expect(updated.json).toMatchObject({ webhook_url: 'https://example.com/hook' });
		expect((await client.post('/profile', { webhookUrl: 'nowhere' })).json.field).toBe(
			'webhookUrl',
		);
	});
});

describe('speech', () => {
	it('answers bytes, and charges one credit for each started ten characters', async () => {
		const reply = await client.speak('Hello world');
		expect(reply.status).toBe(200);
		expect(reply.contentType).toBe('audio/mpeg');
		expect(reply.bytes).toEqual((await sandbox.control.audio({ text: 'Hello world' })).bytes);
		expect(sandbox.control.balances().apiQuotaRemaining).toBe(987_998);
		expect(sandbox.control.stats()).toMatchObject({ accepted: 1, creditsCharged: 2 });
	});

	it('answers JSON with a link to the same bytes when asked to cache', async () => {
		const reply = await client.speak('Hello world', { cache: true, format: 'wav' });
		expect(reply.json).toMatchObject({
			success: true,
			format: 'wav',
			characters_used: 11,
			credits_used: 2,
			quota_remaining: 987_998,
		});
		const audio = await client.get(String(reply.json.audio_url), { token: null });
		expect(audio.contentType).toBe('audio/wav');
		const expected = await sandbox.control.audio({ text: 'Hello world', format: 'wav' });
		expect(audio.bytes).toEqual(expected.bytes);
	});

	it('serves a link only with its signature and until it expires', async () => {
		const url = String((await client.speak('Hello', { cache: true })).json.audio_url);
		expect((await client.get(url.replace(/\?.*/, ''))).status).toBe(403);
		nowMs += 3_600_000;
		expect((await client.get(url)).status).toBe(403);
	});

	it.each([
		[{ voiceId: 'voice_123' }, 'text', 400],
		[{ text: ' ', voiceId: 'voice_123' }, 'text', 400],
		[{ text: 'Hi' }, 'voiceId', 400],
		[{ text: 'Hi', voiceId: 'voice_nobody' }, 'voiceId', 404],
		[{ text: 'Hi', voiceId: 'voice_123', format: 'opus' }, 'format', 400],
		[{ text: 'Hi', voiceId: 'voice_123', speed: 3 }, 'speed', 400],
		[{ text: 'Hi', voiceId: 'voice_123', cache: 'yes' }, 'cache', 400],
		[{ text: 'Hi', voiceId: 'voice_123', wrong: 1 }, 'wrong', 400],
		[{ text: 'Hi', voiceId: 'voice_123', reference_id: 'voice_anna' }, 'voiceId', 400],
	])('refuses %j naming %s', async (json, field, status) => {
		const reply = await client.post('/speech/tts', json);
		expect(reply.status).toBe(status);
		expect(reply.json).toMatchObject({ field, message: expect.stringContaining(field) });
		expect(sandbox.control.stats().accepted).toBe(0);
	});

	it.each(['voiceId', 'reference_id', 'modelId'])('takes the voice from %s', async (field) => {
		const json = { text: 'Hi', [field]: 'voice_123', engineModelId: 'fishaudio-s2pro' };
		expect((await client.post('/speech/tts', json)).status).toBe(200);
	});

	it('lets fields pass that it was told to allow', async () => {
		sandbox.control.configure({ extraFields: ['style'] });
		expect((await client.speak('Hi', { style: 'news' })).status).toBe(200);
	});

	it('answers 402 without charging when the quota is too small', async () => {
		sandbox.control.setBalances({ apiQuotaRemaining: 1 });
		expect((await client.speak('Hello world')).status).toBe(402);
		expect(sandbox.control.balances().apiQuotaRemaining).toBe(1);
		expect(sandbox.control.charges()).toEqual([]);
	});

	it('tells the usage in headers when switched on', async () => {
		await restart({ usageHeaders: true });
		const { headers } = await client.speak('Hello world');
		expect(headers['x-openapi-credits-used']).toBe('2');
		expect(headers['x-openapi-quota-remaining']).toBe('987998');
	});
});

describe('speech jobs', () => {
	const order = { text: 'Hello world', voiceId: 'voice_123' };

	it('go from queued over processing to completed by the clock', async () => {
		const created = await client.post('/speech/tts/jobs', order);
		expect(created.status).toBe(202);
		const { id } = created.json;
		expect(created.json).toEqual({ id, status: 'queued' });
		const statuses = [];
		for (let poll = 0; poll < 3; poll += 1) {
			statuses.push((await client.get(`/speech/tts/jobs/${String(id)}`)).json.status);
			nowMs += 500;
		}
		expect(statuses).toEqual(['queued', 'processing', 'completed']);
		const done = await client.get(`/speech/tts/jobs/${String(id)}`);
		const audio = await client.get(String(done.json.audioUrl), { token: null });
		expect(audio.bytes).toEqual((await sandbox.control.audio(order)).bytes);
		expect(sandbox.control.requests(ENDPOINTS.createSpeechJob)[0]?.createdId).toBe(id);
	});

	it('come in the envelope of the schema when chosen', async () => {
		sandbox.control.configure({ jobShape: 'envelope', jobDurationMs: 0 });
		const created = await client.post('/speech/tts/jobs', order);
		expect(created.json).toMatchObject({
			task: { status: 'queued' },
			record: expect.any(Object),
			requestId: expect.stringMatching(/^req_/),
			quotaRemaining: 987_998,
			creditsUsed: 2,
		});
		const [id] = sandbox.control.jobIds('speech');
		const done = await client.get(`/speech/tts/jobs/${id}`);
		expect(done.json.task).toMatchObject({ status: 'completed', audioUrl: expect.any(String) });
	});

	it('report prescribed words poll by poll, the last one for good', async () => {
		sandbox.control.configure({ jobStates: ['waiting', 'rendering', 'done'] });
		const { id } = (await client.post('/speech/tts/jobs', order)).json;
		const statuses = [];
		for (let poll = 0; poll < 4; poll += 1) {
			statuses.push((await client.get(`/speech/tts/jobs/${String(id)}`)).json.status);
		}
		expect(statuses).toEqual(['waiting', 'rendering', 'done', 'done']);
	});

	it.each([
		['error', { error: 'No credit.', code: 'insufficient' }],
		['errorObject', { error: { code: 'insufficient', message: 'No credit.' } }],
		['camelCase', { errorCode: 'insufficient', errorMessage: 'No credit.' }],
		['snakeCase', { error_code: 'insufficient', error_message: 'No credit.' }],
		['message', { code: 'insufficient', message: 'No credit.' }],
		['reason', { code: 'insufficient', reason: 'No credit.' }],
	] as const)('fail on demand, saying why as %s', async (spelling, expected) => {
		sandbox.control.configure({ jobDurationMs: 0 });
		sandbox.control.failNextJobs('speech', {
			code: 'insufficient',
			message: 'No credit.',
			spelling,
		});
		const { id } = (await client.post('/speech/tts/jobs', order)).json;
		const failed = await client.get(`/speech/tts/jobs/${String(id)}`);
		expect(failed.json).toMatchObject({ status: 'failed', ...expected });
	});

	it('are unknown by any other id', async () => {
		expect((await client.get('/speech/tts/jobs/task_nobody')).status).toBe(404);
	});
});

describe('voices', () => {
	it('are listed in pages, searched and filtered', async () => {
		sandbox.control.addVoices(40);
		const page = (await client.get('/voices?limit=20&offset=40')).json;
		expect(page).toMatchObject({ total: 45, page: 3, pageSize: 20, totalPages: 3 });
		expect(page.items).toHaveLength(5);
		const found = (await client.get('/voices?search=ann&provider=fishaudio')).json;
		expect(found.items).toEqual([{ id: 'voice_anna', name: 'Anna', provider: 'fishaudio' }]);
		sandbox.control.configure({ voicesTotal: 9_999 });
		expect((await client.get('/voices')).json.total).toBe(9_999);
		expect((await client.get('/voices?limit=0')).json.field).toBe('limit');
	});

	const sample = (bytes = 2_000, type = 'audio/mpeg') =>
		new Blob([new Uint8Array(bytes)], { type });
	const form = (fields: Record<string, string>, files: Array<[string, Blob, string]>) => {
		const body = new FormData();
		for (const [name, value] of Object.entries(fields)) body.append(name, value);
		for (const [name, blob, fileName] of files) body.append(name, blob, fileName);
		return body;
	};
	const create = async (body: FormData) => {
		const response = await fetch(`${sandbox.baseUrl}/voices`, {
			method: 'POST',
			headers: { authorization: `Bearer ${sandbox.token}` },
			body,
		});
		const json: unknown = await response.json();
		return { status: response.status, json };
	};

	it('are made from samples, usable at once, and deleted unless in use', async () => {
		const fields = { name: 'Eva', visibility: 'private', languages: '["en","ru"]' };
		const body = form(fields, [
			['audioFiles', sample(), 'a.mp3'],
			['audioFiles', sample(3_000, 'audio/wav'), 'b.wav'],
		]);
		const { status } = await create(body);
		expect(status).toBe(201);
		const id = sandbox.control.requests(ENDPOINTS.createVoice)[0]?.createdId ?? '';
		expect((await client.speak('Hi', { voiceId: id })).status).toBe(200);
		sandbox.control.markVoiceInUse('voice_anna');
		expect((await client.call('DELETE', '/voices/voice_anna')).status).toBe(409);
		expect((await client.call('DELETE', `/voices/${id}`)).status).toBe(200);
		expect((await client.call('DELETE', `/voices/${id}`)).status).toBe(404);
		expect(sandbox.control.requests(ENDPOINTS.createVoice)[0]?.body).toContainEqual(
			expect.objectContaining({ kind: 'file', name: 'audioFiles', fileName: 'b.wav' }),
		);
	});

	it.each([
		['name', {}, [['audioFiles', sample(), 'a.mp3']], 400],
		['audioFiles', { name: 'Eva' }, [], 400],
		['audioFiles', { name: 'Eva' }, [['audioFiles', sample(), 'a.txt']], 400],
		['audioFiles', { name: 'Eva' }, [['audioFiles', sample(9, 'video/mp4'), 'a.mp3']], 400],
		['audioFiles', { name: 'Eva' }, [['audioFiles', sample(0), 'a.mp3']], 400],
		['file', { name: 'Eva' }, [['file', sample(), 'a.mp3']], 400],
		['visibility', { name: 'E', visibility: 'secret' }, [['audioFiles', sample(), 'a.mp3']], 400],
		['languages', { name: 'E', languages: 'en' }, [['audioFiles', sample(), 'a.mp3']], 400],
		['audioFiles', { name: 'E' }, [['audioFiles', sample(26 * 1024 * 1024), 'a.mp3']], 413],
	] satisfies Array<[string, Record<string, string>, Array<[string, Blob, string]>, number]>)(
		'are refused when %s is wrong (%j)',
		async (field, fields, files, expectedStatus) => {
			const { status, json } = await create(form(fields, files));
			expect(status).toBe(expectedStatus);
			expect(json).toMatchObject({ field });
			expect(sandbox.control.stats().accepted).toBe(0);
		},
	);
});

describe('openapi.json', () => {
	it('stands beside the base path, needs no token and lists account-specific paths', async () => {
		await restart({ openApiPaths: { '/images': { post: {} } } });
		const reply = await client.get(`${sandbox.origin}/api/openapi.json`, { token: null });
		expect(reply.status).toBe(200);
		expect(Object.keys(reply.json.paths ?? {})).toEqual(
			expect.arrayContaining(['/profile', '/speech/tts/jobs/{taskId}', '/images']),
		);
	});
});

describe('anything else', () => {
	it('is 404 in the documented shape, after the token', async () => {
		expect((await client.get('/nothing')).json).toMatchObject({ code: 'not_found' });
		expect((await client.get('/nothing', { token: null })).status).toBe(401);
		expect(sandbox.control.requests('unknown')).toHaveLength(2);
	});
});
