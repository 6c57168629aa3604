import type { IExecuteFunctions, INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';

import { ApiClient, type Account } from '../../api/client/apiClient';
import { ServiceError } from '../../api/errors';
import type { Job } from '../../api/job';
import type { Secret } from '../../api/redact';
import { deliverJob } from '../jobs/jobDelivery';
import { jobFailed } from '../jobs/waitForJob';
import { mediaSink } from '../media/binaryStore';
import { asServiceError, failureRow } from '../nodeErrors';
import type { DeliveryCall } from '../run/itemCall';
import { Slots } from '../run/slots';
import { Tracer } from '../trace';
import type { BatchJobs, JobsRead } from './batchJobs';
import { accepted } from './acceptedJobs';

const REQUEST_TIMEOUT_MS = 60_000;
const DOWNLOADS_AT_ONCE = 5;

const sleepingJob = z.object({
	jobId: z.string(),
	fileName: z.string(),
	format: z.string(),
	isDownloaded: z.boolean(),
	outputBinaryField: z.string(),
	simplify: z.boolean(),
});

/** What has to be known when the execution wakes up: the rows so far, one for each item, and the jobs by their item. */
export const sleepState = z.object({
	/** Tells this sleep from others of the execution. */
	id: z.string(),
	/** When it began, in milliseconds since the epoch. */
	sinceMs: z.number(),
	operation: z.string(),
	rows: z.array(z.custom<INodeExecutionData>((row) => typeof row === 'object' && row !== null)),
	jobs: z.record(z.string(), sleepingJob),
});

export type SleepState = z.infer<typeof sleepState>;
export type SleepingJob = z.infer<typeof sleepingJob>;

/** What delivers media outside of an item's call, and shows none of the secrets. */
export function deliveryCall(
	host: IExecuteFunctions | IWebhookFunctions,
	account: Account,
	secrets: readonly Secret[],
	signal?: AbortSignal,
): DeliveryCall {
	const tracer = new Tracer(host, account.service);
	return {
		client: new ApiClient(account, {
			signal,
			requestTimeoutMs: REQUEST_TIMEOUT_MS,
			maxRetries: 4,
			retryUnknownOutcome: false,
			secrets,
			trace: (line) => tracer.call(undefined, line),
		}),
		binaries: { sink: (name) => mediaSink(host, name) },
		downloads: new Slots(DOWNLOADS_AT_ONCE),
		hint: (message) => tracer.warn(message),
	};
}

/**
 * One row for each input item, in their order, with the media of its job. `secretsOf` an item are what its row must not
 * show; `undefined` where its text is not known. Never rejects.
 */
export async function finishedRows(
	kind: BatchJobs,
	{ rows, jobs: asleep, operation }: SleepState,
	jobs: JobsRead,
	call: DeliveryCall,
	secretsOf: (itemIndex: number) => readonly Secret[] | undefined,
): Promise<INodeExecutionData[]> {
	return await Promise.all(
		rows.map(async (row, index): Promise<INodeExecutionData> => {
			const { [index]: item } = asleep;
			const job = item && jobs.get(item.jobId);
			if (item === undefined || job === undefined) return row;
			const pairedItem = { item: index };
			const known = secretsOf(index);
			const secrets = [...(known ?? []), ...call.client.context.secrets];
			const client = call.client.with({ secrets });
			try {
				if (job instanceof ServiceError) throw accepted(job, client);
				if (job.state === 'failed') {
					const isClean = known !== undefined || kind.hidesText(job);
					throw jobFailed(isClean ? job : withoutMessage(job, client), client);
				}
				return { ...(await rowOf(kind, row, item, job, { ...call, client })), pairedItem };
			} catch (error) {
				const failed = asServiceError(error).with({ details: { jobId: item.jobId } });
				const isPaid = !(job instanceof ServiceError) && job.state === 'succeeded';
				const shown = isPaid ? paid(failed, item, kind) : failed;
				return { json: failureRow(shown, operation), pairedItem };
			}
		}),
	);
}

/** Nothing shows the text, and what is not known cannot be found in a message. */
function withoutMessage(job: Job, { service }: ApiClient): Job {
	if (job.failure?.message === undefined) return job;
	const message = `The reason is not shown here, because it may repeat the text. ${service.jobs.get} shows it.`;
	return { ...job, failure: { ...job.failure, message } };
}

function paid(failed: ServiceError, { jobId }: SleepingJob, { service, media }: BatchJobs) {
	const { waitFor } = service.jobs;
	return failed.with({
		action: `The ${media.media} is finished and paid for: ${waitFor} fetches it with the ID ${jobId}. ${failed.action}`,
	});
}

async function rowOf(
	{ media, fields, retrieve }: BatchJobs,
	{ json: known }: INodeExecutionData,
	item: SleepingJob,
	job: Job,
	call: DeliveryCall,
): Promise<INodeExecutionData> {
	const { jobId, simplify, outputBinaryField } = item;
	const { json, raw, files } = await deliverJob(call, media, item, {
		job,
		json: fields(job),
		naming: item,
		getJob: async () => (await retrieve(call.client, [jobId])).get(jobId) ?? job,
	});
	const file = files?.[media.media];
	return {
		json: { ...known, ...json, ...(!simplify && { raw }) },
		...(file && { binary: { [outputBinaryField]: file } }),
	};
}
