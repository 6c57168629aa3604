import { mediaCredits } from '../account.mts';
import { ApiProblem, jsonAnswer, type Answer } from '../answer.mts';
import { acceptWork, jsonBody, usageHeaders, type Call, type Handlers } from '../call.mts';
import { checked, LipSyncQuery, LipSyncRequest, withoutExtras } from '../contract.mts';
import { failureFields, type Job } from '../jobs.mts';
import type { Behaviour } from '../options.mts';
import { dub } from '../media/dub.mts';
import { fetchMedia } from '../media/fetchMedia.mts';
import { probe } from '../media/probe.mts';
import { publish } from './speech.mts';

function unprocessable(field: string, what: string): ApiProblem {
	return new ApiProblem(422, 'unprocessable_media', `${field}: ${what}`, { field });
}

async function createJob(call: Call): Promise<Answer> {
	const { behaviour, lipSyncJobs } = call.state;
	const body = withoutExtras(jsonBody(call), behaviour.extraFields);
	const { videoUrl, audioUrl } = checked(LipSyncRequest, body);
	const video = await fetchMedia(call, 'videoUrl', videoUrl);
	const audio = await fetchMedia(call, 'audioUrl', audioUrl);
	const [videoFacts, audioFacts] = [await probe(video), await probe(audio)];
	if (videoFacts?.hasVideo !== true) throw unprocessable('videoUrl', 'is not a video');
	if (audioFacts === undefined || audioFacts.hasVideo || !audioFacts.hasAudio) {
		throw unprocessable('audioUrl', 'is not audio');
	}
	const price = mediaCredits(audioFacts.durationSeconds) * 5;
	acceptWork(call, price, `${videoUrl} ${audioUrl}`);
	const job = lipSyncJobs.create({
		durationMs: behaviour.jobDurationMs,
		states: behaviour.jobStates,
		credits: price,
		echo: { video_url: videoUrl },
		makeResultUrl: async () => {
			const bytes = await dub(video, audio);
			return (await publish(call, { bytes, mimeType: 'video/mp4', format: 'mp4' })).url;
		},
	});
	call.record.createdId = job.id;
	const data = { id: job.id, status: 'queued' };
	const answer = { success: true, message: 'Job created', data };
	return jsonAnswer(200, answer, usageHeaders(call));
}

const progressOf = { running: 40, succeeded: 100, failed: 0 };

async function shown(call: Call, job: Job): Promise<Record<string, unknown>> {
	const { lipSyncJobs } = call.state;
	const { status, phase } = lipSyncJobs.statusOf(job);
	const finishedAt = new Date(job.createdAt + job.durationMs).toISOString();
	return {
		id: job.id,
		status,
		progress: progressOf[phase],
		...job.echo,
		...(phase === 'succeeded' ? { result_url: await lipSyncJobs.resultUrl(job) } : {}),
		...(phase === 'failed' ? failureFields({ spelling: 'snakeCase', ...job.failure }) : {}),
		credits_used: job.credits,
		created_at: new Date(job.createdAt).toISOString(),
		updated_at: finishedAt,
		...(phase === 'running' ? {} : { completed_at: finishedAt }),
	};
}

async function getJob(call: Call): Promise<Answer> {
	const job = call.state.lipSyncJobs.get(call.params.jobId ?? '');
	if (job === undefined) throw new ApiProblem(404, 'job_not_found', 'The job is unknown.');
	job.polls += 1;
	return jsonAnswer(200, { success: true, message: 'Job found', data: await shown(call, job) });
}

function inOrder(newestFirst: readonly Job[], order: Behaviour['jobListOrder']): Job[] {
	if (order === 'newestFirst') return [...newestFirst];
	if (order === 'oldestFirst') return [...newestFirst].reverse();
	// IDs are random, and an ID stays where it is.
	return [...newestFirst].sort((one, other) => one.id.localeCompare(other.id));
}

async function listJobs(call: Call): Promise<Answer> {
	const { page = 1, limit = 20, status } = checked(LipSyncQuery, call.query);
	const { lipSyncJobs } = call.state;
	const all = inOrder(lipSyncJobs.list(), call.state.behaviour.jobListOrder);
	const matching = all.filter(
		(job) => status === undefined || lipSyncJobs.statusOf(job).status === status,
	);
	const first = (page - 1) * limit;
	const tasks = matching.slice(first, first + limit).map(async (job) => await shown(call, job));
	const totalPages = Math.ceil(matching.length / limit);
	const countOf = (phase: string) =>
		all.filter((job) => lipSyncJobs.statusOf(job).phase === phase).length;
	const data = {
		tasks: await Promise.all(tasks),
		pagination: {
			page,
			limit,
			total: matching.length,
			total_pages: totalPages,
			has_more: page < totalPages,
		},
		statistics: {
			total: all.length,
			running: countOf('running'),
			completed: countOf('succeeded'),
			failed: countOf('failed'),
		},
	};
	return jsonAnswer(200, { success: true, message: 'Jobs found', data });
}

export const lipSyncHandlers = {
	createLipSyncJob: createJob,
	listLipSyncJobs: listJobs,
	getLipSyncJob: getJob,
} satisfies Handlers;
