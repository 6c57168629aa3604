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

/** What is known of the request that a job was made from. */
export interface JobRequest {
	readonly voiceId: string;
	readonly format: string;
	readonly textHash: string;
}

export const SPEECH: JobMedia = {
	media: 'audio',
	switchName: 'downloadAudio',
	switchTitle: 'Download Audio',
};

/** A job as a row, with its audio when it is finished and wanted. */
export async function jobRow(
	job: Job,
	delivery: JobDelivery,
	call: ItemCall,
	about: { readonly jobId: string; readonly request?: JobRequest },
): Promise<Row> {
	return await deliverJob(job, jobFields(job, delivery, call, about), delivery, call, about.jobId);
}

function jobFields(
	job: Job,
	{ simplify }: JobDelivery,
	call: ItemCall,
	{ jobId, request }: { readonly jobId: string; readonly request?: JobRequest },
): IDataObject {
	const { state, status, resultUrl, creditsUsed, quotaRemaining, requestId, raw } = job;
	const failure = failureOf(job, call);
	return {
		jobId,
		state,
		...(status !== undefined && { status }),
		...request,
		...(resultUrl !== undefined && { audioUrl: resultUrl }),
		...(creditsUsed !== undefined && { creditsUsed }),
		...(quotaRemaining !== undefined && { quotaRemaining }),
		...(requestId !== undefined && { requestId }),
		...(failure !== undefined && { failure }),
		...(!simplify && { raw: maskedRow(raw, call.context) }),
	};
}

/** Speech jobs found by their id. */
export const SPEECH_JOBS: JobKind = {
	media: SPEECH,
	exampleId: 'task_123',
	nameOf: (jobId) => ({ fileName: `speech-${fileNameSafe(jobId)}`, format: 'mp3' }),
	get: async (client, jobId, context) => await client.getSpeechJob(jobId, context),
	row: async (job, delivery, call, jobId) => await jobRow(job, delivery, call, { jobId }),
};
