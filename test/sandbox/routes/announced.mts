import { textCredits } from '../account.mts';
import { ApiProblem, bytesAnswer, jsonAnswer, type Answer } from '../answer.mts';
import { acceptWork, jsonBody, usageHeaders, type Call, type Handlers } from '../call.mts';
import { checked, ImageRequest, UsageQuery, VideoRequest } from '../contract.mts';
import { failureFields } from '../jobs.mts';
import { makeClip } from '../media/clip.mts';
import { makePicture } from '../media/picture.mts';
import type { Surface } from '../options.mts';
import { publish } from './speech.mts';

/* What the service announces without a path: in its style, where the schema lists it. */

function require(call: Call, surface: Surface): void {
	if (call.state.behaviour.surfaces.includes(surface)) return;
	throw new ApiProblem(404, 'not_found', 'There is no such endpoint.');
}

function createImage(call: Call): Answer {
	require(call, 'images');
	const { prompt, seed = 0 } = checked(ImageRequest, jsonBody(call));
	acceptWork(call, 20, prompt);
	return bytesAnswer(makePicture(`${prompt} ${seed}`), 'image/png', usageHeaders(call));
}

function createVideo(call: Call): Answer {
	require(call, 'videos');
	const { prompt, durationSeconds = 1 } = checked(VideoRequest, jsonBody(call));
	const { behaviour, videoJobs } = call.state;
	const price = textCredits(prompt) + 50;
	acceptWork(call, price, prompt);
	const job = videoJobs.create({
		durationMs: behaviour.jobDurationMs,
		states: behaviour.jobStates,
		credits: price,
		echo: {},
		makeResultUrl: async () => {
			const bytes = await makeClip({ durationSeconds });
			return (await publish(call, { bytes, mimeType: 'video/mp4', format: 'mp4' })).url;
		},
	});
	call.record.createdId = job.id;
	return jsonAnswer(202, { id: job.id, status: 'queued' }, usageHeaders(call));
}

async function getVideo(call: Call): Promise<Answer> {
	require(call, 'videos');
	const { videoJobs } = call.state;
	const job = videoJobs.get(call.params.videoId ?? '');
	if (job === undefined) throw new ApiProblem(404, 'video_not_found', 'The video is unknown.');
	job.polls += 1;
	const { status, phase } = videoJobs.statusOf(job);
	return jsonAnswer(200, {
		id: job.id,
		status,
		credits_used: job.credits,
		...(phase === 'succeeded' ? { result_url: await videoJobs.resultUrl(job) } : {}),
		...(phase === 'failed' ? failureFields({ spelling: 'snakeCase', ...job.failure }) : {}),
	});
}

function listUsage(call: Call): Answer {
	require(call, 'usage');
	const { page = 1, limit = 20 } = checked(UsageQuery, call.query);
	const { charges } = call.state.log;
	const first = (page - 1) * limit;
	return jsonAnswer(200, {
		total: charges.length,
		page,
		items: charges.slice(first, first + limit).map(({ endpoint, credits, at }) => ({
			endpoint,
			credits_used: credits,
			created_at: new Date(at).toISOString(),
		})),
	});
}

export const announcedHandlers = {
	createImage,
	createVideo,
	getVideo,
	listUsage,
} satisfies Handlers;
