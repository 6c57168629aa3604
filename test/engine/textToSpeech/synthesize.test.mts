import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
	audioSeconds,
	callLines,
	ENDPOINTS,
	rowsOf,
	synthesize,
	texts,
	useLab,
	voice,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const TEXT = 'Good morning! Here is your news for today, read aloud for you.';
const one = { items: [{ json: { text: TEXT } }] };

const lab = useLab();

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const sentBodies = () => lab.control.requests(ENDPOINTS.synthesize).map(({ body }) => body);

describe('Synthesize', () => {
	it.each(['mp3', 'wav'] as const)('puts playable %s into the output item', async (format) => {
		lab.control.configure({ usageHeaders: true });
		const result = await lab.run(NODE, synthesize({ format }), one);
		expect(result.status).toBe('success');
		const [row] = rowsOf(result);
		const spoken = await lab.control.audio({ text: TEXT, format });
		const file = await lab.engine.binary.read(row);
		expect(file).toEqual(spoken.bytes);
		expect(await audioSeconds(file)).toBeCloseTo(spoken.durationSeconds, 1);
		expect(row?.json).toEqual({
			voiceId: 'voice_123',
			format,
			textHash: sha256(TEXT),
			characters: TEXT.length,
			mimeType: { mp3: 'audio/mpeg', wav: 'audio/wav' }[format],
			bytes: spoken.bytes.length,
			durationSeconds: expect.closeTo(spoken.durationSeconds, 1),
			creditsUsed: 7,
			quotaRemaining: 988_000 - 7,
		});
		expect(row?.binary?.data).toMatchObject({
			fileName: `speech-${sha256(TEXT).slice(0, 8)}.${format}`,
			mimeType: { mp3: 'audio/mpeg', wav: 'audio/wav' }[format],
			fileExtension: format,
		});
	});

	it('downloads audio that the service keeps at a URL', async () => {
		const parameters = synthesize({ delivery: 'fileViaUrl', outputBinaryField: 'speech' });
		const result = await lab.run(NODE, parameters, one);
		const [row] = rowsOf(result);
		const { bytes } = await lab.control.audio({ text: TEXT });
		expect(await lab.engine.binary.read(row, 'speech')).toEqual(bytes);
		expect(sentBodies()).toMatchObject([{ cache: true }]);
		expect(row?.json).toMatchObject({
			audioUrl: expect.stringContaining('/files/'),
			expiresAt: expect.any(String),
			creditsUsed: 7,
			bytes: bytes.length,
		});
		expect(row?.json).not.toHaveProperty('raw');
	});

	it('repeats a download that breaks off, without paying again', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.downloadFile, times: 3 },
			do: { kind: 'cutBody' },
		});
		const result = await lab.run(NODE, synthesize({ delivery: 'fileViaUrl' }), one);
		expect(result.status).toBe('success');
		expect(lab.control.requests(ENDPOINTS.downloadFile)).toHaveLength(4);
		expect(lab.control.stats().accepted).toBe(1);
	});

	it('shows no token that the service puts into an address', async () => {
		const { token, origin } = lab.sandbox;
		const body = JSON.stringify({ audio_url: `${origin}/a.mp3?key=${token}`, expires_at: token });
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize },
			do: { kind: 'raw', contentType: 'application/json', body, accept: true },
		});
		const result = await lab.run(NODE, synthesize({ delivery: 'url' }), one);
		expect(result.status).toBe('success');
		expect(JSON.stringify(result.rows)).not.toContain(token);
	});

	it('returns the URL alone where that is wanted', async () => {
		const result = await lab.run(NODE, synthesize({ delivery: 'url' }), one);
		const [row] = rowsOf(result);
		expect(row?.json).toEqual({
			voiceId: 'voice_123',
			format: 'mp3',
			textHash: sha256(TEXT),
			characters: TEXT.length,
			creditsUsed: 7,
			quotaRemaining: 988_000 - 7,
			audioUrl: expect.stringMatching(/\/files\/.+\.mp3\?signature=/),
			expiresAt: expect.any(String),
		});
		expect(row?.binary).toBeUndefined();
		expect(lab.control.requests()).toHaveLength(1);
	});

	it('hands over the server’s body where Simplify is off', async () => {
		const result = await lab.run(NODE, synthesize({ delivery: 'url', simplify: false }), one);
		expect(result.rows[0]?.raw).toMatchObject({ success: true, characters_used: TEXT.length });
	});

	it('stores the audio with a hint when it came in place of a URL', async () => {
		const { bytes } = await lab.control.audio({ text: TEXT });
		lab.control.addFaults({
			do: {
				kind: 'raw',
				contentType: 'audio/mpeg',
				bodyBase64: bytes.toString('base64'),
				accept: true,
			},
		});
		const result = await lab.run(NODE, synthesize({ delivery: 'url' }), one);
		expect(await lab.engine.binary.read(rowsOf(result)[0])).toEqual(bytes);
		expect(result.hints[0]?.message).toContain('sent audio instead of a URL');
	});

	it('downloads audio when a URL came in place of it', async () => {
		const { bytes } = await lab.control.audio({ text: TEXT });
		const audio_url = await lab.control.publishFile({
			bytes,
			mimeType: 'audio/mpeg',
			extension: 'mp3',
		});
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize },
			do: { kind: 'raw', body: JSON.stringify({ audio_url }), accept: true },
		});
		const result = await lab.run(NODE, synthesize(), one);
		expect(await lab.engine.binary.read(rowsOf(result)[0])).toEqual(bytes);
	});

	it('takes audio for audio, whatever its label says, and names the file by what it is', async () => {
		lab.control.addFaults({ do: { kind: 'contentType', contentType: 'application/json' } });
		const result = await lab.run(NODE, synthesize({ format: 'wav' }), one);
		expect(result.status).toBe('success');
		lab.control.addFaults({ do: { kind: 'contentType', contentType: 'audio/x-wav; rate=8000' } });
		const labelled = await lab.run(NODE, synthesize({ format: 'wav' }), one);
		expect(rowsOf(labelled)[0]?.binary?.data).toMatchObject({
			mimeType: 'audio/wav',
			fileName: expect.stringMatching(/\.wav$/),
		});
	});

	it.each([
		['newsletter', 'newsletter.mp3'],
		['newsletter.mp3', 'newsletter.mp3'],
		['newsletter.wav', 'newsletter.mp3'],
		['Vol. 3 – über alles', 'Vol. 3 – über alles.mp3'],
	])('calls the file "%s" %s', async (fileName, expected) => {
		const result = await lab.run(NODE, synthesize({ options: { fileName } }), one);
		expect(rowsOf(result)[0]?.binary?.data?.fileName).toBe(expected);
	});

	it('sends what the parameters say, and nothing else', async () => {
		lab.control.configure({ extraFields: ['mood'] });
		const parameters = synthesize({
			text: '  Hello\t \u200B there\r\n\r\n\r\nfriend \u0007 ',
			voiceId: voice('voice_anna', 'list'),
			format: 'wav',
			options: { engineModelId: 'fishaudio-s2pro', extraFields: '{"speed": 1.1, "mood": "calm"}' },
		});
		const result = await lab.run(NODE, parameters);
		expect(result.status).toBe('success');
		expect(sentBodies()).toEqual([
			{
				text: 'Hello there\n\nfriend',
				voiceId: 'voice_anna',
				format: 'wav',
				engineModelId: 'fishaudio-s2pro',
				speed: 1.1,
				mood: 'calm',
			},
		]);
		expect(result.rows[0]).toMatchObject({
			textHash: sha256('Hello there\n\nfriend'),
			characters: 19,
		});
	});

	it('sends text as it stands where Normalize Text is off', async () => {
		const text = '  two  spaces ';
		await lab.run(NODE, synthesize({ text, options: { normalizeText: false } }));
		expect(sentBodies()).toMatchObject([{ text }]);
	});

	it.each(['reference_id', 'modelId'])(
		'names the voice in %s for older gateways',
		async (field) => {
			await lab.run(NODE, synthesize({ options: { voiceIdField: field } }), one);
			expect(sentBodies()).toEqual([{ text: TEXT, [field]: 'voice_123', format: 'mp3' }]);
		},
	);

	it('counts code points and hashes UTF-8', async () => {
		const text = 'Grüße 👋🏽 aus 東京';
		const result = await lab.run(NODE, synthesize(), { items: [{ json: { text } }] });
		expect(result.rows[0]).toMatchObject({ characters: [...text].length, textHash: sha256(text) });
	});

	it('reads every parameter anew for each item', async () => {
		const items = [
			{ json: { text: 'The first text.', format: 'mp3', voice: 'voice_anna', name: 'a' } },
			{ json: { text: 'The second text.', format: 'wav', voice: 'voice_boris', name: 'b' } },
		];
		const parameters = synthesize({
			format: '={{ $json.format }}',
			voiceId: voice('={{ $json.voice }}'),
			options: { fileName: '={{ $json.name }}', concurrency: 1 },
		});
		const result = await lab.run(NODE, parameters, { items });
		expect(result.rows.map(({ format, voiceId }) => [format, voiceId])).toEqual([
			['mp3', 'voice_anna'],
			['wav', 'voice_boris'],
		]);
		expect(rowsOf(result).map(({ binary }) => binary?.data?.fileName)).toEqual(['a.mp3', 'b.wav']);
		for (const [index, row] of rowsOf(result).entries()) {
			const { text, format, voice: voiceId } = items[index]?.json ?? {};
			const order = { text: String(text), voiceId, format: format as 'mp3' | 'wav' };
			const { bytes } = await lab.control.audio(order);
			expect(await lab.engine.binary.read(row)).toEqual(bytes);
		}
	});

	it('puts the input’s fields into the row where that is wanted, but never its error', async () => {
		const items = [{ json: { text: TEXT, id: 7, format: 'of the input', error: 'earlier' } }];
		const parameters = synthesize({ options: { includeInputFields: true } });
		const result = await lab.run(NODE, parameters, { items });
		expect(result.rows[0]).toMatchObject({ text: TEXT, id: 7, format: 'mp3' });
		expect(result.rows[0]).not.toHaveProperty('error');
	});

	it('returns nothing for no items', async () => {
		const result = await lab.run(NODE, synthesize(), { items: [] });
		expect(result.error).toBeUndefined();
		expect(lab.control.requests()).toEqual([]);
	});

	it('recommends Create Job for a long text', async () => {
		const text = 'A sentence of forty characters, or so it. '.repeat(130).trim();
		const result = await lab.run(NODE, synthesize(), { items: [{ json: { text } }] });
		expect(result.hints[0]?.message).toContain('Create Job');
		expect(result.hints[0]?.type).toBe('info');
	});

	it('leaves a hint with the credits, as far as the service told', async () => {
		lab.control.configure({ usageHeaders: true });
		const result = await lab.run(NODE, synthesize(), { items: texts(3) });
		expect(result.hints).toEqual([
			{
				message: `3 of 3 items done. Credits used: 18. API quota remaining: ${988_000 - 18}.`,
				type: 'info',
				location: 'outputPane',
			},
		]);
		await lab.reset();
		expect((await lab.run(NODE, synthesize(), { items: texts(1) })).hints).toEqual([]);
	});

	it('writes one structured line for each call to n8n’s log, and nothing private', async () => {
		lab.control.addFaults({ do: { kind: 'status', status: 429, retryAfter: 1 } });
		const result = await lab.run(NODE, synthesize({ delivery: 'fileViaUrl' }), one);
		const lines = callLines(result);
		const about = {
			executionId: result.executionId,
			node: 'Node',
			item: 0,
			adapter: expect.any(String),
		};
		expect(lines).toMatchObject([
			{
				level: 'warn',
				metadata: {
					...about,
					method: 'POST',
					path: '/speech/tts',
					attempt: 1,
					status: 429,
					code: 'rate_limited',
					reason: 'rateLimited',
				},
			},
			{ level: 'debug', metadata: { ...about, path: '/speech/tts', attempt: 2, status: 200 } },
			{ level: 'debug', metadata: { ...about, method: 'GET', path: '{media}', status: 200 } },
		]);
		for (const { metadata } of lines) expect(metadata.durationMs).toEqual(expect.any(Number));
		const logged = JSON.stringify(lab.engine.logs);
		for (const secret of [TEXT, lab.sandbox.token, 'signature='])
			expect(logged).not.toContain(secret);
	});

	it('runs in a workflow’s loop, round by round', async () => {
		const at = { typeVersion: 1, position: [0, 0] as [number, number] };
		const result = await lab.engine.runWorkflow(
			{
				nodes: [
					{ ...at, id: 's', name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
					{
						...at,
						id: 'l',
						name: 'Loop',
						type: 'n8n-nodes-base.splitInBatches',
						parameters: { batchSize: 2 },
					},
					{
						...at,
						id: 'n',
						name: 'Speak',
						type: 'n8n-nodes-fishspeech.fishSpeechTextToSpeech',
						parameters: synthesize(),
						credentials: { fishSpeechApi: { id: 'x', name: 'x' } },
					},
				],
				connections: {
					Start: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
					Loop: { main: [[], [{ node: 'Speak', type: 'main', index: 0 }]] },
					Speak: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
				},
				pinData: { Start: texts(5).map(({ json }) => ({ json: json ?? {} })) },
			},
			{ credentials: { fishSpeechApi: lab.credential } },
		);
		expect(result.status).toBe('success');
		expect(result.runsOf('Speak')).toHaveLength(3);
		expect(lab.control.stats().accepted).toBe(5);
	});
});
