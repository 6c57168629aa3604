import { describe, expect, it } from 'vitest';

import {
	audioSeconds,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	ledgerOf,
	synthesize,
	useLab,
} from '../support/lab/index.mts';
import { encodeMp3 } from '../support/audio.mts';

const PARAGRAPHS = Array.from(
	{ length: 12 },
	(_, index) =>
		`This is paragraph number ${index}, which says little. It has a second sentence, too. And a third one, numbered ${index * 7}.`,
);
const TEXT = PARAGRAPHS.join('\n\n');
const item = { json: { text: TEXT } };
const inParts = (changes: Record<string, unknown> = {}) =>
	synthesize({ format: 'mp3', options: { splitTextAt: 150, ...changes } });

describe('a text longer than Split Text At', () => {
	const lab = useLab();

	const creates = () => lab.control.requests(ENDPOINTS.synthesize);
	const spoken = () => creates().map(({ body }) => (body as { text: string }).text);

	async function secondsOfParts(format: 'mp3' | 'wav'): Promise<number> {
		const seconds = await Promise.all(
			spoken().map(async (text) =>
				audioSeconds((await lab.control.audio({ text, voiceId: 'voice_123', format })).bytes),
			),
		);
		return seconds.reduce((sum, part) => sum + part, 0);
	}

	it('sends a part with another Idempotency-Key once it was finally refused', async () => {
		const isThird = { match: { body: 'paragraph number 2,' } };
		lab.control.addFaults({ ...isThird, do: { kind: 'status', status: 402 } });
		const failed = await lab.run('fishSpeechTextToSpeech', inParts(), { items: [item] });
		expect(failureOf(failed).details.reason).toBe('insufficientCredits');
		expect((await lab.engine.retry(failed)).status).toBe('success');
		const keys = creates()
			.filter(({ body }) => JSON.stringify(body).includes('paragraph number 2,'))
			.map(({ idempotencyKey }) => idempotencyKey);
		expect(keys).toHaveLength(2);
		expect(new Set(keys).size).toBe(2);
	});

	for (const format of ['mp3', 'wav'] as const)
		it(`becomes one ${format} file as long as its parts together`, async () => {
			const result = await lab.run(
				'fishSpeechTextToSpeech',
				{ ...inParts(), format },
				{ items: [item] },
			);
			const [row] = result.outputs[0] ?? [];
			expect(row?.json).toMatchObject({ format, characters: [...TEXT].length, parts: 12 });
			expect(row?.json).not.toHaveProperty('audioUrl');
			const file = await lab.engine.binary.read(row);
			expect(file).toHaveLength(Number(row?.json.bytes));
			const expected = await secondsOfParts(format);
			expect(Math.abs((await audioSeconds(file)) - expected)).toBeLessThan(0.06 * 12);
		});

	it('is joined without reading its parts back from the store', async () => {
		const comesBack = lab.engine.binary.failOpening(new Error('the store is away'));
		const { rows, status } = await lab.run('fishSpeechTextToSpeech', inParts(), { items: [item] });
		comesBack();
		expect(status).toBe('success');
		expect(rows[0]).toMatchObject({ parts: 12 });
	});

	it('is the same file when its parts come from the store, in a later try', async () => {
		const atOnce = await lab.run('fishSpeechTextToSpeech', inParts(), { items: [item] });
		const comesBack = lab.engine.binary.failStoring(new Error('the disk is full'), {
			after: 12,
			times: 1,
		});
		const failed = await lab.run('fishSpeechTextToSpeech', inParts(), { items: [item] });
		comesBack();
		expect(failureOf(failed).error).toContain('could not store a file');
		const later = await lab.engine.retry(failed);
		expect(creates()).toHaveLength(24);
		const [one, other] = [atOnce, later].map(({ outputs }) => outputs[0]?.[0]);
		expect(await lab.engine.binary.read(other)).toEqual(await lab.engine.binary.read(one));
	});

	it('is spoken in parts that give back the text', async () => {
		await lab.run('fishSpeechTextToSpeech', inParts({ concurrency: 1 }), { items: [item] });
		expect(spoken().join('\n\n')).toBe(TEXT);
		expect(creates().every(({ body }) => [...(body as { text: string }).text].length <= 150)).toBe(
			true,
		);
	});

	it('runs its parts within the concurrency of the batch, together with other items', async () => {
		lab.control.configure({ latencyMs: 15 });
		await lab.run('fishSpeechTextToSpeech', inParts({ concurrency: 3 }), { items: [item, item] });
		expect(creates()).toHaveLength(24);
		expect(new Set(creates().map(({ connection }) => connection)).size).toBeLessThanOrEqual(3);
	});

	it('sums the credits where every part tells them', async () => {
		lab.control.configure({ usageHeaders: true });
		const { rows } = await lab.run('fishSpeechTextToSpeech', inParts(), { items: [item] });
		const charged = lab.control.charges().reduce((sum, { credits }) => sum + credits, 0);
		expect(rows[0]?.creditsUsed).toBe(charged);
	});

	it('fails as a whole when one part fails, names the part, and buys only the missing ones in the next try', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 7 },
			do: { kind: 'status', status: 503, retryAfter: 600 },
		});
		const first = await lab.run(
			'fishSpeechTextToSpeech',
			inParts({ concurrency: 2, maxRetries: 0 }),
			{
				items: [item],
			},
		);
		const failure = failureOf(first);
		expect(failure.error).toMatch(/^Part 7 of 12: FishSpeech answered 503/);
		expect(failure.message).toContain('The finished parts are kept');
		const acceptedBefore = creates().filter(({ accepted }) => accepted).length;
		expect(acceptedBefore).toBeLessThan(12);

		lab.clock?.skip(60 * 60_000);
		const second = await lab.engine.retry(first);
		expect(second.rows[0]).toMatchObject({ parts: 12 });
		expect(creates().filter(({ accepted }) => accepted)).toHaveLength(12);
		expect(ledgerOf(second)).toEqual({});
		const file = await lab.engine.binary.read(second.outputs[0]?.[0]);
		expect(await audioSeconds(file)).toBeGreaterThan(1);
	});

	it('goes on in the tries of a Retry, whatever it failed with before', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 5 },
			do: { kind: 'status', status: 422 },
		});
		const first = await lab.run(
			'fishSpeechTextToSpeech',
			inParts({ concurrency: 1, maxRetries: 0 }),
			{ items: [item], settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } },
		);
		expect(failureOf(first).details.reason).toBe('unprocessableMedia');
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 2 },
			do: { kind: 'status', status: 503, retryAfter: 1 },
		});
		const second = await lab.engine.retry(first);
		expect(second.rows[0]).toMatchObject({ parts: 12 });
		expect(creates().filter(({ accepted }) => accepted)).toHaveLength(12);
	});

	it.each([
		[
			'does not fit the others',
			async () => await encodeMp3({ channels: 2, bitrate: 64 }),
			/part 3 is 44100 Hz stereo MP3, but part 1 is /,
		],
		[
			'is not audio that can be read',
			async () => Buffer.alloc(5_000, 7),
			/part 3 is not an MP3 or WAV file/,
		],
	] as const)(
		'is delivered in single files when a part %s: they are paid for',
		async (_what, part, says) => {
			const body = (await part()).toString('base64');
			lab.control.addFaults({
				match: { path: ENDPOINTS.synthesize, nth: 3 },
				do: { kind: 'raw', contentType: 'audio/mpeg', bodyBase64: body, accept: true },
			});
			const result = await lab.run('fishSpeechTextToSpeech', inParts({ concurrency: 1 }), {
				items: [item],
			});
			const [row] = result.outputs[0] ?? [];
			expect(row?.json).toMatchObject({ parts: 12 });
			const fields = ['data', ...Array.from({ length: 11 }, (_, index) => `data_${index + 2}`)];
			expect(Object.keys(row?.binary ?? {})).toEqual(fields);
			const names = fields.map((field) => row?.binary?.[field]?.fileName);
			expect(names[0]).toMatch(/^[^.]+-01\.mp3$/);
			expect(new Set(names).size).toBe(12);
			expect(names).toEqual([...names].sort());
			expect((await lab.engine.binary.read(row, 'data_3')).toString('base64')).toBe(body);
			expect(result.hints.map(({ message }) => message).join(' ')).toMatch(says);
			expect(creates()).toHaveLength(12);
		},
	);

	it.each([
		['whose last frame is cut off', async () => (await encodeMp3({ bitrate: 64 })).subarray(0, -1)],
		[
			'with garbage behind its audio',
			async () => Buffer.concat([await encodeMp3({ bitrate: 64 }), Buffer.alloc(700, 'x')]),
		],
	] as const)('is joined with a part %s', async (_what, part) => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, times: 'always' },
			do: {
				kind: 'raw',
				contentType: 'audio/mpeg',
				bodyBase64: (await part()).toString('base64'),
				accept: true,
			},
		});
		const result = await lab.run('fishSpeechTextToSpeech', inParts({ concurrency: 1 }), {
			items: [item],
		});
		const [row] = result.outputs[0] ?? [];
		expect(Object.keys(row?.binary ?? {})).toEqual(['data']);
		const seconds = await audioSeconds(await lab.engine.binary.read(row));
		expect(row?.json.durationSeconds).toBeCloseTo(seconds, 1);
	});

	it('is joined as what arrived, whatever was asked for', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, times: 'always' },
			do: {
				kind: 'raw',
				contentType: 'audio/wav',
				bodyBase64: (await encodeMp3({ bitrate: 64 })).toString('base64'),
				accept: true,
			},
		});
		const result = await lab.run(
			'fishSpeechTextToSpeech',
			{ ...inParts({ concurrency: 1 }), format: 'wav' },
			{ items: [item] },
		);
		const [row] = result.outputs[0] ?? [];
		expect(row?.binary?.data).toMatchObject({ fileExtension: 'mp3', mimeType: 'audio/mpeg' });
	});

	it('keeps the once key of an item whose parts were partly paid, and goes on with it in the same execution', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 5 },
			do: { kind: 'status', status: 402 },
		});
		const options = { concurrency: 1, onceKey: 'episode-1' };
		const first = await lab.run('fishSpeechTextToSpeech', inParts(options), { items: [item] });
		expect(failureOf(first).details.reason).toBe('insufficientCredits');
		const second = await lab.engine.retry(first);
		expect(second.rows[0]).toMatchObject({ parts: 12 });
		const elsewhere = await lab.run('fishSpeechTextToSpeech', inParts(options), { items: [item] });
		expect(elsewhere.rows).toEqual([{ skipped: true, onceKey: 'episode-1' }]);
		expect(creates().filter(({ accepted }) => accepted)).toHaveLength(12);
	});

	it('keeps the once key of an item of which one part is paid, though its audio could not be fetched', async () => {
		lab.control.addFaults(
			{
				match: { path: ENDPOINTS.synthesize },
				do: {
					kind: 'raw',
					contentType: 'application/json',
					body: '{"audio_url":"https://127.0.0.1:1/gone.mp3"}',
					accept: true,
				},
			},
			{
				match: { path: ENDPOINTS.synthesize, times: 'always' },
				do: { kind: 'status', status: 400 },
			},
		);
		const options = { concurrency: 1, maxRetries: 0, onceKey: 'episode-2' };
		const first = await lab.run('fishSpeechTextToSpeech', inParts(options), { items: [item] });
		expect(failureOf(first).details.outcomeUnknown).toBe(false);
		const elsewhere = await lab.run('fishSpeechTextToSpeech', inParts(options), { items: [item] });
		expect(elsewhere.rows).toEqual([{ skipped: true, onceKey: 'episode-2' }]);
	});

	it('says that it may have been charged when that is so of any of its parts', async () => {
		lab.control.addFaults(
			{ match: { path: ENDPOINTS.synthesize }, do: { kind: 'status', status: 400 } },
			{ match: { path: ENDPOINTS.synthesize }, do: { kind: 'reset', accept: true } },
		);
		const options = { concurrency: 2, onceKey: 'episode-3' };
		const first = await lab.run('fishSpeechTextToSpeech', inParts(options), { items: [item] });
		expect(failureOf(first).details).toMatchObject({ reason: 'network', outcomeUnknown: true });
		const elsewhere = await lab.run('fishSpeechTextToSpeech', inParts(options), { items: [item] });
		expect(elsewhere.rows).toEqual([{ skipped: true, onceKey: 'episode-3' }]);
	});

	it('says of parts that were not sent that nothing was charged for them, and remembers no failure', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, body: 'something else' },
			do: { kind: 'status', status: 402 },
		});
		const result = await lab.run('fishSpeechTextToSpeech', inParts({ concurrency: 1 }), {
			items: [item, { json: { text: 'something else' } }],
			settings: { onError: 'continueRegularOutput' },
		});
		const [failed] = failureRowsOf(result);
		expect(failed).toMatchObject({ details: { reason: 'notSent' } });
		expect(failed?.message).toMatch(/^Nothing was sent or charged for this part\./);
		expect(spoken().length).toBeGreaterThan(0);
		expect(JSON.stringify(ledgerOf(result))).not.toContain('"notSent"');
	});

	it('is not said to be uncharged when an earlier try has paid for parts of it', async () => {
		const later = { kind: 'status', status: 429, retryAfter: 1 } as const;
		lab.control.addFaults(
			{ match: { body: 'something else' }, do: later },
			{ match: { body: 'something else' }, do: { kind: 'status', status: 402 } },
			{ match: { body: 'number 1,' }, do: later },
		);
		const options = { concurrency: 1, maxRetries: 0 };
		const result = await lab.run('fishSpeechTextToSpeech', inParts(options), {
			items: [{ json: { text: 'something else' } }, item],
			settings: { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 2 },
		});
		const [, failed] = failureRowsOf(result);
		expect(failed).toMatchObject({
			error: expect.stringMatching(/^Part 2 of 12: Not sent, because item 0 failed/),
			message: expect.stringMatching(/^Nothing was sent or charged for this part\./),
			details: { reason: 'notSent', outcomeUnknown: false },
		});
		expect(lab.control.stats().accepted).toBeGreaterThan(0);
	});

	it('is joined of its paid parts although an empty account has closed the batch', async () => {
		const later = { kind: 'status', status: 429, retryAfter: 1 } as const;
		lab.control.addFaults(
			{ match: { body: 'something else' }, do: later },
			{ match: { body: 'something else' }, do: { kind: 'status', status: 402 } },
		);
		const mended = lab.engine.binary.failStoring(new Error('It says no.'), {
			after: 12,
			times: 1,
		});
		const options = { concurrency: 1, maxRetries: 0 };
		const { rows } = await lab.run('fishSpeechTextToSpeech', inParts(options), {
			items: [{ json: { text: 'something else' } }, item],
			settings: { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 2 },
		});
		mended();
		expect(rows).toMatchObject([{ details: { reason: 'insufficientCredits' } }, { parts: 12 }]);
		expect(lab.control.stats().accepted).toBe(12);
	});

	it('is sent as a whole when it is not longer', async () => {
		const { rows } = await lab.run('fishSpeechTextToSpeech', inParts({ splitTextAt: 5_000 }), {
			items: [item],
		});
		expect(creates()).toHaveLength(1);
		expect(rows[0]).not.toHaveProperty('parts');
	});

	const refused: ReadonlyArray<
		readonly [what: string, parameters: Record<string, unknown>, message: RegExp]
	> = [
		[
			'a format that cannot be joined',
			{ ...inParts(), format: 'opus' },
			/"Format" is "opus", whose parts cannot be joined \[item 0\]/,
		],
		[
			'a limit that is no whole number',
			inParts({ splitTextAt: 0.5 }),
			/"Split Text At \(Characters\)" is 0.5 \[item 0\]/,
		],
		[
			'more than a million characters',
			{ ...inParts(), text: 'word '.repeat(200_001) },
			/"Text" has 1000004 characters \[item 0\]/,
		],
	];
	for (const [what, parameters, message] of refused)
		it(`refuses ${what} before any request`, async () => {
			const result = await lab.run('fishSpeechTextToSpeech', parameters as never, {
				items: [item],
			});
			expect(failureOf(result).error).toMatch(message);
			expect(lab.control.requests()).toHaveLength(0);
		});
});

describe('a long text where n8n keeps binaries in memory', () => {
	const lab = useLab({ engine: { binaryMode: 'default' } });

	it('is joined all the same', async () => {
		const result = await lab.run('fishSpeechTextToSpeech', inParts(), { items: [item] });
		const { data = '' } = result.outputs[0]?.[0]?.binary?.data ?? {};
		expect(await audioSeconds(Buffer.from(data, 'base64'))).toBeGreaterThan(1);
	});
});
