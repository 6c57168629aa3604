import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../api/client/apiClient';
import type { Job } from '../api/job';
import { getLipSyncJob, LIP_SYNC_FIELDS } from '../fishspeech/lipSyncJobs';
import type { JobKind } from '../host/jobs/jobById';
import { jobMedia } from '../host/jobs/jobDelivery';
import { failureOf } from '../host/jobs/waitForJob';
import { fileNamePart } from '../host/media/fileNames';
import { definedFields, withOtherFields } from '../host/rows';

/** Lip-sync jobs, which make video. */
export const LIP_SYNC_JOBS: JobKind = {
	media: jobMedia('video'),
	exampleId: 'job_123',
	nameOf: (jobId) => ({ fileName: `lip-sync-${fileNamePart(jobId)}`, format: 'mp4' }),
	get: getLipSyncJob,
	fields: (job, call) =>
		definedFields({
			jobId: job.jobId,
			state: job.state,
			status: job.status,
			progress: job.progress,
			resultUrl: job.resultUrl,
			creditsUsed: job.creditsUsed,
			createdAt: job.createdAt,
			completedAt: job.completedAt,
			failure: failureOf(job, call),
		}),
};

/** A job of a list as a row: the fields of every job's row, whatever else the service tells after them. */
export function lipSyncRow(job: Job, client: ApiClient): IDataObject {
	const own = LIP_SYNC_JOBS.fields(job, { client });
	const row = withOtherFields(own, job.raw, LIP_SYNC_FIELDS, client.context.secrets);
	// Even where a secret happens to stand in it.
	return { ...row, jobId: job.jobId };
}
