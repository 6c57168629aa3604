import type { IDataObject } from 'n8n-workflow';

import type { Job } from '../shared/api/endpoints/jobs';
import {
	deliverJob,
	fileNameSafe,
	type JobDelivery,
	type JobMedia,
} from '../shared/host/jobs/jobDelivery';
import type { JobKind } from '../shared/host/jobs/jobById';
import { failureOf } from '../shared/host/jobs/jobs';
import { maskedRow } from '../shared/host/run/rows';
import type { ItemCall, Row } from '../shared/host/run/operation';

export const LIP_SYNC: JobMedia = {
	media: 'video',
	switchName: 'downloadVideo',
	switchTitle: 'Download Video',
};

/** The file of a job's video. */
export function videoName(jobId: string): { readonly fileName: string; readonly format: string } {
	return { fileName: `lip-sync-${fileNameSafe(jobId)}`, format: 'mp4' };
}

/** What every row says about a job. */
export function jobFields(job: Job, call: Pick<ItemCall, 'context'>): IDataObject {
	const { jobId, state, status, progress, resultUrl, creditsUsed, createdAt, completedAt } = job;
	const failure = failureOf(job, call);
	return {
		...(jobId !== undefined && { jobId }),
		state,
		...(status !== undefined && { status }),
		...(progress !== undefined && { progress }),
		...(resultUrl !== undefined && { resultUrl }),
		...(creditsUsed !== undefined && { creditsUsed }),
		...(createdAt !== undefined && { createdAt }),
		...(completedAt !== undefined && { completedAt }),
		...(failure !== undefined && { failure }),
	};
}

/** A job as a row, with its video when it is finished and wanted. `raw` is the server's body, fit to be shown. */
export async function jobRow(
	job: Job,
	delivery: JobDelivery,
	call: ItemCall,
	{ jobId, raw }: { readonly jobId: string; readonly raw: IDataObject },
): Promise<Row> {
	const json = { ...jobFields({ ...job, jobId }, call), ...(!delivery.simplify && { raw }) };
	return await deliverJob(job, json, { ...delivery, ...videoName(jobId) }, call, jobId);
}

/** Lip-sync jobs found by their id. */
export const LIP_SYNC_JOBS: JobKind = {
	media: LIP_SYNC,
	exampleId: 'job_123',
	nameOf: videoName,
	get: async (client, jobId, context) => await client.getLipSyncJob(jobId, context),
	row: async (job, delivery, call, jobId) =>
		await jobRow(job, delivery, call, { jobId, raw: maskedRow(job.raw, call.context) }),
};
