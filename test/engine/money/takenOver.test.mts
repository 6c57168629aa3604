import { describe, expect, it } from 'vitest';
import type { INodeParameters } from 'n8n-workflow';
import {
	createJob,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	rowsOf,
	speak,
	synthesize,
	texts,
	useLab,
	voice,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const WORKFLOW = 'workflow-1';
const options = { concurrency: 1 };

const lab = useLab();

/** Refuses the second item, once. */
function refuseSecond(path: string): void {
	lab.control.addFaults({ match: { path, nth: 2 }, do: { kind: 'status', status: 422 } });
}

const accepted = () => lab.control.stats().accepted;
const fieldsOf = (result: Parameters<typeof rowsOf>[0]) =>
	rowsOf(result).map(({ binary }) => Object.keys(binary ?? {}));

describe('a paid transcript', () => {
	async function failedTranscription(changes: INodeParameters = {}) {
		const { url } = await speak(lab, 'A recording.');
		const parameters = {
			operation: 'transcribe',
			audioSource: 'url',
			audioUrl: url,
			subtitles: 'srt',
			options,
			...changes,
		};
		refuseSecond(ENDPOINTS.transcribe);
		const items = [{ json: {} }, { json: {} }];
		const failed = await lab.run('fishSpeechSpeechToText', parameters, { items });
		expect(failureOf(failed).itemIndex).toBe(1);
		return { failed, parameters };
	}

	const transcripts = () =>
		lab.control.charges().filter(({ endpoint }) => endpoint === ENDPOINTS.transcribe).length;

	it('gets its subtitles made again when their file is gone', async () => {
		const { failed } = await failedTranscription();
		await lab.engine.binary.deleteExecution(WORKFLOW, failed.executionId);
		const retried = await lab.engine.retry(failed);
		expect(retried.rows.map(({ text }) => text)).toEqual(['A recording.', 'A recording.']);
		for (const row of rowsOf(retried))
			expect(String(await lab.engine.binary.read(row, 'subtitles'))).toContain('A recording.');
		expect(transcripts()).toBe(2);
	});

	it.each([
		['vtt', /^WEBVTT/],
		['none', undefined],
	])('has the subtitles that are asked for now: %s', async (subtitles, expected) => {
		const { failed, parameters } = await failedTranscription();
		const retried = await lab.engine.retry(failed, { parameters: { ...parameters, subtitles } });
		expect(rowsOf(retried)).toHaveLength(2);
		for (const row of rowsOf(retried)) {
			if (expected === undefined) expect(row.binary).toBeUndefined();
			else expect(String(await lab.engine.binary.read(row, 'subtitles'))).toMatch(expected);
		}
		expect(transcripts()).toBe(2);
	});

	it('gets those that are asked for now, and as much of the answer as is wanted now', async () => {
		const { failed, parameters } = await failedTranscription();
		const retried = await lab.engine.retry(failed, {
			parameters: {
				...parameters,
				subtitles: 'vtt',
				outputBinaryField: 'captions',
				simplify: false,
			},
		});
		expect(fieldsOf(retried)).toEqual([['captions'], ['captions']]);
		for (const row of rowsOf(retried)) {
			expect(String(await lab.engine.binary.read(row, 'captions'))).toMatch(/^WEBVTT/);
			expect(row.json.raw).toMatchObject({ text: 'A recording.' });
		}
		expect(transcripts()).toBe(2);
	});
});

describe('audio behind an address', () => {
	it('whose file is gone is downloaded again while the address opens', async () => {
		refuseSecond(ENDPOINTS.synthesize);
		const parameters = synthesize({ delivery: 'fileViaUrl', options });
		const items = texts(2);
		const failed = await lab.run(NODE, parameters, { items });
		await lab.engine.binary.deleteExecution(WORKFLOW, failed.executionId);
		const retried = await lab.engine.retry(failed);
		for (const [index, row] of rowsOf(retried).entries()) {
			const { bytes } = await lab.control.audio({ text: String(items[index]?.json?.text) });
			expect(await lab.engine.binary.read(row)).toEqual(bytes);
		}
		expect(retried.rows).toHaveLength(2);
		expect(accepted()).toBe(2);
	});

	it.each([
		['fileViaUrl', 'url'],
		['url', 'fileViaUrl'],
	])('is delivered in another way without buying it again: %s, then %s', async (first, then) => {
		refuseSecond(ENDPOINTS.synthesize);
		const as = (delivery: string) => synthesize({ delivery, options });
		const failed = await lab.run(NODE, as(first), { items: texts(2) });
		const retried = await lab.engine.retry(failed, { parameters: as(then) });
		expect(retried.error?.message).toBeUndefined();
		for (const { json, binary } of rowsOf(retried)) {
			expect(json.audioUrl).toMatch(/^http/);
			expect(binary === undefined).toBe(then === 'url');
		}
		expect(accepted()).toBe(2);
	});

	it('that has expired when it is to become a file is not taken for one, and is bought again', async () => {
		refuseSecond(ENDPOINTS.synthesize);
		const as = (delivery: string) => synthesize({ delivery, options });
		const failed = await lab.run(NODE, as('url'), { items: texts(2) });
		lab.control.addFaults({
			match: { path: ENDPOINTS.downloadFile },
			do: { kind: 'status', status: 404 },
		});
		const expired = await lab.engine.retry(failed, { parameters: as('fileViaUrl') });
		expect(failureOf(expired).error).toContain('its address no longer opens');
		const bought = await lab.engine.retry(expired);
		expect(rowsOf(bought).every(({ binary }) => binary !== undefined)).toBe(true);
		expect(accepted()).toBe(3);
	});

	it('that a host refuses with 400 has expired too', async () => {
		const parameters = synthesize({ delivery: 'fileViaUrl', options: { maxRetries: 0 } });
		const refused = { match: { path: ENDPOINTS.downloadFile } };
		lab.control.configure({ mediaOrigin: 'other' });
		lab.control.addFaults(
			{ ...refused, do: { kind: 'status', status: 500 } },
			{ ...refused, do: { kind: 'status', status: 400 } },
		);
		const failed = await lab.run(NODE, parameters, { items: texts(1) });
		const expired = await lab.engine.retry(failed);
		expect(failureOf(expired).error).toContain('its address no longer opens');
		expect((await lab.engine.retry(expired)).status).toBe('success');
		expect(accepted()).toBe(2);
	});

	it.each([404, 500])(
		'that answers %i at first is said to be paid for and kept',
		async (status) => {
			lab.control.addFaults({
				match: { path: ENDPOINTS.downloadFile },
				do: { kind: 'status', status },
			});
			const parameters = synthesize({ delivery: 'fileViaUrl', options: { maxRetries: 0 } });
			const failed = await lab.run(NODE, parameters, { items: texts(1) });
			expect(failureOf(failed).message).toMatch(/^The audio is finished and paid for/);
			expect((await lab.engine.retry(failed)).status).toBe('success');
			expect(accepted()).toBe(1);
		},
	);

	it.each([
		['synthesize', synthesize({ delivery: 'fileViaUrl', options: { maxRetries: 0 } }), 404],
		['synthesize', synthesize({ delivery: 'fileViaUrl', options: { maxRetries: 0 } }), 500],
		['a job', createJob({ options: { maxRetries: 0 } }), 404],
	] as const)(
		'that cannot be fetched for %s promises no Retry where n8n goes on',
		async (what, parameters, status) => {
			lab.control.addFaults({
				match: { path: ENDPOINTS.downloadFile, times: 'always' },
				do: { kind: 'status', status },
			});
			const settings = { onError: 'continueRegularOutput' } as const;
			const result = await lab.run(NODE, parameters, { items: texts(1), settings });
			const [failed] = failureRowsOf(result);
			expect(failed?.message).toContain('paid for');
			const fetched =
				what === 'a job'
					? 'use Get Job'
					: 'This execution has no Retry, because On Error is set to continue.';
			expect(failed?.message).toContain(fetched);
			expect(failed?.message).not.toMatch(/next try|press Retry|Retry downloads/i);
		},
	);

	it('whose host asks for too long a pause is not said to be bought by running the node again', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.downloadFile },
			do: { kind: 'status', status: 429, retryAfter: 600 },
		});
		const parameters = synthesize({ delivery: 'fileViaUrl', options });
		const failed = await lab.run(NODE, parameters, { items: texts(1) });
		expect(failureOf(failed).message).toContain('They are paid for. After that time,');
		expect(failureOf(failed).message).toContain('Press Retry in n8n after that time');
		expect(failureOf(failed).message).not.toContain('Run the node again');
		lab.clock?.skip(600_000);
		expect((await lab.engine.retry(failed)).status).toBe('success');
		expect(accepted()).toBe(1);
	});

	it.each([401, 403, 404])(
		'that answers %i to each of n8n’s own tries is kept for Retry, and nothing is bought again',
		async (status) => {
			lab.control.addFaults({
				match: { path: ENDPOINTS.downloadFile, times: 'always' },
				do: { kind: 'status', status },
			});
			const parameters = synthesize({ delivery: 'fileViaUrl', options: { maxRetries: 0 } });
			const settings = { retryOnFail: true, maxTries: 3 };
			const failed = await lab.run(NODE, parameters, { items: texts(2), settings });
			expect(failureOf(failed).message).toMatch(/^The audio is finished and paid for/);
			lab.control.clearFaults();
			expect((await lab.engine.retry(failed)).status).toBe('success');
			expect(accepted()).toBe(2);
		},
	);

	it('that has expired is said to be, and the next Retry buys that item again and no other', async () => {
		const parameters = synthesize({
			delivery: 'fileViaUrl',
			options: { concurrency: 1, maxRetries: 0 },
		});
		lab.control.addFaults({
			match: { path: ENDPOINTS.downloadFile, nth: 2 },
			do: { kind: 'status', status: 500 },
		});
		const failed = await lab.run(NODE, parameters, { items: texts(3) });
		expect(failureOf(failed)).toMatchObject({ itemIndex: 1, details: { reason: 'serverError' } });
		lab.clock?.skip(2 * 3_600_000);
		const expired = await lab.engine.retry(failed);
		expect(failureOf(expired)).toMatchObject({
			itemIndex: 1,
			error: expect.stringContaining('its address no longer opens'),
			message: expect.stringContaining('The next Retry buys this item again, and only this one.'),
			details: { kind: 'terminal', outcomeUnknown: false },
		});
		const before = lab.control.charges().length;
		const again = await lab.engine.retry(expired);
		expect(again.status).toBe('success');
		const subjects = lab.control.charges().map(({ subject }) => subject);
		expect(subjects.slice(0, before)).toEqual([...new Set(subjects.slice(0, before))]);
		expect(subjects.filter((subject) => subject.includes('number 0 '))).toHaveLength(1);
		expect(subjects.filter((subject) => subject.includes('number 1 '))).toHaveLength(2);
		expect(subjects.filter((subject) => subject.includes('number 2 '))).toHaveLength(1);
	});
});

describe('a finished job', () => {
	it.each([403, 404, 410])('whose address answers %i is asked for anew', async (status) => {
		const items = texts(4);
		lab.control.addFaults({
			match: { path: ENDPOINTS.downloadFile },
			do: { kind: 'status', status },
		});
		const result = await lab.run(NODE, createJob({ options }), { items });
		expect(result.rows).toHaveLength(4);
		expect(accepted()).toBe(4);
	});

	it('of which only the ID was wanted is fetched with its audio once waiting is turned on', async () => {
		refuseSecond(ENDPOINTS.createSpeechJob);
		const items = texts(3);
		const failed = await lab.run(NODE, createJob({ waitForCompletion: false, options }), { items });
		expect(failureOf(failed).itemIndex).toBe(1);
		const retried = await lab.engine.retry(failed, { parameters: createJob({ options }) });
		expect(retried.rows.map(({ state }) => state)).toEqual(Array(3).fill('succeeded'));
		expect(fieldsOf(retried)).toEqual([['data'], ['data'], ['data']]);
		expect(accepted()).toBe(3);
	});

	it('is returned without its audio once that is not wanted any more', async () => {
		refuseSecond(ENDPOINTS.createSpeechJob);
		const failed = await lab.run(NODE, createJob({ options }), { items: texts(2) });
		const parameters = createJob({ downloadAudio: false, options });
		const retried = await lab.engine.retry(failed, { parameters });
		expect(fieldsOf(retried)).toEqual([[], []]);
		expect(retried.rows.map((row) => 'bytes' in row)).toEqual([false, false]);
		expect(accepted()).toBe(2);
	});
});

describe('rows of an earlier try', () => {
	it.each([
		['synthesize', synthesize({ options }), ENDPOINTS.synthesize],
		['createJob', createJob({ options }), ENDPOINTS.createSpeechJob],
	])(
		'of %s have the output field, the input fields and the raw answer that are wanted now',
		async (_name, parameters, endpoint) => {
			refuseSecond(endpoint);
			const failed = await lab.run(NODE, parameters, { items: texts(2) });
			const retried = await lab.engine.retry(failed, {
				parameters: {
					...parameters,
					outputBinaryField: 'speech',
					options: { ...options, includeInputFields: true },
				},
			});
			expect(fieldsOf(retried)).toEqual([['speech'], ['speech']]);
			expect(retried.rows.every((row) => String(row.text).includes('number'))).toBe(true);
			expect(accepted()).toBe(2);
		},
	);

	it('are bought anew for another voice, since that is another call', async () => {
		refuseSecond(ENDPOINTS.synthesize);
		const failed = await lab.run(NODE, synthesize({ options }), { items: texts(2) });
		const parameters = synthesize({ voiceId: voice('voice_anna'), options });
		expect((await lab.engine.retry(failed, { parameters })).status).toBe('success');
		expect(accepted()).toBe(3);
	});
});

describe('parts of a long text', () => {
	const text = 'One sentence here. Another sentence there. A third one follows. And a fourth.';
	const inParts = synthesize({ options: { concurrency: 1, splitTextAt: 22 } });
	const items = [{ json: { text } }];

	it('that cannot be scanned are kept and counted, and bought once', async () => {
		lab.control.addFaults(
			{
				match: { path: ENDPOINTS.synthesize },
				do: {
					kind: 'raw',
					contentType: 'audio/mpeg',
					bodyBase64: Buffer.alloc(900, 7).toString('base64'),
					accept: true,
				},
			},
			{ match: { path: ENDPOINTS.synthesize, nth: 2 }, do: { kind: 'status', status: 422 } },
		);
		const failed = await lab.run(NODE, inParts, { items });
		expect(failureOf(failed).error).toMatch(/^Part 3 of 5: /);
		const retried = await lab.engine.retry(failed);
		expect(retried.rows[0]).toMatchObject({ parts: 5 });
		expect(accepted()).toBe(5);
	});
});
