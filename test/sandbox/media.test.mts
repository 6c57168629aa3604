import http from 'node:http';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/v4';
import { makeClip, startSandbox, type Sandbox } from './server.mts';
import { clientOf, type TestClient } from './testClient.mts';

let sandbox: Sandbox;
let client: TestClient;
let clip: Buffer;

beforeAll(async () => {
	clip = await makeClip();
	sandbox = await startSandbox({ jobDurationMs: 0 });
	client = clientOf(sandbox);
});
afterEach(async () => await sandbox.control.reset());
afterAll(async () => {
	await client.close();
	await sandbox.close();
});

/** Serves one file on another origin for as long as `use` takes. */
async function served(bytes: Buffer, use: (url: string) => Promise<void>): Promise<void> {
	const server = http.createServer((_request, response) => response.end(bytes));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	try {
		await use(`http://127.0.0.1:${port}/file?secret=1`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

describe('the clip', () => {
	it('is a readable H.264 video of the length asked for', async () => {
		const input = new Input({ source: new BufferSource(clip), formats: ALL_FORMATS });
		const video = await input.getPrimaryVideoTrack();
		expect(await video?.getCodec()).toBe('avc');
		expect(await input.computeDuration()).toBeCloseTo(1.2, 1);
	});
});

describe('transcriptions', () => {
	const text = 'The first sentence. And a second, longer one!';

	it('know what the sandbox spoke by its bytes, wherever they are served', async () => {
		const { bytes } = await client.speak(text);
		await served(bytes, async (audioUrl) => {
			const reply = await client.post('/speech/transcriptions', { audioUrl, language: 'en' });
			expect(reply.json).toMatchObject({ text, credits_used: 1 });
			const duration = Number(reply.json.duration);
			expect(duration).toBeCloseTo((await sandbox.control.audio({ text })).durationSeconds, 2);
			expect(reply.json.segments).toEqual([
				{ start: 0, end: expect.any(Number), text: 'The first sentence.' },
				{ start: expect.any(Number), end: duration, text: 'And a second, longer one!' },
			]);
		});
	});

	it('know the links of the sandbox itself', async () => {
		const audioUrl = (await client.speak(text, { cache: true })).json.audio_url;
		expect((await client.post('/speech/transcriptions', { audioUrl })).json.text).toBe(text);
	});

	it('answer 422 for anything else and 400 for what cannot be read', async () => {
		await served(Buffer.from('no audio'), async (audioUrl) => {
			expect((await client.post('/speech/transcriptions', { audioUrl })).status).toBe(422);
		});
		const closed = await client.post('/speech/transcriptions', {
			audioUrl: 'http://127.0.0.1:1/a',
		});
		expect(closed).toMatchObject({ status: 400, json: { field: 'audioUrl' } });
		expect(sandbox.control.stats().accepted).toBe(0);
	});
});

describe('lip sync', () => {
	const publish = async (bytes: Buffer, mimeType: string, extension: string) =>
		await sandbox.control.publishFile({ bytes, mimeType, extension });

	it.each(['mp3', 'wav'] as const)('joins the video with %s sound to one MP4', async (format) => {
		const speech = await sandbox.control.audio({ text: 'Hello there', format });
		await served(clip, async (videoUrl) => {
			const audioUrl = await publish(speech.bytes, speech.mimeType, format);
			const created = await client.post('/media/lip-sync/jobs', { videoUrl, audioUrl });
			expect(created.json).toMatchObject({ success: true, data: { status: 'queued' } });
			const [id] = sandbox.control.jobIds('lipSync');
			const { data } = (await client.get(`/media/lip-sync/jobs/${id}`)).json;
			expect(data).toMatchObject({ id, status: 'completed', progress: 100 });
			const { result_url: resultUrl } = z.object({ result_url: z.url() }).parse(data);
			const result = await client.get(resultUrl, { token: null });
			expect(result.contentType).toBe('video/mp4');
			const input = new Input({ source: new BufferSource(result.bytes), formats: ALL_FORMATS });
			expect(await (await input.getPrimaryVideoTrack())?.getCodec()).toBe('avc');
			const sound = await input.getPrimaryAudioTrack();
			expect(await sound?.computeDuration()).toBeCloseTo(speech.durationSeconds, 1);
		});
	});

	it('answers 422 when video and audio are swapped', async () => {
		const { bytes } = await sandbox.control.audio({ text: 'Hello' });
		const audioUrl = await publish(clip, 'video/mp4', 'mp4');
		const videoUrl = await publish(bytes, 'audio/mpeg', 'mp3');
		const reply = await client.post('/media/lip-sync/jobs', { videoUrl, audioUrl });
		expect(reply).toMatchObject({ status: 422, json: { field: 'videoUrl' } });
	});

	it('lists jobs in pages, filtered by status, with the reason of failed ones', async () => {
		const { bytes } = await sandbox.control.audio({ text: 'Hello' });
		const order = {
			videoUrl: await publish(clip, 'video/mp4', 'mp4'),
			audioUrl: await publish(bytes, 'audio/mpeg', 'mp3'),
		};
		sandbox.control.failNextJobs('lipSync', { code: 'ERR_NO_FACE', message: 'No face.' });
		for (let job = 0; job < 3; job += 1) await client.post('/media/lip-sync/jobs', order);
		const page = await client.get('/media/lip-sync/jobs?page=2&limit=2');
		expect(page.json.data).toMatchObject({
			tasks: [{ status: 'failed', error_code: 'ERR_NO_FACE', error_message: 'No face.' }],
			pagination: { page: 2, limit: 2, total: 3, total_pages: 2, has_more: false },
			statistics: { total: 3, completed: 2, failed: 1 },
		});
		const completed = await client.get('/media/lip-sync/jobs?status=completed');
		expect(completed.json.data).toMatchObject({ pagination: { total: 2 } });
		expect((await client.get('/media/lip-sync/jobs?limit=51')).json.field).toBe('limit');
	});
});
