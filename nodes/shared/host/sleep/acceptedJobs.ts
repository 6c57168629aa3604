import type { ApiClient } from '../../api/client/apiClient';
import { caught } from '../../api/caught';
import { ServiceError, whatToDo } from '../../api/errors';
import type { Job } from '../../api/job';
import { expiredAudio, forgottenJob, paidButNotFetched } from '../jobs/expiredAudio';
import { deliverJob, type JobDelivery, type JobMedia, type JobResult } from '../jobs/jobDelivery';
import type { Row } from '../rows';
import type { ItemCall } from '../run/itemCall';
import { isOfJob, isUnknownJob, type JobReader } from './jobReader';

/** A read may lag behind the call that made a job: until then, one that is not listed counts as running. */
export const LONGEST_LAG_MS = 30_000;

/** The job of a call that may have been charged, where its failure names one: it can be asked for. Throws any other failure. */
export function jobNamedBy(
	error: unknown,
	{ client, itemIndex, hint }: Pick<ItemCall, 'client' | 'itemIndex' | 'hint'>,
): Pick<Job, 'jobId' | 'requestId'> {
	if (!(error instanceof ServiceError)) throw caught(error);
	const { outcomeUnknown, jobId, requestId } = error.details;
	if (!outcomeUnknown || jobId === undefined) throw caught(error);
	const noun = client.service.jobs.noun.toLowerCase();
	hint(
		`The call of item ${itemIndex} failed, but named ${noun} ${jobId}, which counts as accepted. ${error.message}`,
	);
	return { jobId, requestId };
}

/** When an earlier try was given the job, by our clock; not a number when that is not known. */
function acceptedBefore({ receipt }: Pick<ItemCall, 'receipt'>): number {
	return Date.parse((receipt?.type === 'job' && receipt.acceptedAt) || '');
}

/** Whether an earlier try has paid for media whose address, which opens for `lifetimeMs`, has had its time. */
function isOver(call: ItemCall, lifetimeMs: number, completedAt = ''): boolean {
	const { receipt, client } = call;
	const endMs =
		receipt?.type === 'mediaUrl'
			? Date.parse(receipt.expiresAt ?? '')
			: // A date that cannot be read does not count.
				Math.max(acceptedBefore(call), Date.parse(completedAt) || 0) + lifetimeMs;
	return client.clock.now() > endMs;
}

/** Where finished media are asked for, and how long an address of them opens. */
export interface MediaJobs {
	readonly jobs: JobReader;
	readonly lifetimeMs: number;
}

/** What is known of an accepted job. */
export interface AcceptedJob {
	readonly jobId: string;
	/** When this try was given it, by our clock; absent when an earlier one was. */
	readonly acceptedMs: number | undefined;
	/** Why the call failed that may have made it. */
	readonly doubt: unknown;
	/** The job while no more is known of it than its ID. */
	underWay(): Job;
}

/** A job that was accepted. One that the service does not list yet is under way. */
export async function readAccepted(
	{ jobs, lifetimeMs }: MediaJobs,
	call: ItemCall,
	client: ApiClient,
	{ jobId, acceptedMs = acceptedBefore(call), doubt, underWay }: AcceptedJob,
): Promise<Job> {
	try {
		return await jobs.read(client, jobId);
	} catch (error) {
		if (!isOfJob(error)) throw caught(error);
		const failed = accepted(error, client);
		if (!isUnknownJob(error)) throw failed;
		if (client.clock.now() < acceptedMs + LONGEST_LAG_MS) return underWay();
		const isLost = isOver(call, lifetimeMs);
		throw caught(doubt ?? (isLost ? forgottenJob(failed, call) : failed));
	}
}

/** Why an accepted job could not be read. It may still finish, so it is not to be made again. */
export function accepted(error: ServiceError, { service }: ApiClient): ServiceError {
	return error.with({ action: whatToDo('jobTimeout', false, service.actions) });
}

/** What the service said when it was asked for another address of finished media. */
interface AnotherAddress {
	readonly job: Job;
	/** If this address does not open either, or there is none, no other will. */
	readonly isLast: boolean;
}

/**
 * The row of a job and its media. Where no address opens any more, those of an earlier try are lost, and what is remembered
 * of them is forgotten.
 */
export async function deliverAccepted(
	call: ItemCall,
	media: JobMedia,
	delivery: JobDelivery,
	result: Omit<JobResult, 'getJob'>,
	{ jobs, lifetimeMs }: MediaJobs,
): Promise<Row> {
	let another: AnotherAddress | undefined;
	const getJob = async () => (another = await anotherAddress(jobs, result.job, call)).job;
	try {
		return await deliverJob(call, media, delivery, { ...result, getJob });
	} catch (error) {
		const isDeadEnd = another?.isLast === true && isOver(call, lifetimeMs, another.job.completedAt);
		const isLost = isDeadEnd && error instanceof ServiceError && error.isRefusal;
		throw caught(isLost ? expiredAudio(error, call) : paidButNotFetched(error));
	}
}

async function anotherAddress(
	jobs: JobReader,
	job: Job,
	{ client }: Pick<ItemCall, 'client'>,
): Promise<AnotherAddress> {
	const none = { job: { ...job, resultUrl: undefined }, isLast: true };
	if (job.jobId === '') return none;
	try {
		const read = await jobs.read(client, job.jobId);
		return { job: read, isLast: read.resultUrl !== undefined };
	} catch (error) {
		if (isUnknownJob(error)) return none;
		throw caught(error);
	}
}
