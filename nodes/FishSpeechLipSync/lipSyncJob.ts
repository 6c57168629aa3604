import { getLipSyncJob } from '../shared/fishspeech/lipSyncJobs';
import type { JobKind } from '../shared/host/jobs/jobById';
import { jobMedia } from '../shared/host/jobs/jobDelivery';
import { failureOf } from '../shared/host/jobs/waitForJob';
import { fileNamePart } from '../shared/host/media/fileNames';
import { definedFields } from '../shared/host/rows';

/** Lip-sync jobs, which make video. */
export const LIP_SYNC_JOBS: JobKind = {
	media: jobMedia('video'),
	exampleId: 'job_123',
	nameOf: (jobId) => ({ fileName: `lip-sync-${fileNamePart(jobId)}`, format: 'mp4' }),
	get: getLipSyncJob,
	fields: (job, call) => {
		const { jobId, state, status, progress, resultUrl, creditsUsed, createdAt, completedAt } = job;
		return definedFields({
			jobId,
			state,
			status,
			progress,
			resultUrl,
			creditsUsed,
			createdAt,
			completedAt,
			failure: failureOf(job, call),
		});
	},
};
