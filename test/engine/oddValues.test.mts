import { describe, expect, it } from 'vitest';
import type { IDataObject } from 'n8n-workflow';
import {
	createJob,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	getJob,
	rowsOf,
	speak,
	synthesize,
	texts,
	useLab,
	voice,
	waitForJob,
} from '../support/lab/index.mts';

const SPEECH = 'fishSpeechTextToSpeech';
const VOICES = 'fishSpeechVoices';
const PROFILE = 'fishSpeechProfile';
const goOn = { onError: 'continueRegularOutput' } as const;
const webhookUrl = 'https://n8n.example.org/webhook/1';

const lab = useLab({ servesFiles: true });

/** The service does what it is asked and answers with this body. */
function answerWith(path: string, body: unknown): void {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	lab.control.addFaults({ match: { path }, do: { kind: 'raw', body: text, accept: true } });
}

describe('the code of a failed job', () => {
	it.each(['insufficient_speech_detected', 'aliquota_error', 'INSUFFICIENT_LIGHT', 'rebalanced'])(
		'"%s" does not stop the batch',
		async (code) => {
			lab.control.failNextJobs('speech', { code });
			const parameters = createJob({ options: { concurrency: 1 } });
			const result = await lab.run(SPEECH, parameters, { items: texts(3), settings: goOn });
			expect(failureRowsOf(result).map(({ details }) => details.reason)).toEqual(['jobFailed']);
			expect(lab.control.stats().accepted).toBe(3);
		},
	);
});

const ACKNOWLEDGEMENTS: ReadonlyArray<IDataObject> = [
	{ success: true, code: 'OK', message: 'Done.' },
	{ success: true, code: 'VOICE_DELETED', message: 'The voice was deleted.' },
	{ code: 0, message: 'success' },
	{ code: '200', message: 'OK' },
];

describe.each(ACKNOWLEDGEMENTS)('an answer %j', (body) => {
	it('is a success of Delete', async () => {
		answerWith(ENDPOINTS.deleteVoice, body);
		const parameters = { operation: 'delete', voiceId: voice('voice_anna') };
		const result = await lab.run(VOICES, parameters);
		expect(result.rows).toEqual([{ deleted: true, voiceId: 'voice_anna' }]);
		expect(lab.control.requests()).toHaveLength(1);
	});

	it('is a success of Update', async () => {
		answerWith(ENDPOINTS.updateProfile, body);
		const result = await lab.run(PROFILE, { operation: 'update', webhookUrl });
		expect(result.rows[0]).toMatchObject({ updated: true });
		expect(lab.control.requests()).toHaveLength(1);
	});
});

describe('a delete that n8n tries again', () => {
	const parameters = {
		operation: 'delete',
		voiceId: voice('voice_anna'),
		options: { maxRetries: 0 },
	};
	const lose = () =>
		lab.control.addFaults({
			match: { path: ENDPOINTS.deleteVoice },
			do: { kind: 'status', status: 502, accept: true },
		});

	it('after a 502 has deleted the voice, which is not there any more', async () => {
		lose();
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };
		const result = await lab.run(VOICES, parameters, { settings });
		expect(result.rows).toEqual([{ deleted: true, voiceId: 'voice_anna' }]);
	});

	it('by Retry of the failed execution has deleted it too', async () => {
		lose();
		const failed = await lab.run(VOICES, parameters);
		expect(failureOf(failed).details.reason).toBe('serverError');
		const retried = await lab.engine.retry(failed);
		expect(retried.rows).toEqual([{ deleted: true, voiceId: 'voice_anna' }]);
	});
});

describe('a profile', () => {
	const whole = { user_id: 'u1', tier: 'pro', credits: 12, api_quota_remaining: 34 };
	const read = { userId: 'u1', tier: 'pro', credits: 12, apiQuotaRemaining: 34 };

	it.each([[null], ['unlimited'], ['988,000'], [{}], [[]]])(
		'whose credits are %j is read without them',
		async (credits) => {
			answerWith(ENDPOINTS.getProfile, { ...whole, credits });
			const [row] = (await lab.run(PROFILE, { operation: 'get' })).rows;
			const { credits: _left, ...others } = read;
			expect(row).toMatchObject(others);
			expect(typeof row?.credits).not.toBe('number');
			expect(lab.control.requests()).toHaveLength(1);
		},
	);

	it('without credits, or inside data, is read all the same', async () => {
		const { credits: _left, ...others } = whole;
		answerWith(ENDPOINTS.getProfile, others);
		answerWith(ENDPOINTS.getProfile, { code: 0, message: 'success', data: whole });
		expect((await lab.run(PROFILE, { operation: 'get' })).rows[0]).toMatchObject({ userId: 'u1' });
		expect((await lab.run(PROFILE, { operation: 'get' })).rows[0]).toMatchObject(read);
	});
});

describe('a text', () => {
	it.each([
		'={{ NaN }}',
		'={{ 1 / 0 }}',
		'={{ undefined }}',
		'={{ null }}',
		'={{ [1] }}',
		'={{ true }}',
	])('that is %s is refused before anything is sent', async (text) => {
		for (const parameters of [synthesize({ text }), createJob({ text })]) {
			const { details } = failureOf(await lab.run(SPEECH, parameters));
			expect(details.reason).toBe('invalidParameter');
		}
		expect(lab.control.requests()).toEqual([]);
	});
});

describe('an ID', () => {
	it('of a job larger than numbers can be keeps its digits', async () => {
		answerWith(ENDPOINTS.createSpeechJob, '{"id":9007199254740993,"status":"queued"}');
		const result = await lab.run(SPEECH, createJob({ waitForCompletion: false }), {
			items: texts(1),
		});
		expect(result.rows[0]).toMatchObject({ jobId: '9007199254740993' });
		const items = [{ json: { jobId: result.rows[0]?.jobId } }];
		expect(failureOf(await lab.run(SPEECH, waitForJob(), { items })).error).toContain('404');
		expect(lab.control.requests().at(-1)?.path).toMatch(/\/9007199254740993$/);
	});

	it.each(['task.v2.7', '..a', 'a..', '...'])('"%s" is asked for', async (jobId) => {
		const result = await lab.run(SPEECH, getJob(), { items: [{ json: { jobId } }] });
		expect(failureOf(result).details).toMatchObject({ reason: 'notFound' });
		expect(lab.control.requests().at(-1)?.path).toContain(jobId);
	});

	it.each(['.', '..', ' .. '])('"%s" is refused before anything is sent', async (jobId) => {
		const result = await lab.run(SPEECH, getJob(), { items: [{ json: { jobId } }] });
		expect(failureOf(result).details).toMatchObject({ reason: 'invalidParameter' });
		expect(lab.control.requests()).toEqual([]);
	});

	it('of a voice is shown whole, though it contains the reference text', async () => {
		const { bytes } = await speak(lab, 'A sample of a voice.');
		const data = await lab.engine.binary.put(bytes, {
			fileName: 'anna.mp3',
			mimeType: 'audio/mpeg',
		});
		answerWith(ENDPOINTS.createVoice, { voice: { id: 'clone_of_anna_7', name: 'Anna' } });
		const parameters = {
			operation: 'create',
			name: 'Anna',
			inputBinaryFields: 'data',
			options: { referenceText: 'of_anna', description: 'clone' },
		};
		const result = await lab.run(VOICES, parameters, { items: [{ json: {}, binary: { data } }] });
		expect(result.rows[0]).toMatchObject({ voiceId: 'clone_of_anna_7' });
	});
});

describe('a binary without a MIME type', () => {
	it('is a recording if nothing speaks against it, and no sample of a voice', async () => {
		const { bytes } = await speak(lab, 'A recording.');
		const { mimeType: _gone, ...data } = await lab.engine.binary.put(bytes, {
			fileName: 'talk',
			mimeType: 'audio/mpeg',
		});
		const items = [{ json: {}, binary: { data: data as never } }];
		const transcribed = await lab.run(
			'fishSpeechSpeechToText',
			{ operation: 'transcribe', audioSource: 'binary' },
			{ items },
		);
		expect(transcribed.rows[0]).toMatchObject({ text: 'A recording.' });
		const created = await lab.run(
			VOICES,
			{ operation: 'create', name: 'Anna', inputBinaryFields: 'data' },
			{ items },
		);
		if (created.error !== undefined)
			expect(failureOf(created).details.reason).toBe('invalidParameter');
	});
});

describe('an option whose expression fails for the first item', () => {
	it.each(['concurrency', 'requestTimeoutSeconds', 'onceKey', 'maxRetries'])(
		'fails that item alone: %s',
		async (option) => {
			const value = "={{ $itemIndex === 0 ? $('Nowhere').item.json.x : 2 + $itemIndex }}";
			const result = await lab.run(SPEECH, synthesize({ options: { [option]: value } }), {
				items: texts(3),
				settings: goOn,
			});
			expect(failureRowsOf(result)).toMatchObject([
				{ itemIndex: 0, details: { reason: 'invalidParameter' } },
			]);
			expect(rowsOf(result)).toHaveLength(3);
			expect(lab.control.stats().accepted).toBe(2);
		},
	);
});
