import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
	audioSeconds,
	createJob,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	getJob,
	jobLines,
	rowsOf,
	texts,
	useLab,
	waitForJob,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const TEXT = 'A chapter that is long enough to be spoken in the background.';
const one = { items: [{ json: { text: TEXT } }] };
const goOn = { onError: 'continueRegularOutput' } as const;

const lab = useLab();

/** A job that exists at the service, and an item that names it. */
async function existingJob(): Promise<{
	jobId: string;
	items: Array<{ json: { jobId: string } }>;
}> {
	const result = await lab.run(NODE, createJob({ waitForCompletion: false }), one);
	const jobId = String(result.rows[0]?.jobId);
	return { jobId, items: [{ json: { jobId } }] };
}

const polls = () => lab.control.requests(ENDPOINTS.getSpeechJob);
const sentAt = (endpoint: string) => lab.control.requests(endpoint).map(({ at }) => at);

describe.each(['task', 'envelope'] as const)('with jobs answered as %s', (jobShape) => {
	const start = () => lab.control.configure({ jobShape, jobDurationMs: 3_000 });

	it('Create Job waits and puts the audio into the output item', async () => {
		start();
		const result = await lab.run(NODE, createJob({ format: 'wav' }), one);
		const spoken = await lab.control.audio({ text: TEXT, format: 'wav' });
		const [row] = rowsOf(result);
		const [jobId] = lab.control.jobIds('speech');
		const file = await lab.engine.binary.read(row);
		expect(file).toEqual(spoken.bytes);
		expect(await audioSeconds(file)).toBeCloseTo(spoken.durationSeconds, 1);
		const textHash = createHash('sha256').update(TEXT).digest('hex');
		expect(row?.json).toMatchObject({
			jobId,
			state: 'succeeded',
			status: 'completed',
			voiceId: 'voice_123',
			format: 'wav',
			textHash,
			audioUrl: expect.stringContaining('/files/'),
			creditsUsed: 7,
			mimeType: 'audio/wav',
			bytes: spoken.bytes.length,
		});
		expect(row?.json).not.toHaveProperty('raw');
		expect(row?.binary?.data?.fileName).toBe(`speech-${textHash.slice(0, 8)}.wav`);
		expect(jobLines(result)).toMatchObject([
			{ level: 'info', metadata: { jobId, textHash, voiceId: 'voice_123', node: 'Node', item: 0 } },
		]);
		if (jobShape === 'envelope')
			expect(row?.json).toMatchObject({
				quotaRemaining: 988_000 - 7,
				requestId: expect.any(String),
			});
	});

	it('Create Job without waiting returns the id at once', async () => {
		start();
		const result = await lab.run(NODE, createJob({ waitForCompletion: false }), one);
		const [jobId] = lab.control.jobIds('speech');
		expect(result.rows[0]).toMatchObject({ jobId, state: 'running', status: 'queued' });
		expect(lab.control.requests()).toHaveLength(1);
		expect(jobLines(result)).toHaveLength(1);
	});

	it('Get Job looks once, running or finished', async () => {
		start();
		const { jobId, items } = await existingJob();
		lab.control.setJobStatus('speech', jobId, 'rendering');
		const running = await lab.run(NODE, getJob(), { items });
		expect(running.rows[0]).toMatchObject({ jobId, state: 'running', status: 'rendering' });
		expect(rowsOf(running)[0]?.binary).toBeUndefined();
		lab.control.setJobStatus('speech', jobId, 'Succeeded');
		const finished = await lab.run(NODE, getJob(), { items });
		expect(finished.rows[0]).toMatchObject({ jobId, state: 'succeeded', status: 'Succeeded' });
		const { bytes } = await lab.control.audio({ text: TEXT });
		expect(await lab.engine.binary.read(rowsOf(finished)[0])).toEqual(bytes);
		expect(rowsOf(finished)[0]?.binary?.data?.fileName).toBe(`speech-${jobId}.mp3`);
	});

	it('Wait for Job asks at once and then until it is finished', async () => {
		start();
		const { jobId, items } = await existingJob();
		const before = lab.clock?.now() ?? 0;
		const result = await lab.run(NODE, waitForJob(), { items });
		expect(result.rows[0]).toMatchObject({ jobId, state: 'succeeded' });
		const [first, ...later] = sentAt(ENDPOINTS.getSpeechJob);
		expect((first ?? 0) - before).toBeLessThan(900);
		expect(later.length).toBeGreaterThanOrEqual(2);
	});

	it.each([
		['error', 'ERR_X', 'It broke.'],
		['errorObject', 'ERR_X', 'It broke.'],
		['camelCase', 'ERR_X', 'It broke.'],
		['snakeCase', 'ERR_X', 'It broke.'],
		['message', 'ERR_X', 'It broke.'],
		['reason', 'ERR_X', 'It broke.'],
	] as const)('reads why a job failed, spelt as %s', async (spelling, code, message) => {
		start();
		lab.control.failNextJobs('speech', { spelling, code, message });
		const failed = await lab.run(NODE, createJob(), one);
		const [jobId] = lab.control.jobIds('speech');
		expect(failureOf(failed)).toMatchObject({
			error: `Job ${jobId} failed (${code}): ${message}`,
			details: { kind: 'terminal', reason: 'jobFailed', code, jobId, outcomeUnknown: false },
		});
		const looked = await lab.run(NODE, getJob(), { items: [{ json: { jobId } }] });
		expect(looked.rows[0]).toMatchObject({
			jobId,
			state: 'failed',
			status: 'failed',
			failure: { code, message },
		});
		expect(looked.rows[0]).not.toHaveProperty('error');
	});
});

describe('waiting for a job', () => {
	it('polls first after Initial Poll, then ever more slowly up to Max Poll', async () => {
		lab.control.configure({ jobDurationMs: 60_000 });
		const parameters = createJob({ options: { initialPollSeconds: 2, maxPollSeconds: 5 } });
		await lab.run(NODE, parameters, one);
		const times = [...sentAt(ENDPOINTS.createSpeechJob), ...sentAt(ENDPOINTS.getSpeechJob)];
		const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
		expect(pauses[0]).toBeGreaterThanOrEqual(1_790);
		for (const pause of pauses) expect(pause).toBeLessThan(5_900);
		expect(pauses.at(-1)).toBeGreaterThan(4_400);
		expect(polls().length).toBeGreaterThan(10);
		expect(polls().length).toBeLessThan(22);
	});

	it('ends at Wait Timeout with the id, the last status and what to do', async () => {
		lab.control.configure({ jobDurationMs: 3_600_000 });
		const parameters = createJob({ options: { waitTimeoutSeconds: 90 } });
		const result = await lab.run(NODE, parameters, one);
		const [jobId] = lab.control.jobIds('speech');
		const { error, message, details } = failureOf(result);
		expect(error).toBe(
			`Job ${jobId} was not finished after 90 seconds. Its last status was "queued".`,
		);
		expect(message).toContain('was accepted');
		expect(message).toContain('Wait for Job');
		expect(details).toMatchObject({ kind: 'retryable', reason: 'jobTimeout', jobId });
		const [created] = sentAt(ENDPOINTS.createSpeechJob);
		expect((sentAt(ENDPOINTS.getSpeechJob).at(-1) ?? 0) - (created ?? 0)).toBeLessThan(92_000);
	});

	it('ends in an error, not in a canceled execution, whatever the last status says', async () => {
		lab.control.configure({ jobStates: Array.from({ length: 60 }, () => 'not canceled yet') });
		const parameters = createJob({ options: { waitTimeoutSeconds: 90 } });
		const result = await lab.run(NODE, parameters, one);
		expect(failureOf(result).error).toContain('Its last status was "not cancelled yet".');
	});

	it.each(['queued', 'processing', 'warming_up', 'ALMOST DONE'])(
		'takes the status "%s" for running',
		async (status) => {
			lab.control.configure({ jobStates: [status, 'completed'] });
			const result = await lab.run(NODE, createJob(), one);
			expect(result.rows[0]).toMatchObject({ state: 'succeeded' });
			expect(polls()).toHaveLength(2);
		},
	);

	it.each(['completed', 'succeeded', 'success', 'done', 'FINISHED'])(
		'takes the status "%s" for success',
		async (status) => {
			lab.control.configure({ jobStates: [status] });
			const result = await lab.run(NODE, createJob(), one);
			expect(result.rows[0]).toMatchObject({ state: 'succeeded', status });
		},
	);

	it.each(['failed', 'error', 'cancelled', 'canceled', 'expired', 'Rejected'])(
		'takes the status "%s" for failure',
		async (status) => {
			lab.control.configure({ jobStates: [status] });
			const result = await lab.run(NODE, createJob(), one);
			expect(result.status).toBe('error');
			expect(failureOf(result).details.reason).toBe('jobFailed');
		},
	);

	it('goes on after polls that fail for a while, and honours their Retry-After', async () => {
		lab.control.addFaults(
			{
				match: { path: ENDPOINTS.getSpeechJob },
				do: { kind: 'status', status: 429, retryAfter: 30 },
			},
			{ match: { path: ENDPOINTS.getSpeechJob, times: 6 }, do: { kind: 'status', status: 500 } },
			{ match: { path: ENDPOINTS.getSpeechJob }, do: { kind: 'reset' } },
			{
				match: { path: ENDPOINTS.getSpeechJob },
				do: { kind: 'raw', contentType: 'text/html', body: '<html>' },
			},
		);
		const result = await lab.run(NODE, createJob(), one);
		expect(result.rows[0]).toMatchObject({ state: 'succeeded' });
		const [first = 0, second = 0] = sentAt(ENDPOINTS.getSpeechJob);
		expect(second - first).toBeGreaterThanOrEqual(30_000);
		expect(polls()).toHaveLength(10);
	});

	it.each([
		[401, 'unauthorized'],
		[403, 'forbidden'],
		[404, 'notFound'],
	])('ends at a poll answered %i, with the id', async (status, reason) => {
		const { jobId, items } = await existingJob();
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob },
			do: { kind: 'status', status },
		});
		const result = await lab.run(NODE, waitForJob(), { items });
		expect(failureOf(result).details).toMatchObject({ kind: 'terminal', reason, jobId });
		expect(failureOf(result).error).toContain(jobId);
		expect(polls()).toHaveLength(1);
	});

	it('names the id of an unknown job', async () => {
		const items = [{ json: { jobId: 'task_of_another_account' } }];
		for (const parameters of [getJob(), waitForJob()]) {
			const result = await lab.run(NODE, parameters, { items });
			expect(failureOf(result)).toMatchObject({
				error: expect.stringContaining('task_of_another_account'),
				details: { reason: 'notFound', jobId: 'task_of_another_account', httpStatus: 404 },
			});
		}
	});
});

describe('a job’s audio', () => {
	it('stays at its URL where Download Audio is off', async () => {
		const result = await lab.run(NODE, createJob({ downloadAudio: false }), one);
		expect(result.rows[0]).toMatchObject({ audioUrl: expect.stringContaining('/files/') });
		expect(rowsOf(result)[0]?.binary).toBeUndefined();
		expect(lab.control.requests(ENDPOINTS.downloadFile)).toEqual([]);
	});

	it('goes into the field and the file that the parameters name', async () => {
		const parameters = createJob({
			outputBinaryField: 'speech',
			options: { fileName: 'chapter 1' },
		});
		const result = await lab.run(NODE, parameters, one);
		expect(rowsOf(result)[0]?.binary?.speech).toMatchObject({
			fileName: 'chapter 1.mp3',
			mimeType: 'audio/mpeg',
		});
	});

	it('that the service does not name is a success with a hint', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob },
			do: { kind: 'raw', body: JSON.stringify({ id: 'x', status: 'completed' }) },
		});
		const result = await lab.run(NODE, createJob(), one);
		expect(result.status).toBe('success');
		expect(result.rows[0]).toMatchObject({ state: 'succeeded' });
		expect(result.hints[0]?.message).toContain('named no audio');
	});

	it('can be on another origin, which never gets the token', async () => {
		lab.control.configure({ mediaOrigin: 'other' });
		const result = await lab.run(NODE, createJob(), one);
		expect(result.status).toBe('success');
		const [download] = lab.control.requests(ENDPOINTS.downloadFile);
		expect(download).toMatchObject({ listener: 'media', authorization: 'missing' });
	});

	it('at the API’s own origin is asked for with the token', async () => {
		lab.control.configure({ mediaNeedsToken: true });
		const result = await lab.run(NODE, createJob(), one);
		expect(result.status).toBe('success');
	});

	it('that cannot be had fails the item with the job’s id', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.downloadFile, times: 'always' },
			do: { kind: 'status', status: 404 },
		});
		const result = await lab.run(NODE, createJob(), one);
		const [jobId] = lab.control.jobIds('speech');
		expect(failureOf(result)).toMatchObject({
			error: expect.stringContaining(`Job: ${jobId}`),
			details: { kind: 'terminal', reason: 'notFound', jobId, outcomeUnknown: false },
		});
	});
});

describe('the row of a job', () => {
	it('holds the server’s body where Simplify is off', async () => {
		const result = await lab.run(NODE, createJob({ simplify: false }), one);
		const [jobId] = lab.control.jobIds('speech');
		expect(result.rows[0]?.raw).toMatchObject({ id: jobId, status: 'completed' });
	});

	it('never repeats the request text in a failure', async () => {
		lab.control.failNextJobs('speech', { message: `cannot speak "${TEXT}"` });
		const failed = await lab.run(NODE, createJob(), one);
		expect(failureOf(failed).error).toContain('cannot speak "[text]"');
	});

	it('of a failed job in a batch is a failed row of its own', async () => {
		lab.control.failNextJobs('speech', { code: 'ERR_VOICE' });
		const parameters = createJob({ options: { concurrency: 1 } });
		const result = await lab.run(NODE, parameters, { items: texts(3), settings: goOn });
		expect(failureRowsOf(result)).toMatchObject([
			{ itemIndex: 0, details: { reason: 'jobFailed' } },
		]);
		expect(result.hints[0]?.message).toContain('2 of 3 items done. 1 failed (jobFailed)');
	});

	it('without an id to be found is an unknown outcome that shows the body’s keys', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.createSpeechJob },
			do: { kind: 'editJson', remove: ['id'] },
		});
		const result = await lab.run(NODE, createJob(), one);
		expect(failureOf(result)).toMatchObject({
			error: expect.stringContaining('(it has the fields status)'),
			details: { kind: 'terminal', reason: 'unexpectedResponse', outcomeUnknown: true },
		});
		expect(lab.control.requests()).toHaveLength(1);
	});
});
