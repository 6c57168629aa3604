import type { JobKind } from '../shared/host/jobs/jobById';
import { jobMedia } from '../shared/host/jobs/jobDelivery';
import { failureOf } from '../shared/host/jobs/waitForJob';
import { fileNamePart } from '../shared/host/media/fileNames';
import { definedFields } from '../shared/host/rows';
import { getSpeechJob } from '../shared/fishspeech/speechJobs';

/** Speech jobs, which make audio. */
export const SPEECH_JOBS: JobKind = {
	media: jobMedia('audio'),
	exampleId: 'task_123',
	nameOf: (jobId) => ({ fileName: `speech-${fileNamePart(jobId)}`, format: 'mp3' }),
	get: getSpeechJob,
	fields: (job, call) => {
		const { jobId, state, status, resultUrl: audioUrl } = job;
		const { creditsUsed, quotaRemaining, requestId } = job;
		const about = { jobId, state, status, audioUrl, creditsUsed, quotaRemaining, requestId };
		return definedFields({ ...about, failure: failureOf(job, call) });
	},
};
