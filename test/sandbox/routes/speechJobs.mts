import { textCredits } from '../account.mts';
import { ApiProblem, jsonAnswer, type Answer } from '../answer.mts';
import { acceptWork, jsonBody, usageHeaders, type Call, type Handlers } from '../call.mts';
import { checked, SpeechJobRequest, voiceOf, withoutExtras } from '../contract.mts';
import { failureFields, type Job } from '../jobs.mts';
import { publish, requireVoice, speakFor } from './speech.mts';

/** The documented shape, or the one of the published schema around it. */
function shaped(call: Call, task: Record<string, unknown>, job: Job): unknown {
	if (call.state.behaviour.jobShape === 'task') return task;
	return {
		task,
		record: { taskId: job.id, createdAt: new Date(job.createdAt).toISOString() },
		requestId: call.record.requestId,
		quotaRemaining: call.state.account.apiQuotaRemaining,
		creditsUsed: job.credits,
	};
}

function createJob(call: Call): Answer {
	const { behaviour, speechJobs } = call.state;
	const request = checked(SpeechJobRequest, withoutExtras(jsonBody(call), behaviour.extraFields));
	const voiceId = voiceOf(request);
	requireVoice(call, voiceId);
	const format = request.format ?? 'mp3';
	const price = textCredits(request.text);
	acceptWork(call, price, request.text);
	const job = speechJobs.create({
		durationMs: behaviour.jobDurationMs,
		states: behaviour.jobStates,
		credits: price,
		echo: { voiceId, format },
		voiceId,
		makeResultUrl: async () => {
			const speech = await speakFor(call, {
				text: request.text,
				voiceId,
				format,
				...(request.speed === undefined ? {} : { speed: request.speed }),
			});
			return (await publish(call, speech)).url;
		},
	});
	call.record.createdId = job.id;
	const task = { id: job.id, status: 'queued' };
	return jsonAnswer(202, shaped(call, task, job), usageHeaders(call));
}

async function getJob(call: Call): Promise<Answer> {
	const { speechJobs } = call.state;
	const job = speechJobs.get(call.params.taskId ?? '');
	if (job === undefined) throw new ApiProblem(404, 'task_not_found', 'The task is unknown.');
	job.polls += 1;
	const { status, phase } = speechJobs.statusOf(job);
	const task = {
		id: job.id,
		status,
		...job.echo,
		creditsUsed: job.credits,
		...(phase === 'succeeded' ? { audioUrl: await speechJobs.resultUrl(job) } : {}),
		...(phase === 'failed' ? failureFields(job.failure ?? {}) : {}),
	};
	return jsonAnswer(200, shaped(call, task, job));
}

export const speechJobHandlers = {
	createSpeechJob: createJob,
	getSpeechJob: getJob,
} satisfies Handlers;
