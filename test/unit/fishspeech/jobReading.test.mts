import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure } from '../../../nodes/shared/api/errors.ts';
import type { WireObject } from '../../../nodes/shared/api/wire.ts';
import {
	jobState,
	readNewJob,
	readPolledJob,
	type JobReading,
} from '../../../nodes/shared/fishspeech/jobReading.ts';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service.ts';

/** The job that was asked for by its ID. */
const readJob = (body: WireObject, reading?: JobReading) =>
	readPolledJob(body, 'asked', reading) ?? expect.fail('it is an error');

describe('a job id', () => {
	it.each([
		['the documented answer', { id: 'task_123', status: 'queued' }, 'task_123'],
		[
			'the answer of the schema',
			{
				task: { id: 'task_1' },
				record: { id: 'rec_1' },
				requestId: 'r',
				quotaRemaining: 1,
				creditsUsed: 1,
			},
			'task_1',
		],
		[
			'the lip-sync envelope',
			{ success: true, message: 'Job created', data: { id: 'job_123', status: 'queued' } },
			'job_123',
		],
		['taskId', { taskId: 't', data: { id: 'd' } }, 't'],
		['record alone', { record: { id: 'rec_1' } }, 'rec_1'],
		['id before everything', { id: 'a', taskId: 'b', task: { id: 'c' } }, 'a'],
		['an empty id passed over', { id: '', taskId: 'b' }, 'b'],
		['a number', { id: 42 }, '42'],
	])('is found in %s', (_what, body, jobId) => {
		expect(readNewJob(body)?.jobId).toBe(jobId);
	});

	it.each([
		[{}],
		[{ id: null }],
		[{ data: [] }],
		[{ status: 'queued' }],
		[{ result: { id: 'x' } }],
	])('that is missing makes no new job: %o', (body) => {
		expect(readNewJob(body)).toBeUndefined();
	});
});

describe('a job’s state', () => {
	it.each(['completed', 'succeeded', 'success', 'done', 'finished', 'COMPLETED', 'Done'])(
		'"%s" is succeeded',
		(status) => {
			expect(jobState(status)).toBe('succeeded');
		},
	);

	it.each(['failed', 'error', 'cancelled', 'canceled', 'expired', 'rejected', 'FAILED'])(
		'"%s" is failed',
		(status) => {
			expect(jobState(status)).toBe('failed');
		},
	);

	it.each(['queued', 'processing', 'pending', 'waiting_for_gpu', 'postprocessing', '', undefined])(
		'"%s" is still running',
		(status) => {
			expect(jobState(status)).toBe('running');
		},
	);

	it.each([
		[{ status: 'done', task: { status: 'failed' } }, 'done'],
		[{ task: { status: 'Processing' } }, 'Processing'],
		[{ data: { status: 'failed' } }, 'failed'],
		[{ record: { status: 'done' } }, undefined],
	])('is read from %o as %s', (body, status) => {
		expect(readJob(body).status).toBe(status);
	});
});

describe('a job’s result', () => {
	it.each(['audioUrl', 'audio_url', 'resultUrl', 'result_url', 'outputUrl', 'output_url', 'url'])(
		'is found under %s',
		(key) => {
			expect(readJob({ [key]: 'https://x/a' }).resultUrl).toBe('https://x/a');
		},
	);

	it.each(['task', 'data', 'result', 'record'])('is found in %s', (place) => {
		expect(readJob({ [place]: { audioUrl: 'https://x/a' } }).resultUrl).toBe('https://x/a');
	});

	it('stands at the top before anywhere else', () => {
		expect(readJob({ url: 'top', task: { audioUrl: 'inside' } }).resultUrl).toBe('top');
	});

	it('may be missing from a success', () => {
		expect(readJob({ id: 'a', status: 'done' })).toMatchObject({
			state: 'succeeded',
			resultUrl: undefined,
		});
	});

	const video = { data: { status: 'completed', videoUrl: 'https://x/v.mp4' } };

	it('of a video job may be a video URL other than the one sent', () => {
		expect(readJob(video, { makesVideo: true, sentVideoUrl: 'https://x/in.mp4' }).resultUrl).toBe(
			'https://x/v.mp4',
		);
		expect(
			readJob(
				{ data: { video_url: 'https://x/v.mp4' } },
				{ makesVideo: true, sentVideoUrl: 'https://x/in.mp4' },
			).resultUrl,
		).toBe('https://x/v.mp4');
	});

	it.each([
		['the one that was sent', { makesVideo: true, sentVideoUrl: 'https://x/v.mp4' }],
		['one of which nobody knows whether it was sent', { makesVideo: true }],
		['one of a job that makes no video', { sentVideoUrl: 'https://x/in.mp4' }],
	])('is not a video URL that is %s', (_what, reading) => {
		expect(readJob(video, reading).resultUrl).toBeUndefined();
	});

	it('is the result’s own URL rather than a video URL', () => {
		const body = { data: { videoUrl: 'https://x/in.mp4', result_url: 'https://x/out.mp4' } };
		expect(readJob(body, { makesVideo: true, sentVideoUrl: 'https://other' }).resultUrl).toBe(
			'https://x/out.mp4',
		);
	});
});

describe('a job’s failure', () => {
	it.each([
		[{ error: 'No voice' }, { message: 'No voice' }],
		[{ error: { code: 'E1', message: 'No voice' } }, { code: 'E1', message: 'No voice' }],
		[
			{ errorCode: 'E1', errorMessage: 'm' },
			{ code: 'E1', message: 'm' },
		],
		[
			{ error_code: 'E1', error_message: 'm' },
			{ code: 'E1', message: 'm' },
		],
		[{ message: 'm' }, { message: 'm' }],
		[{ reason: 'r' }, { message: 'r' }],
		[
			{ task: { error: { code: 'E2', message: 'inside' } }, message: 'outside' },
			{ code: 'E2', message: 'inside' },
		],
		[{ data: { error_message: 'inside' }, success: true, message: 'OK' }, { message: 'inside' }],
		[
			{ error: { code: 'insufficient_credits', status: 402 } },
			{ code: 'insufficient_credits', status: 402 },
		],
		[{}, {}],
	])('is read from %o', (body, expected) => {
		expect(readJob({ status: 'failed', ...body }).failure).toEqual(expected);
	});

	it('is not read from a job that did not fail', () => {
		expect(readJob({ status: 'done', error: 'old' }).failure).toBeUndefined();
		expect(readJob({ status: 'processing', message: 'working' }).failure).toBeUndefined();
	});

	it.each([
		[{ httpStatus: 402 }, true],
		[{ code: 'insufficient_credits' }, true],
		[{ code: 'QUOTA_EXCEEDED' }, true],
		[{ code: 'lowBalance' }, true],
		[{ code: 'insufficient_speech_detected' }, false],
		[{ code: 'bad_quotation' }, false],
		[{ code: 'bad_voice' }, false],
		[{ httpStatus: 500 }, false],
		[{}, false],
	])('%o closes a batch for lack of credits: %s', (said, expected) => {
		const { details } = failure('jobFailed', 'quota', said);
		expect(fishSpeech.closesCreates?.(details)).toBe(expected);
	});
});

describe('the rest of a job', () => {
	it('comes in either spelling, numbers as strings too, and keeps what the service sent', () => {
		const body = {
			task: { id: 't', credits_used: '3', progress: '40', created_at: 'c', completedAt: 'd' },
			quotaRemaining: '7',
			requestId: 'req',
		};
		expect(readNewJob(body)).toEqual({
			jobId: 't',
			state: 'running',
			status: undefined,
			resultUrl: undefined,
			failure: undefined,
			creditsUsed: 3,
			quotaRemaining: 7,
			requestId: 'req',
			progress: 40,
			createdAt: 'c',
			completedAt: 'd',
			raw: body,
		});
	});

	it('never fails, whatever comes', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
				const job = readPolledJob(body, 'asked', { makesVideo: true, sentVideoUrl: 'x' });
				expect([undefined, body]).toContain(job?.raw);
			}),
		);
	});
});
