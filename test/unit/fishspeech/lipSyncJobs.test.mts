import { describe, expect, it } from 'vitest';
import { readPolledJob } from '../../../nodes/shared/fishspeech/jobReading.ts';
import {
	collectLipSyncJobs,
	readLipSyncPage,
} from '../../../nodes/shared/fishspeech/lipSyncJobs.ts';

const sentVideoUrl = 'https://media.example.org/in.mp4';
const sentAudioUrl = 'https://media.example.org/in.mp3';
const result = 'https://cdn.example.org/out.mp4';

describe('the result of a lip-sync job', () => {
	const read = (data: object, isKnown = true) =>
		readPolledJob({ success: true, data }, 'asked', {
			makesVideo: true,
			...(isKnown && { sentVideoUrl, sentAudioUrl }),
		})?.resultUrl;

	it.each(['resultUrl', 'result_url', 'outputUrl', 'output_url', 'url'])('stands in %s', (key) => {
		expect(read({ [key]: result })).toBe(result);
		expect(read({ audioUrl: sentAudioUrl, videoUrl: sentVideoUrl, [key]: result })).toBe(result);
		expect(read({ audioUrl: sentAudioUrl, [key]: result }, false)).toBe(result);
	});

	it.each(['videoUrl', 'video_url'])('stands in %s, unless it is the video sent', (key) => {
		expect(read({ [key]: result })).toBe(result);
		expect(read({ [key]: sentVideoUrl })).toBeUndefined();
	});

	it('is not guessed where nobody knows what was sent', () => {
		expect(read({ videoUrl: result }, false)).toBeUndefined();
		expect(read({ audio_url: sentAudioUrl }, false)).toBeUndefined();
	});

	it('is never what was sent, wherever it stands', () => {
		expect(read({ url: sentVideoUrl })).toBeUndefined();
		expect(read({ url: sentAudioUrl, video_url: result })).toBe(result);
	});
});

describe('readPolledJob', () => {
	it.each([
		{ success: false, message: 'No such job.' },
		{ code: 'not_found', message: 'No such job.' },
		{ error: 'No such job.' },
	])('takes %o for an error', (body) => {
		expect(readPolledJob(body, 'asked')).toBeUndefined();
	});

	it.each([
		{ id: 'a', status: 'failed', error: 'x' },
		{ success: false, data: { id: 'a', status: 'failed' } },
		{ status: 'queued' },
		{ data: {} },
	])('takes %o for a job', (body) => {
		expect(readPolledJob(body, 'asked')).toMatchObject({ jobId: 'asked' });
	});
});

describe('collectLipSyncJobs', () => {
	const page = (...ids: string[]) => readLipSyncPage({ data: ids.map((id) => ({ id })) });

	it('asks for pages of one size, also when the last of them is cut', async () => {
		const asked: Array<[number, number]> = [];
		const jobs = await collectLipSyncJobs(async (number, size) => {
			asked.push([number, size]);
			const ids = Array.from({ length: size }, (_, index) => `${number}.${index}`);
			return page(...ids) ?? expect.fail('no page');
		}, 60);
		expect(jobs).toHaveLength(60);
		expect(asked).toEqual([
			[1, 50],
			[2, 50],
		]);
	});

	it('goes on after a short page, which a service with a smaller limit sends', async () => {
		const pages = [page('a'), page('b', 'a'), page('c'), page('c')];
		const jobs = await collectLipSyncJobs(
			async (number) => pages[number - 1] ?? expect.fail('one page too many'),
			Number.POSITIVE_INFINITY,
		);
		expect(jobs.map(({ jobId }) => jobId)).toEqual(['a', 'b', 'c']);
	});
});
