import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { encodeMp3 } from '../support/audio.mts';
import type { RunResult } from '../support/engine/index.mts';
import {
	audioSeconds,
	dialogue,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	ledgerOf,
	useLab,
	voice,
	type LabRun,
} from '../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';

interface Line {
	readonly speaker: string;
	readonly text: string;
}

interface Cue {
	readonly speaker: string;
	readonly startSeconds: number;
	readonly endSeconds: number;
}

const LINES: readonly Line[] = [
	{ speaker: 'Anna', text: 'Good morning! Have you slept well?' },
	{ speaker: 'Boris', text: 'Not at all. The kettle was singing all night.' },
	{ speaker: 'Anna', text: 'It does that when it is lonely.' },
	{ speaker: 'Boris', text: 'Then let us get it a teapot.' },
	{ speaker: 'Anna', text: 'A teapot is a big step.' },
	{ speaker: 'Boris', text: 'So is a third cup of tea.' },
];
const VOICES: Readonly<Record<string, string>> = { Anna: 'voice_anna', Boris: 'voice_boris' };
const SCRIPT = LINES.map(({ speaker, text }) => `${speaker}: ${text}`).join('\n\n');
const item = { json: { lines: LINES.map((line) => ({ ...line })) } };
const long = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ speaker: 'Anna', text: `Sheep ${index}.` }));

const lab = useLab();

const creates = () => lab.control.requests(ENDPOINTS.synthesize);
const accepted = () => creates().filter((request) => request.accepted);
const sent = () => creates().map(({ body }) => body as Record<string, unknown>);

async function run(parameters: INodeParameters = {}, options: LabRun = {}): Promise<RunResult> {
	return await lab.run(NODE, dialogue(parameters), { items: [item], ...options });
}

async function audioOf({ speaker, text }: Line, format: 'mp3' | 'wav' = 'mp3'): Promise<Buffer> {
	return (await lab.control.audio({ text, voiceId: VOICES[speaker] ?? '', format })).bytes;
}

function cuesOf(row: INodeExecutionData | undefined): Cue[] {
	return (row?.json['cues'] ?? []) as unknown as Cue[];
}

/** The samples of a canonical WAV file: what stands behind its header. */
function samplesOf(wav: Buffer): Buffer {
	return wav.subarray(wav.indexOf('data') + 8);
}

function failAt(nth: number, status: number, changes: Record<string, unknown> = {}): void {
	lab.control.addFaults({
		match: { path: ENDPOINTS.synthesize, nth },
		do: { kind: 'status', status, ...changes },
	});
}

describe('a dialogue', () => {
	it('is spoken line by line, each in the voice of its speaker', async () => {
		await run({ options: { concurrency: 1 } });
		expect(sent()).toEqual(
			LINES.map(({ speaker, text }) => ({ text, voiceId: VOICES[speaker], format: 'mp3' })),
		);
	});

	it('is one file with the lines in order and silence between, to the sample', async () => {
		lab.control.configure({ latencyMs: 10 });
		const result = await run({ format: 'wav', pauseBetweenLinesMs: 250 });
		const [row] = result.outputs[0] ?? [];
		const file = samplesOf(await lab.engine.binary.read(row));
		const rate = (await lab.engine.binary.read(row)).readUInt32LE(24);
		const silence = Buffer.alloc(Math.round(rate * 0.25) * 2);
		const lines = await Promise.all(
			LINES.map(async (line) => samplesOf(await audioOf(line, 'wav'))),
		);
		const expected = lines.flatMap((line, index) => (index === 0 ? [line] : [silence, line]));
		expect(file.equals(Buffer.concat(expected))).toBe(true);
		expect(row?.json['durationSeconds']).toBeCloseTo(file.length / 2 / rate, 3);
	});

	it('says of its file what it is, how long it is, and who speaks when', async () => {
		const result = await run({ pauseBetweenLinesMs: 400 });
		const [row] = result.outputs[0] ?? [];
		const { cues, ...fields } = row?.json ?? {};
		const file = await lab.engine.binary.read(row);
		const characters = LINES.reduce((sum, { text }) => sum + text.length, 0);
		expect(fields).toEqual({
			format: 'mp3',
			textHash: expect.stringMatching(/^[0-9a-f]{64}$/),
			characters,
			mimeType: 'audio/mpeg',
			bytes: file.length,
			durationSeconds: expect.any(Number),
			lines: LINES.length,
		});
		expect(Math.abs((await audioSeconds(file)) - Number(fields['durationSeconds']))).toBeLessThan(
			0.05,
		);
		expect(cuesOf(row).map(({ speaker }) => speaker)).toEqual(LINES.map(({ speaker }) => speaker));
		const pauses = cuesOf(row)
			.slice(1)
			.map(({ startSeconds }, index) => startSeconds - (cuesOf(row)[index]?.endSeconds ?? 0));
		for (const pause of pauses) expect(Math.abs(pause - 0.4)).toBeLessThan(0.03);
		expect(cuesOf(row).at(-1)?.endSeconds).toBeCloseTo(Number(fields['durationSeconds']), 2);
		expect(JSON.stringify(cues)).not.toContain('kettle');
		expect(row?.binary?.['data']?.fileName).toMatch(/^dialogue-[0-9a-f]{8}\.mp3$/);
	});

	it.each([
		['a list', LINES.map((line) => ({ ...line }))],
		['the text of a list, as a model writes it', `\`\`\`json\n${JSON.stringify(LINES)}\n\`\`\``],
		['a script', SCRIPT],
	])('may be written as %s', async (_what, lines) => {
		await run({ options: { concurrency: 1 } }, { items: [{ json: { lines } }] });
		expect(sent().map(({ text }) => text)).toEqual(LINES.map(({ text }) => text));
	});

	it('runs its lines within the concurrency of the batch', async () => {
		lab.control.configure({ latencyMs: 15 });
		await run({ options: { concurrency: 3 } }, { items: [item, item] });
		expect(creates()).toHaveLength(2 * LINES.length);
		expect(new Set(creates().map(({ connection }) => connection)).size).toBeLessThanOrEqual(3);
	});

	it('speaks up to 500 lines', async () => {
		const { rows } = await run(
			{ options: { concurrency: 50 } },
			{ items: [{ json: { lines: long(500) } }] },
		);
		expect(rows[0]).toMatchObject({ lines: 500 });
		expect(accepted()).toHaveLength(500);
	});

	it('sums the credits where every line tells them', async () => {
		lab.control.configure({ usageHeaders: true });
		const { rows } = await run();
		const charged = lab.control.charges().reduce((sum, { credits }) => sum + credits, 0);
		expect(rows[0]?.['creditsUsed']).toBe(charged);
	});

	it('fetches lines that the service keeps at addresses, and shows what it answered', async () => {
		const lines = LINES.slice(0, 2);
		const parameters = { simplify: false, options: { extraFields: { cache: true } } };
		const result = await run(parameters, { items: [{ json: { lines } } as never] });
		const [row] = result.outputs[0] ?? [];
		expect(row?.json['raw']).toMatchObject({
			lines: lines.map(({ text }) => ({ success: true, characters_used: text.length })),
		});
		expect(await audioSeconds(await lab.engine.binary.read(row))).toBeGreaterThan(1);
	});
});

describe('a dialogue that cannot be spoken', () => {
	const speaker = (name: string, voiceId: string) => ({ name, voiceId: voice(voiceId) });
	const refused: ReadonlyArray<
		readonly [what: string, parameters: INodeParameters, message: RegExp]
	> = [
		[
			'without a voice for two of its speakers',
			{ lines: 'Anna: Hello.\nEmil: Hello.\nMia: Hello.\nEmil: Bye.' },
			/^Parameter "Speakers" has no voice for "Emil" \(lines 2, 4\); has no voice for "Mia" \(line 3\) \[item 0\]\.$/,
		],
		[
			'with empty lines and a speaker without a voice',
			{
				lines: [
					{ speaker: 'Anna', text: ' ' },
					{ speaker: '', text: 'Who am I?' },
					{ speaker: 'Emil', text: 'Hello.' },
				] as never,
			},
			/^Parameter "Lines" line 1 has no text; line 2 has no speaker, and parameter "Speakers" has no voice for "Emil" \(line 3\) \[item 0\]\.$/,
		],
		[
			'of more than 500 lines',
			{ lines: long(501) as never },
			/"Lines" has 501 lines, more than 500/,
		],
		['without lines', { lines: '={{ " " }}' }, /"Lines" has no lines/],
		[
			'with JSON that is broken',
			{ lines: '[{ "speaker": "Anna",\n"text": "Hello }]' },
			/"Lines" is not valid JSON/,
		],
		[
			'with a speaker named twice',
			{
				speakers: { speaker: [speaker('Anna', 'a'), speaker('anna', 'b'), speaker('Boris', 'c')] },
			},
			/"Speakers" names "anna" twice/,
		],
		[
			'in a format that cannot be joined',
			{ format: 'opus' },
			/"Format" is "opus", whose lines cannot be joined/,
		],
		[
			'with a pause of two minutes',
			{ pauseBetweenLinesMs: 120_000 },
			/"Pause Between Lines \(Milliseconds\)" is 120000/,
		],
		[
			'with its subtitles in the field of the audio',
			{ subtitles: 'srt', subtitlesBinaryField: 'data' },
			/"Subtitles Data Field Name" is "data", which is the field of the audio/,
		],
		[
			'with extra fields that would replace the voice',
			{ options: { extraFields: { voiceId: 'other' } } },
			/"Extra Fields" would replace voiceId/,
		],
	];

	it.each(refused)('is refused before any request: %s', async (_what, parameters, message) => {
		const failure = failureOf(await run(parameters));
		expect(failure.error).toMatch(message);
		expect(failure.details.reason).toBe('invalidParameter');
		expect(lab.control.requests()).toEqual([]);
	});
});

describe('a dialogue of which a line fails', () => {
	it('names all lines that may have been charged', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, times: 'always' },
			do: { kind: 'status', status: 500 },
		});
		const { error, message, details } = failureOf(await run({ options: { concurrency: 3 } }));
		expect(error).toMatch(/^Line 1: /);
		expect(message).toContain('The outcome of these is also unknown: line 2, line 3.');
		expect(details.outcomeUnknown).toBe(true);
	});

	it('is named with the line, and the next try buys only the missing ones', async () => {
		failAt(4, 503, { retryAfter: 600 });
		const first = await run({ options: { concurrency: 1, maxRetries: 0 } });
		const failure = failureOf(first);
		expect(failure.error).toMatch(/^Line 4: FishSpeech answered 503/);
		expect(failure.message).toContain('The finished lines are kept for the next try.');
		expect(accepted()).toHaveLength(3);

		lab.clock?.skip(60 * 60_000);
		const second = await lab.engine.retry(first);
		expect(second.rows[0]).toMatchObject({ lines: LINES.length });
		expect(accepted()).toHaveLength(LINES.length);
		expect(ledgerOf(second)).toEqual({});
		expect(
			await audioSeconds(await lab.engine.binary.read(second.outputs[0]?.[0])),
		).toBeGreaterThan(1);
	});

	it('buys only what is new once a line is corrected, another one is left out and one is added', async () => {
		failAt(4, 422);
		const failed = await run({ options: { concurrency: 1 } });
		const [first, second, third, , fifth] = LINES as [Line, Line, Line, Line, Line];
		const lines = [first, third, { ...first, text: 'Right.' }, second, fifth, first];
		const { rows } = await lab.engine.retry(failed, {
			parameters: dialogue({ lines: JSON.stringify(lines), options: { concurrency: 1 } }),
		});
		expect(rows[0]).toMatchObject({ lines: 6 });
		const bought = accepted().map(({ body }) => (body as { text: string }).text);
		const texts = [first, second, third].map(({ text }) => text);
		// A line that is said twice is bought twice.
		expect(bought).toEqual([...texts, 'Right.', fifth.text, first.text]);
	});

	it('buys no line again of which one like it was paid for, when the refused one is left out', async () => {
		const [yes, no] = [
			{ speaker: 'Anna', text: 'Yes.' },
			{ speaker: 'Boris', text: 'No way.' },
		];
		lab.control.addFaults({ match: { body: 'Yes.' }, do: { kind: 'status', status: 422 } });
		const said = (...lines: readonly Line[]) => ({ lines: JSON.stringify(lines) });
		const failed = await run({ ...said(yes, yes, no), options: { concurrency: 3 } });
		expect(accepted()).toHaveLength(2);
		const retried = await lab.engine.retry(failed, { parameters: dialogue(said(yes, no)) });
		expect(retried.rows[0]).toMatchObject({ lines: 2 });
		expect(accepted()).toHaveLength(2);
	});

	it('is not sent again by n8n’s own tries where its outcome is unknown, though another line changes', async () => {
		lab.control.addFaults({
			match: { body: LINES[1]?.text ?? '' },
			do: { kind: 'reset', accept: true },
		});
		const lines = `={{ [...$json.lines.slice(0, 2), { speaker: 'Anna', text: 'Number ' + Math.random() }] }}`;
		const result = await run(
			{ lines, options: { concurrency: 1 } },
			{ settings: { retryOnFail: true, maxTries: 3 } },
		);
		expect(failureOf(result)).toMatchObject({
			error: expect.stringMatching(/^Line 2: /),
			details: { outcomeUnknown: true },
		});
		const bought = sent().map(({ text }) => text);
		expect(bought.filter((text) => text === LINES[1]?.text)).toHaveLength(1);
	});

	it('is said to be charged for perhaps, though the batch was closed before its turn came again', async () => {
		const later = { kind: 'status', status: 429, retryAfter: 1 } as const;
		lab.control.addFaults(
			{ match: { body: 'Something else.' }, do: later },
			{ match: { body: 'Something else.' }, do: { kind: 'status', status: 402 } },
			{ match: { body: LINES[1]?.text ?? '' }, do: { kind: 'reset', accept: true } },
		);
		const other = { json: { lines: [{ speaker: 'Anna', text: 'Something else.' }] } };
		const options = { concurrency: 1, maxRetries: 0, retryUnknownOutcome: true };
		const settings = { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 2 } as const;
		const result = await run({ options }, { items: [other, item], settings });
		const [, closed] = failureRowsOf(result);
		expect(closed).toMatchObject({
			error: expect.stringMatching(/^Line 2: Not sent, because item 0 failed/),
			message: expect.stringMatching(
				/^Nothing was sent for this part in this try\. An earlier try may have been charged for it\./,
			),
			details: { reason: 'notSent' },
		});
	});

	it.each([1, 3])('is the last that is sent, with %i lines at once', async (concurrency) => {
		failAt(1, 422);
		const settings = { onError: 'continueRegularOutput' } as const;
		await run({ options: { concurrency } }, { settings });
		// What was under way beside it is not stopped.
		expect(creates()).toHaveLength(concurrency);
	});

	it('promises nothing about lines that are paid for where there are none', async () => {
		failAt(1, 422);
		const settings = { onError: 'continueRegularOutput' } as const;
		const [failed] = failureRowsOf(await run({ options: { concurrency: 1 } }, { settings }));
		expect(failed?.message).not.toContain('paid for');
	});

	it('buys only the lines of one speaker once that has another voice', async () => {
		failAt(4, 422);
		const failed = await run({ options: { concurrency: 1 } });
		const speaker = [
			{ name: 'Anna', voiceId: voice('voice_anna') },
			{ name: 'Boris', voiceId: voice('voice_chen') },
		];
		const retried = await lab.engine.retry(failed, {
			parameters: dialogue({ speakers: { speaker }, options: { concurrency: 1 } }),
		});
		expect(retried.rows[0]).toMatchObject({ lines: LINES.length });
		const bought = accepted().map(({ body }) => (body as { voiceId: string }).voiceId);
		const [anna, boris, chen] = ['voice_anna', 'voice_boris', 'voice_chen'];
		expect(bought).toEqual([anna, boris, anna, chen, chen, anna, chen]);
	});

	it('is named by the line of the script', async () => {
		failAt(2, 422);
		const result = await run(
			{ options: { concurrency: 1 } },
			{ items: [{ json: { lines: SCRIPT } }] },
		);
		expect(failureOf(result).error).toMatch(/^Line 3: FishSpeech answered 422/);
	});

	it.each(LINES.map((_line, index) => index + 1))(
		'is bought once, whichever line it was: %i',
		async (nth) => {
			failAt(nth, 422);
			const first = await run(
				{ options: { concurrency: 2, maxRetries: 0 } },
				{ settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } },
			);
			expect(failureOf(first).details.reason).toBe('unprocessableMedia');
			const second = await lab.engine.retry(first);
			expect(second.rows[0]).toMatchObject({ lines: LINES.length });
			expect(accepted()).toHaveLength(LINES.length);
		},
	);

	it('sends no further lines or items once the account is empty, and goes on when it is filled', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 3, times: 'always' },
			do: { kind: 'status', status: 402 },
		});
		const lines = LINES.map(({ speaker, text }) => ({ speaker, text: `${text} Again.` }));
		const first = await run(
			{ options: { concurrency: 2 } },
			{ items: [item, { json: { lines } }, { json: { lines: long(20) } }] },
		);
		expect(failureOf(first).details.reason).toBe('insufficientCredits');
		expect(failureOf(first).error).toMatch(/^Line \d: FishSpeech answered 402/);
		expect(accepted()).toHaveLength(2);
		// What was in the air when the first refusal came.
		expect(creates().length).toBeLessThanOrEqual(2 + 2 * 3);

		lab.control.clearFaults();
		const second = await lab.engine.retry(first);
		expect(second.rows.map((row) => row['lines'])).toEqual([6, 6, 20]);
		expect(accepted()).toHaveLength(6 + 6 + 20);
	});

	it('keeps the once key of a dialogue that is partly paid, and goes on with it in the same execution', async () => {
		failAt(5, 402);
		const options = { concurrency: 1, onceKey: 'episode-1' };
		const first = await run({ options });
		expect(failureOf(first).details.reason).toBe('insufficientCredits');
		const elsewhere = await run({ options });
		expect(elsewhere.rows).toEqual([{ skipped: true, onceKey: 'episode-1' }]);
		const second = await lab.engine.retry(first);
		expect(second.rows[0]).toMatchObject({ lines: LINES.length });
		expect(accepted()).toHaveLength(LINES.length);
	});

	it('says that it may have been charged when that is so of any line', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 2 },
			do: { kind: 'reset', accept: true },
		});
		const first = await run({ options: { concurrency: 3 } });
		expect(failureOf(first).details).toMatchObject({ reason: 'network', outcomeUnknown: true });
		expect(failureOf(first).error).toMatch(/^Line \d: /);
	});

	it('shows no word of its lines', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 2 },
			do: { kind: 'status', status: 400, message: `cannot speak "${LINES[1]?.text}"` },
		});
		const result = await run({ options: { concurrency: 1 } });
		const shown = JSON.stringify([failureOf(result), result.contextData, lab.engine.logs]);
		expect(failureOf(result).error).toContain('[text]');
		for (const { text } of LINES) expect(shown).not.toContain(text);
	});
});

describe('lines that do not fit together', () => {
	it.each([
		[
			'another layout',
			async () => await encodeMp3({ channels: 2, bitrate: 64 }),
			/because line 3 is 44100 Hz stereo MP3, but line 1 is /,
		],
		[
			'no audio that can be read',
			async () => Buffer.alloc(5_000, 7),
			/because line 3 is not an MP3 or WAV file/,
		],
	] as const)('are delivered in single files, with a hint: %s', async (_what, line, says) => {
		const body = (await line()).toString('base64');
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 3 },
			do: { kind: 'raw', contentType: 'audio/mpeg', bodyBase64: body, accept: true },
		});
		const result = await run({ subtitles: 'srt', options: { concurrency: 1 } });
		const [row] = result.outputs[0] ?? [];
		expect(row?.json).toMatchObject({ lines: LINES.length });
		expect(row?.json).not.toHaveProperty('cues');
		const fields = ['data', ...LINES.slice(1).map((_line, index) => `data_${index + 2}`)];
		expect(Object.keys(row?.binary ?? {})).toEqual(fields);
		expect((await lab.engine.binary.read(row, 'data_3')).toString('base64')).toBe(body);
		const hints = result.hints.map(({ message }) => message).join(' ');
		expect(hints).toMatch(says);
		expect(hints).toContain('They are in the output as single files, without subtitles.');
		expect(accepted()).toHaveLength(LINES.length);
	});
});

describe('a dialogue as a tool of an agent', () => {
	it('tells the model where its file is, how long it is and who speaks when', async () => {
		const result = await lab.engine.runAsTool({
			node: NODE,
			nodeName: 'Speak Dialogue',
			credential: lab.credential,
			parameters: dialogue({
				lines: "={{ $fromAI('lines', 'what is said, as a JSON list of speaker and text') }}",
				subtitles: 'srt',
			}),
			arguments: { lines: JSON.stringify(LINES) },
		});
		expect(JSON.parse(result.observation)).toMatchObject([
			{
				durationSeconds: expect.any(Number),
				cues: LINES.map(({ speaker }) => ({ speaker, startSeconds: expect.any(Number) })),
				files: [
					{ node: 'Speak Dialogue', binaryField: 'data', mimeType: 'audio/mpeg' },
					{ node: 'Speak Dialogue', binaryField: 'subtitles', mimeType: 'application/x-subrip' },
				],
			},
		]);
		expect(accepted()).toHaveLength(LINES.length);
	});
});
