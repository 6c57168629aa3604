import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../sandbox/requests.mts';
import {
	callLines,
	clipBytes,
	ENDPOINTS,
	failureOf,
	jobLines,
	ledgerOf,
	publishClip,
	speak,
	storeAudio,
	storeClip,
	tracesOf,
	useLab,
	type LabRun,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechLipSync';
const otherVideo = 'https://media.example.org/other.mp4';

const lab = useLab({ sandbox: { jobDurationMs: 5_000 }, servesFiles: true });
let audioUrl: string;
let videoUrl: string;

async function createJob(parameters: INodeParameters = {}, run?: LabRun) {
	audioUrl = (await speak(lab, 'Somebody else says this.')).url;
	videoUrl = await publishClip(lab);
	return await lab.run(NODE, { operation: 'createJob', videoUrl, audioUrl, ...parameters }, run);
}

/** A job that nobody waits for. */
async function openJob(): Promise<string> {
	const { rows } = await createJob({ waitForCompletion: false });
	return String(rows[0]?.['jobId']);
}

async function finishedJob(): Promise<string> {
	const jobId = await openJob();
	lab.control.setJobStatus('lipSync', jobId, 'completed');
	return jobId;
}

/** What is in a row's video; throws when it is none. */
async function tracksOf(row: INodeExecutionData | undefined, field = 'data') {
	const bytes = await lab.engine.binary.read(row, field);
	const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
	const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
	return { video: await video?.getCodec(), audio: await audio?.getCodec() };
}

describe('createJob', () => {
	it('waits for the video and streams it into the binary store', async () => {
		const result = await createJob();
		const [row] = result.outputs[0] ?? [];
		const [jobId] = lab.control.jobIds('lipSync');
		expect(row?.json).toEqual({
			jobId,
			state: 'succeeded',
			status: 'completed',
			progress: 100,
			resultUrl: expect.stringContaining('.mp4'),
			creditsUsed: 5,
			createdAt: expect.any(String),
			completedAt: expect.any(String),
			mimeType: 'video/mp4',
			bytes: expect.any(Number),
			durationSeconds: expect.any(Number),
		});
		expect(row?.binary?.['data']).toMatchObject({
			mimeType: 'video/mp4',
			fileName: `lip-sync-${jobId}.mp4`,
		});
		expect(await tracksOf(row)).toEqual({ video: 'avc', audio: 'mp3' });
		expect(row?.pairedItem).toEqual({ item: 0 });
		const [request] = lab.control.requests(ENDPOINTS.createLipSyncJob);
		expect(request?.body).toEqual({ videoUrl, audioUrl });
		expect(request?.idempotencyKey).toMatch(/^[\da-f]{32}$/);
		expect(jobLines(result)).toMatchObject([{ level: 'info', metadata: { jobId, item: 0 } }]);
	});

	it('returns at once when told not to wait', async () => {
		const result = await createJob({ waitForCompletion: false });
		const [jobId] = lab.control.jobIds('lipSync');
		expect(result.rows).toEqual([{ jobId, state: 'running', status: 'queued' }]);
		expect(lab.control.requests(ENDPOINTS.getLipSyncJob)).toEqual([]);
	});

	it('leaves the video where it is when told not to download it', async () => {
		const result = await createJob({ downloadVideo: false });
		expect(result.rows).toMatchObject([{ state: 'succeeded', resultUrl: expect.any(String) }]);
		expect(result.outputs[0]?.[0]?.binary).toBeUndefined();
		expect(lab.control.requests(ENDPOINTS.downloadFile)).toEqual([]);
	});

	it('takes both files from n8n, and shows their signed URLs nowhere', async () => {
		const { bytes } = await speak(lab, 'Somebody else says this.');
		const binary = { video: await storeClip(lab), data: await storeAudio(lab, bytes) };
		const sources = { videoSource: 'binary', audioSource: 'binary', simplify: false };
		const result = await createJob(sources, { items: [{ binary }] });
		const [row] = result.outputs[0] ?? [];
		expect(await tracksOf(row)).toEqual({ video: 'avc', audio: 'mp3' });
		// The sandbox shows the video that it was sent.
		expect(row?.json).toMatchObject({ raw: { data: { video_url: '[signed n8n URL]' } } });
		const sent = lab.control.requests(ENDPOINTS.createLipSyncJob)[0]?.body as Record<
			string,
			string
		>;
		for (const url of [sent['videoUrl'], sent['audioUrl']]) {
			const token = new URL(url ?? '').searchParams.get('token') ?? '';
			expect(token.length).toBeGreaterThan(50);
			expect(tracesOf(result)).not.toContain(token);
		}
		const jobId = String(row?.json['jobId']);
		for (const parameters of [
			{ operation: 'getJob', jobId, simplify: false },
			{ operation: 'waitForJob', jobId, simplify: false },
			{ operation: 'getAll' },
		]) {
			const later = await lab.run(NODE, parameters);
			expect(later.status).toBe('success');
			expect(JSON.stringify(later.rows)).toContain('[signed n8n URL]');
			expect(tracesOf(later)).not.toContain('signed?token=');
		}
	});

	it('shows no signed URL when the job fails and says what it could not read', async () => {
		const { bytes } = await speak(lab, 'Somebody else says this.');
		const binary = { data: await storeAudio(lab, bytes) };
		const isCreated = ({ endpoint, accepted }: RequestRecord) =>
			endpoint === ENDPOINTS.createLipSyncJob && accepted;
		const failing = lab.control.waitForRequests(isCreated).then(() => {
			const sent = lab.control.requests(ENDPOINTS.createLipSyncJob)[0]?.body as Record<
				string,
				string
			>;
			const url = sent['audioUrl'] ?? '';
			const message = `cannot read ${url} (${new URL(url).searchParams.get('token')})`;
			lab.control.addFaults({
				match: { path: ENDPOINTS.getLipSyncJob, times: 'always' },
				do: { kind: 'editJson', set: { 'data.status': 'failed', 'data.error': { message } } },
			});
		});
		const result = await createJob({ audioSource: 'binary' }, { items: [{ binary }] });
		await failing;
		expect(failureOf(result).error).toContain('cannot read [signed n8n URL] ([signed n8n URL])');
		expect(tracesOf(result)).not.toContain('signed?token=');
		// The beginning of a token, long enough that nothing random contains it by chance.
		expect(tracesOf(result)).not.toContain('eyJhbGciOiJ');
	});

	it('reads the result by the rules: never what was sent, a video of another address', async () => {
		const cases = [
			{ set: {}, url: undefined },
			{ set: { 'data.videoUrl': otherVideo }, url: otherVideo },
			{ set: { 'data.audioUrl': audioUrl, 'data.url': otherVideo }, url: otherVideo },
			{ set: { 'data.result_url': '', 'data.outputUrl': otherVideo }, url: otherVideo },
		];
		for (const { set, url } of cases) {
			lab.control.addFaults({
				match: { path: ENDPOINTS.getLipSyncJob, times: 'always' },
				do: {
					kind: 'editJson',
					set: { ...set, 'data.status': 'done' },
					remove: ['data.result_url'],
				},
			});
			const result = await createJob({ downloadVideo: false });
			expect(result.rows[0]?.['resultUrl']).toBe(url);
			lab.control.clearFaults();
		}
	});

	it('is a success with a hint when the finished job names no video', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.getLipSyncJob, times: 'always' },
			do: { kind: 'editJson', set: { 'data.status': 'done' }, remove: ['data.result_url'] },
		});
		const result = await createJob();
		expect(result.rows).toMatchObject([{ state: 'succeeded', status: 'done' }]);
		expect(result.hints[0]?.message).toContain('named no video');
	});

	it('knows on the next try what an earlier one has sent, and creates nothing again', async () => {
		const { bytes } = await speak(lab, 'Somebody else says this.');
		const binary = { video: await storeClip(lab), data: await storeAudio(lab, bytes) };
		lab.control.addFaults(
			{ match: { path: ENDPOINTS.getLipSyncJob }, do: { kind: 'status', status: 403 } },
			{
				match: { path: ENDPOINTS.getLipSyncJob, times: 'always' },
				do: { kind: 'editJson', set: { 'data.status': 'done' }, remove: ['data.result_url'] },
			},
		);
		const sources = { videoSource: 'binary', audioSource: 'binary', simplify: false };
		const failed = await createJob(sources, { items: [{ binary }] });
		expect(failureOf(failed).details).toMatchObject({ reason: 'forbidden' });
		expect(Object.keys(ledgerOf(failed))).toHaveLength(1);
		expect(tracesOf(failed)).not.toContain('signed?token=');
		const retried = await lab.engine.retry(failed);
		// The job shows the video that was sent: it is known for that, and is no result.
		expect(retried.rows).toMatchObject([
			{ state: 'succeeded', raw: { data: { video_url: '[signed n8n URL]' } } },
		]);
		expect(retried.rows[0]).not.toHaveProperty('resultUrl');
		expect(lab.control.requests(ENDPOINTS.createLipSyncJob)).toHaveLength(1);
		expect(tracesOf(retried)).not.toContain('signed?token=');
	});

	it('fails with jobFailed when the job fails, and says why', async () => {
		lab.control.failNextJobs('lipSync', { code: 'NO_FACE', message: 'There is no face.' });
		const { error, details } = failureOf(await createJob());
		const [jobId] = lab.control.jobIds('lipSync');
		expect(error).toBe(`Job ${jobId} failed (NO_FACE): There is no face.`);
		expect(details).toMatchObject({ reason: 'jobFailed', kind: 'terminal', jobId });
	});

	it('fails with jobTimeout at the deadline, with the id and the last status', async () => {
		lab.control.configure({ jobStates: ['queued', 'rendering'] });
		const result = await createJob({ options: { waitTimeoutSeconds: 30 } });
		const [jobId] = lab.control.jobIds('lipSync');
		const { error, message, details } = failureOf(result);
		expect(error).toContain(`Job ${jobId} was not finished after 30 seconds`);
		expect(error).toContain('"rendering"');
		expect(message).toContain('Wait for Job');
		expect(details).toMatchObject({ reason: 'jobTimeout', kind: 'retryable', jobId });
	});

	it('is not repeated when the envelope says that it failed, and passes on what was said', async () => {
		const body = JSON.stringify({ success: false, message: 'The queue is full.', data: null });
		lab.control.addFaults({
			match: { path: ENDPOINTS.createLipSyncJob },
			do: { kind: 'raw', contentType: 'application/json', body },
		});
		const { error, details } = failureOf(await createJob());
		expect(error).toContain('The queue is full.');
		expect(details).toMatchObject({ reason: 'unexpectedResponse', outcomeUnknown: true });
		expect(lab.control.requests(ENDPOINTS.createLipSyncJob)).toHaveLength(1);
	});

	it('keeps several jobs waiting at the same time', async () => {
		const result = await createJob(
			{ options: { concurrency: 1 } },
			{ items: [{}, {}, {}].map(() => ({ json: {} })) },
		);
		expect(result.rows.map(({ jobId }) => jobId)).toEqual(lab.control.jobIds('lipSync').reverse());
		const order = lab.control.requests().map(({ endpoint }) => endpoint);
		expect(order.lastIndexOf(ENDPOINTS.createLipSyncJob)).toBeLessThan(
			order.indexOf(ENDPOINTS.downloadFile),
		);
	});
});

describe('createJob refuses, before anything is sent,', () => {
	const binarySources = { videoSource: 'binary', audioSource: 'binary' };
	it.each([
		['no video URL', { videoUrl: '={{ "" }}' }, 'Parameter "Video URL" is empty'],
		['an audio URL that is none', { audioUrl: 'talk.mp3' }, 'Parameter "Audio URL" is "talk.mp3"'],
		[
			'video and audio the wrong way round',
			{ ...binarySources, videoBinaryField: 'data', audioBinaryField: 'video' },
			'Parameter "Video Data Field Name" is "data", whose file is of type audio/mpeg',
		],
		[
			'a video for the audio',
			{ audioSource: 'binary', audioBinaryField: 'video' },
			'Parameter "Audio Data Field Name" is "video", whose file is of type video/mp4',
		],
		[
			'a field that is not there',
			{ ...binarySources, videoBinaryField: 'clip' },
			'Parameter "Video Data Field Name" is "clip", but the item has no such binary field',
		],
		[
			'no field name',
			{ ...binarySources, audioBinaryField: '={{ "" }}' },
			'Parameter "Audio Data Field Name" is empty',
		],
		[
			'no name for the video',
			{ outputBinaryField: '={{ "" }}' },
			'Parameter "Output Data Field Name" is empty',
		],
	])('%s', async (_name, parameters, expected) => {
		const { bytes } = await speak(lab, 'Somebody else says this.');
		const binary = { video: await storeClip(lab), data: await storeAudio(lab, bytes) };
		const result = await createJob(parameters, { items: [{ binary }] });
		const { error, details } = failureOf(result);
		expect(error).toContain(expected);
		expect(details).toMatchObject({ reason: 'invalidParameter', attempts: 0 });
		expect(callLines(result)).toEqual([]);
	});
});

describe('getJob', () => {
	const getJob = async (jobId: string, parameters: INodeParameters = {}) =>
		await lab.run(NODE, { operation: 'getJob', jobId, ...parameters });

	it('shows a running job as it is', async () => {
		const jobId = await openJob();
		const result = await getJob(jobId);
		expect(result.rows).toEqual([
			{
				jobId,
				state: 'running',
				status: 'queued',
				progress: 40,
				creditsUsed: 5,
				createdAt: expect.any(String),
			},
		]);
	});

	it('gets the video of a finished one', async () => {
		const jobId = await finishedJob();
		const [row] = (await getJob(jobId, { outputBinaryField: 'video' })).outputs[0] ?? [];
		expect(row?.json).toMatchObject({ jobId, state: 'succeeded', mimeType: 'video/mp4' });
		expect(await tracksOf(row, 'video')).toEqual({ video: 'avc', audio: 'mp3' });
	});

	it.each(['error', 'errorObject', 'camelCase', 'snakeCase', 'message', 'reason'] as const)(
		'shows a failed one as a row, wherever it says why (%s)',
		async (spelling) => {
			lab.control.failNextJobs('lipSync', { code: 'NO_FACE', message: 'No face.', spelling });
			const jobId = await openJob();
			lab.control.setJobStatus('lipSync', jobId, 'failed');
			const result = await getJob(jobId);
			expect(result.rows).toMatchObject([
				{ jobId, state: 'failed', failure: { code: 'NO_FACE', message: 'No face.' } },
			]);
			expect(result.rows[0]).not.toHaveProperty('error');
		},
	);

	it('repeats a download that breaks off', async () => {
		const jobId = await finishedJob();
		lab.control.addFaults({
			match: { path: ENDPOINTS.downloadFile },
			do: { kind: 'cutBody', afterBytes: 1_000 },
		});
		const [row] = (await getJob(jobId)).outputs[0] ?? [];
		expect(await tracksOf(row)).toEqual({ video: 'avc', audio: 'mp3' });
	});

	it('names the job whose state it could not read', async () => {
		const { details } = failureOf(await getJob('job_1'));
		expect(details).toMatchObject({ reason: 'notFound', jobId: 'job_1' });
	});

	it('takes an error that a 200 hides for an error, not for a job that runs', async () => {
		const body = JSON.stringify({ success: false, message: 'No such job.', data: null });
		lab.control.addFaults({
			match: { path: ENDPOINTS.getLipSyncJob, times: 'always' },
			do: { kind: 'raw', contentType: 'application/json', body },
		});
		const { error, details } = failureOf(await getJob('job_1'));
		expect(error).toContain('No such job.');
		expect(details).toMatchObject({ reason: 'unexpectedResponse' });
	});

	it('refuses an id that leads elsewhere', async () => {
		for (const id of ['../profile', 'a/b', 'a?b', 'a%2Fb', '={{ "" }}'])
			expect(failureOf(await getJob(id)).details).toMatchObject({ reason: 'invalidParameter' });
		expect(lab.control.requests()).toEqual([]);
	});
});

describe('waitForJob', () => {
	const waitForJob = async (jobId: string, parameters: INodeParameters = {}) =>
		await lab.run(NODE, { operation: 'waitForJob', jobId, ...parameters });

	it('polls at once, then until the job is finished, and gets the video', async () => {
		const jobId = await openJob();
		const [row] = (await waitForJob(jobId)).outputs[0] ?? [];
		expect(row?.json).toMatchObject({ jobId, state: 'succeeded' });
		expect(await tracksOf(row)).toEqual({ video: 'avc', audio: 'mp3' });
		expect((await lab.engine.binary.read(row)).equals(await clipBytes())).toBe(false);
		expect(lab.control.requests(ENDPOINTS.getLipSyncJob).length).toBeGreaterThan(2);
	});

	it('survives polls that fail, and ends at once for a job that is unknown', async () => {
		const jobId = await openJob();
		lab.control.addFaults(
			{ match: { path: ENDPOINTS.getLipSyncJob, nth: 2 }, do: { kind: 'status', status: 500 } },
			{ match: { path: ENDPOINTS.getLipSyncJob, nth: 2 }, do: { kind: 'reset' } },
		);
		expect((await waitForJob(jobId)).rows).toMatchObject([{ state: 'succeeded' }]);
		const { details } = failureOf(await waitForJob('job_of_others'));
		expect(details).toMatchObject({ reason: 'notFound', jobId: 'job_of_others' });
	});

	it('fails for a job that has failed', async () => {
		lab.control.failNextJobs('lipSync', { code: 'NO_FACE', httpStatus: 422 });
		const jobId = await openJob();
		const { details } = failureOf(await waitForJob(jobId));
		expect(details).toMatchObject({ reason: 'jobFailed', jobId, code: 'NO_FACE', httpStatus: 422 });
	});
});
