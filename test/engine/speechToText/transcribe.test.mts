import { parse } from '@plussub/srt-vtt-parser';
import { describe, expect, it } from 'vitest';
import {
	callLines,
	ENDPOINTS,
	failureOf,
	ledgerOf,
	speak,
	storeAudio,
	useLab,
	type Lab,
	type LabRun,
	type Spoken,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechSpeechToText';
const TEXT = 'The first sentence. And a second, longer one!';

const lab = useLab({ servesFiles: true });
let speech: Spoken;

async function transcribe(parameters: Parameters<Lab['run']>[1] = {}, run: LabRun = {}) {
	speech = await speak(lab, TEXT);
	return await lab.run(NODE, { operation: 'transcribe', audioUrl: speech.url, ...parameters }, run);
}

describe('transcribe', () => {
	it('delivers a transcript whose subtitles n8n cannot store', async () => {
		speech = await speak(lab, TEXT);
		const mended = lab.engine.binary.failStoring(new Error('It says no.'));
		const parameters = { operation: 'transcribe', audioUrl: speech.url, subtitles: 'srt' };
		const result = await lab.run(NODE, parameters);
		mended();
		expect(result.error?.message).toBeUndefined();
		expect(result.rows[0]).toMatchObject({ text: TEXT, segments: [{}, {}] });
		expect(result.outputs[0]?.[0]?.binary).toBeUndefined();
		expect(result.hints[0]?.message).toContain(
			'Item 0 has no subtitles, because n8n could not store the file.',
		);
	});

	it('gets text, duration, segments and usage of a recording at a URL', async () => {
		const result = await transcribe();
		const { durationSeconds } = await lab.control.audio({ text: TEXT });
		expect(result.rows).toEqual([
			{
				text: TEXT,
				durationSeconds: expect.closeTo(durationSeconds, 2),
				segments: [
					{ start: 0, end: expect.any(Number), text: 'The first sentence.' },
					{ start: expect.any(Number), end: expect.any(Number), text: 'And a second, longer one!' },
				],
				creditsUsed: 1,
				quotaRemaining: expect.any(Number),
			},
		]);
		expect(result.outputs[0]?.[0]?.pairedItem).toEqual({ item: 0 });
		expect(result.outputs[0]?.[0]?.binary).toBeUndefined();
		const [request] = lab.control.requests(ENDPOINTS.transcribe);
		expect(request?.body).toEqual({ audioUrl: speech.url });
		expect(request?.idempotencyKey).toMatch(/^[\da-f]{32}$/);
	});

	it('transcribes a file of n8n, which the service fetches by a signed URL', async () => {
		const { bytes } = await speak(lab, TEXT);
		const items = [{ binary: { data: await storeAudio(lab, bytes) } }];
		const result = await transcribe({ audioSource: 'binary', language: 'en-US' }, { items });
		expect(result.rows).toMatchObject([{ text: TEXT, language: 'en-US' }]);
		const [request] = lab.control.requests(ENDPOINTS.transcribe);
		expect(request?.body).toEqual({
			audioUrl: expect.stringContaining('/rest/binary-data/signed?token='),
			language: 'en-US',
		});
	});

	it('takes the language that the service names before the one asked for', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.transcribe },
			do: { kind: 'editJson', set: { language: 'de' } },
		});
		expect((await transcribe({ language: 'en' })).rows).toMatchObject([{ language: 'de' }]);
	});

	it('reads numbers that come as strings, and does without whatever is missing', async () => {
		lab.control.addFaults(
			{ match: { path: ENDPOINTS.transcribe }, do: { kind: 'editJson', numbersAsStrings: true } },
			{
				match: { path: ENDPOINTS.transcribe },
				do: {
					kind: 'editJson',
					set: { text: '' },
					remove: ['duration', 'segments', 'credits_used', 'quota_remaining'],
				},
			},
		);
		expect((await transcribe()).rows).toMatchObject([
			{ durationSeconds: expect.any(Number), creditsUsed: 1 },
		]);
		expect((await transcribe()).rows).toEqual([{ text: '' }]);
	});

	it('hands on segments of any shape, and the whole answer when Simplify is off', async () => {
		const segments = [{ startMs: 10, content: 'a', speaker: { id: 7 } }, 'b', null];
		lab.control.addFaults({
			match: { path: ENDPOINTS.transcribe },
			do: { kind: 'editJson', set: { segments, further_field: 1 } },
		});
		const [row] = (await transcribe({ simplify: false })).rows;
		expect(row).toMatchObject({ segments, raw: { segments, further_field: 1, text: TEXT } });
	});

	it('waits five minutes for an answer unless told otherwise', async () => {
		lab.control.addFaults({ match: { path: ENDPOINTS.transcribe }, do: { kind: 'stall' } });
		const result = await transcribe();
		expect(failureOf(result).error).toBe('FishSpeech sent nothing for 300 seconds.');
	});

	it('logs its calls without the address of the recording', async () => {
		const result = await transcribe();
		const lines = callLines(result);
		expect(lines).toMatchObject([{ level: 'debug', metadata: { path: '/speech/transcriptions' } }]);
		expect(JSON.stringify(lines)).not.toContain('/files/');
	});
});

describe('subtitles', () => {
	it.each([
		{ subtitles: 'srt', mimeType: 'application/x-subrip', fileName: 'talk.srt' },
		{ subtitles: 'vtt', mimeType: 'text/vtt', fileName: 'talk.vtt' },
	])('come as a $subtitles file that a player reads', async ({ subtitles, mimeType, fileName }) => {
		const { bytes } = await speak(lab, TEXT);
		const items = [{ binary: { data: await storeAudio(lab, bytes) } }];
		const result = await transcribe({ audioSource: 'binary', subtitles }, { items });
		const [row] = result.outputs[0] ?? [];
		expect(row?.binary?.['subtitles']).toMatchObject({ mimeType, fileName });
		const text = (await lab.engine.binary.read(row, 'subtitles')).toString('utf8');
		const { entries } = parse(text);
		expect(entries.map(({ text: cue }) => cue)).toEqual([
			'The first sentence.',
			'And a second, longer one!',
		]);
		expect(row?.json).toMatchObject({ text: TEXT });
	});

	it('go into the field that is named, and take the name of the file at the URL', async () => {
		const audioUrl = (await speak(lab, TEXT)).url;
		const stem = /\/([^/]+)\.mp3/.exec(audioUrl)?.[1];
		const parameters = { audioUrl, subtitles: 'srt', outputBinaryField: 'captions' };
		const [row] = (await transcribe(parameters)).outputs[0] ?? [];
		expect(Object.keys(row?.binary ?? {})).toEqual(['captions']);
		expect(row?.binary?.['captions']?.fileName).toBe(`${stem}.srt`);
	});

	it('are left out, with a hint, when no segment has a time: the transcript is paid for', async () => {
		for (const segments of [[], [{ text: 'a' }], 'none']) {
			lab.control.addFaults({
				match: { path: ENDPOINTS.transcribe },
				do: { kind: 'editJson', set: { segments } },
			});
			const result = await transcribe({ subtitles: 'srt' });
			expect(result.outputs[0]?.[0]?.binary).toBeUndefined();
			expect(result.rows).toMatchObject([{ text: TEXT }]);
			expect(result.hints[0]?.message).toContain('no segments with times');
		}
	});

	it('say in a hint how many segments they lack', async () => {
		const segments = [{ start: 0, end: 1, text: 'a' }, { text: 'b' }];
		lab.control.addFaults({
			match: { path: ENDPOINTS.transcribe },
			do: { kind: 'editJson', set: { segments } },
		});
		const result = await transcribe({ subtitles: 'vtt' });
		expect(result.hints[0]?.message).toContain('1 segments without a time');
		expect(result.outputs[0]?.[0]?.binary?.['subtitles']).toBeDefined();
	});
});

describe('failures of transcribe', () => {
	it('names the fields of a body without a text, and does not buy it again', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.transcribe },
			do: { kind: 'editJson', remove: ['text'] },
		});
		const { error, details } = failureOf(await transcribe());
		expect(error).toContain('JSON without a text (it has the fields duration, segments');
		expect(details).toMatchObject({ reason: 'unexpectedResponse', outcomeUnknown: true });
		expect(lab.control.requests(ENDPOINTS.transcribe)).toHaveLength(1);
	});
});

describe('a transcript that is paid for', () => {
	const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
	const items = [{ json: { n: 0 } }, { json: { n: 1 } }];

	it('is not bought again when n8n tries the node again', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.transcribe, nth: 2 },
			do: { kind: 'status', status: 429, retryAfter: 1 },
		});
		const options = { concurrency: 1, maxRetries: 0 };
		const result = await transcribe({ options }, { items, settings: retry });
		expect(result.rows).toHaveLength(2);
		expect(
			lab.control.charges().filter(({ endpoint }) => endpoint === ENDPOINTS.transcribe),
		).toHaveLength(2);
		expect(ledgerOf(result)).toEqual({});
	});
});
