import { describe, expect, it } from 'vitest';
import {
	callLines,
	ENDPOINTS,
	failureOf,
	ledgerOf,
	speak,
	storeAudio,
	tracesOf,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechSpeechToText';
const transcribe = { operation: 'transcribe', audioSource: 'binary', simplify: false };

const lab = useLab({ servesFiles: true });

async function itemWithAudio() {
	const { bytes } = await speak(lab, 'A private recording.');
	return { binary: { data: await storeAudio(lab, bytes) } };
}

/** The signed URLs that the service was sent. */
function sentUrls(): string[] {
	return lab.control.requests(ENDPOINTS.transcribe).map(({ body }) => {
		const { audioUrl } = body as { audioUrl: string };
		return audioUrl;
	});
}

function tokenOf(url: string): string {
	return new URL(url).searchParams.get('token') ?? '';
}

describe('a signed URL', () => {
	it('is valid for as long as the options say', async () => {
		for (const [options, minutes] of [
			[{}, 60],
			[{ signedUrlMinutes: 5 }, 5],
		] as const) {
			await lab.run(NODE, { ...transcribe, options }, { items: [await itemWithAudio()] });
			const payload = tokenOf(sentUrls().at(-1) ?? '').split('.')[1] ?? '';
			const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
			expect((exp - iat) / 60).toBe(minutes);
		}
	});

	it('appears in nothing that n8n stores or shows when all goes well', async () => {
		const items = [await itemWithAudio()];
		const result = await lab.run(NODE, { ...transcribe, subtitles: 'srt' }, { items });
		const [url = ''] = sentUrls();
		expect(tokenOf(url).length).toBeGreaterThan(50);
		expect(result.status).toBe('success');
		expect(tracesOf(result)).not.toContain(tokenOf(url));
		expect(tracesOf(result)).not.toContain('signed?token=');
	});

	it('is masked where the service repeats it in an error', async () => {
		const item = await itemWithAudio();
		// The sandbox says in its 400 which address it could not read.
		await lab.engine.binary.deleteExecution('upstream', 'upstream');
		const result = await lab.run(NODE, transcribe, { items: [item] });
		const [url = ''] = sentUrls();
		expect(failureOf(result).error).toContain('audioUrl: [signed n8n URL] cannot be read');
		expect(tracesOf(result)).not.toContain(tokenOf(url));
	});

	it('is not part of what is remembered: each try has its own, the item stays the same', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.transcribe, nth: 1, times: 2 },
			do: { kind: 'status', status: 429 },
		});
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
		const parameters = { ...transcribe, options: { maxRetries: 0 } };
		const result = await lab.run(NODE, parameters, { items: [await itemWithAudio()], settings });
		expect(result.status).toBe('success');
		const keys = lab.control
			.requests(ENDPOINTS.transcribe)
			.map(({ idempotencyKey }) => idempotencyKey);
		expect(keys).toHaveLength(3);
		expect(new Set(keys).size).toBe(1);
	});

	it('is not in the memory of a node that failed', async () => {
		const items = [await itemWithAudio(), await itemWithAudio()];
		lab.control.addFaults({
			match: { path: ENDPOINTS.transcribe, nth: 2 },
			do: { kind: 'status', status: 422 },
		});
		const parameters = { ...transcribe, subtitles: 'srt', options: { concurrency: 1 } };
		const result = await lab.run(NODE, parameters, { items });
		expect(result.status).toBe('error');
		expect(Object.keys(ledgerOf(result))).toHaveLength(2);
		for (const url of sentUrls()) expect(tracesOf(result)).not.toContain(tokenOf(url));
	});
});

describe('the query of a given URL', () => {
	it('appears in no error, whole or in parts', async () => {
		const audioUrl = 'https://media.example.org/talk.mp3?X-Signature=very%2Fsecret-value&part=2';
		for (const message of [
			`cannot read ${audioUrl}`,
			'the signature very/secret-value has expired',
			'the signature very%2Fsecret-value has expired',
			'query: X-Signature=very%2Fsecret-value&part=2',
		]) {
			lab.control.addFaults({
				match: { path: ENDPOINTS.transcribe },
				do: { kind: 'status', status: 400, message },
			});
			const result = await lab.run(NODE, { operation: 'transcribe', audioUrl });
			const { error, message: action } = failureOf(result);
			expect(error).toContain('[query]');
			expect(error + action).not.toMatch(/very|secret-value/);
		}
	});
});

describe('a file that the service could not fetch is refused before anything is sent', () => {
	const publicApi = () =>
		lab.engine.credential('fishSpeechApi', {
			apiToken: 'token',
			baseUrl: 'https://api.example.org/api/open/v1',
		});

	it.each([
		'http://localhost:5678/',
		'http://127.0.0.1:5678/',
		'http://192.168.1.20:5678/',
		'http://[::1]:5678/',
		'http://n8n:5678/',
		'https://n8n.local/',
	])('from an n8n at %s', async (instanceBaseUrl) => {
		const run = { items: [await itemWithAudio()], credential: publicApi(), instanceBaseUrl };
		const result = await lab.run(NODE, transcribe, run);
		const { error, message, details } = failureOf(result);
		const { origin } = new URL(instanceBaseUrl);
		expect(error).toContain(`the address of this n8n is ${origin}, which FishSpeech cannot reach`);
		expect(message).toContain('WEBHOOK_URL');
		expect(details).toMatchObject({ reason: 'invalidParameter', attempts: 0 });
		expect(callLines(result)).toEqual([]);
	});

	it('from an n8n whose address lacks its https', async () => {
		const instanceBaseUrl = 'n8n.example.org:5678/';
		const run = { items: [await itemWithAudio()], credential: publicApi(), instanceBaseUrl };
		const result = await lab.run(NODE, transcribe, run);
		expect(failureOf(result).error).toContain('is not an http or https URL');
		expect(failureOf(result).message).toContain('WEBHOOK_URL');
	});

	it('but not when the service is on this machine too', async () => {
		const result = await lab.run(NODE, transcribe, { items: [await itemWithAudio()] });
		expect(result.status).toBe('success');
	});
});
