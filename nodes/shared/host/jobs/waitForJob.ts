import type { ApiClient } from '../../api/client/apiClient';
import { caught } from '../../api/caught';
import { durationText } from '../../api/durationText';
import { failure, ServiceError } from '../../api/errors';
import type { Job } from '../../api/job';
import { pollUntilDone, type Poll, type PollingOptions } from '../../api/policy/polling';
import { cleanServerMessage } from '../../api/redact';
import type { ReceiptOf } from '../memory/receipts';
import { definedFields } from '../rows';
import type { ItemCall } from '../run/itemCall';

export interface JobCreation {
	create(client: ApiClient): Promise<Job>;
	getJob(client: ApiClient, jobId: string): Promise<Job>;
	/** Absent when the job is only to be created. */
	readonly polling: PollingOptions | undefined;
	/** What n8n's log says about an accepted job. */
	readonly about: { readonly textHash?: string; readonly voiceId?: string };
	/** The part of the request that is needed to read the job's answers. Remembered with its ID. */
	readonly sent?: ReceiptOf<'job'>['sent'];
	/** The answer to the creation, where rows may be made of it. Remembered too. */
	readonly answer?: ReceiptOf<'job'>['answer'];
}

/**
 * Creates a job, or takes over the one that an earlier try has created, and waits for it if that is wanted.
 * The ID is remembered and logged the moment it is known (contract §1: persist it before any follow-up).
 */
export async function createAndWait(
	call: ItemCall,
	{ create, getJob, polling, about, sent, answer }: JobCreation,
): Promise<Job> {
	const accepted = call.receipt?.type === 'job' ? call.receipt : undefined;
	if (accepted !== undefined) {
		const { jobId } = accepted;
		const get = async (client: ApiClient) => await getJob(client, jobId);
		const job =
			polling === undefined
				? await get(call.client.with({ jobId }))
				: await waitForJob(call, { jobId, polling, pollAtOnce: true, getJob: get });
		return withKnown(job, accepted);
	}
	const created = await create(call.client);
	const { jobId, creditsUsed, quotaRemaining, requestId } = created;
	const acceptedAt = new Date(call.client.clock.now()).toISOString();
	const known = { jobId, acceptedAt, creditsUsed, quotaRemaining, requestId };
	call.keepReceipt({ type: 'job', sent, answer, ...known });
	call.logAcceptedJob(jobId, about);
	if (polling === undefined) return created;
	const job = await waitForJob(call, {
		jobId,
		polling,
		pollAtOnce: false,
		getJob: async (client) => await getJob(client, jobId),
	});
	return withKnown(job, created);
}

/** Adds what only the creation told to what the job itself says. */
function withKnown(
	job: Job,
	known: Partial<Pick<Job, 'creditsUsed' | 'quotaRemaining' | 'requestId'>>,
): Job {
	return {
		...job,
		creditsUsed: job.creditsUsed ?? known.creditsUsed,
		quotaRemaining: job.quotaRemaining ?? known.quotaRemaining,
		requestId: job.requestId ?? known.requestId,
	};
}

export interface JobWait {
	readonly jobId: string;
	readonly polling: PollingOptions;
	/** A job that is not new is polled at once. A new one is polled after the first pause. */
	readonly pollAtOnce: boolean;
	/** One poll. */
	getJob(client: ApiClient): Promise<Job>;
}

/**
 * Waits until a job has succeeded. Throws `jobFailed`, or `jobTimeout` at the deadline. A failed poll that may be
 * repeated does not end the wait. Any other failure ends it and names the job's ID.
 */
export async function waitForJob(
	call: Pick<ItemCall, 'client' | 'releaseSlot'>,
	{ jobId, polling, pollAtOnce, getJob }: JobWait,
): Promise<Job> {
	// The polling loop is the retry: a poll that fails is simply followed by the next one.
	const client = call.client.with({ jobId, maxRetries: 0 });
	const { signal, secrets } = client.context;
	let lastStatus: string | undefined;
	let polls = 0;

	const poll = async (deadlineMs: number): Promise<Poll<Job>> => {
		polls++;
		try {
			const job = await getJob(client.with({ deadlineMs }));
			lastStatus = job.status ?? lastStatus;
			return job.state === 'running' ? { done: false } : { done: true, value: job };
		} catch (error) {
			if (!(error instanceof ServiceError) || error.details.kind === 'terminal')
				throw caught(error);
			return { done: false, notBeforeMs: error.details.retryAfterMs };
		}
	};

	call.releaseSlot();
	try {
		const job = await pollUntilDone(poll, { ...polling, pollAtOnce, signal }, client.clock);
		if (job?.state === 'failed') throw jobFailed(job, client);
		if (job !== undefined) return job;
	} catch (error) {
		throw caught(signal?.aborted === true ? stoppedWaiting(jobId, client) : error);
	}
	const status =
		lastStatus === undefined
			? 'No status was ever received'
			: `Its last status was "${cleanServerMessage(lastStatus, secrets).slice(0, 60)}"`;
	const waited = durationText(polling.waitTimeoutMs);
	const { noun } = client.service.jobs;
	throw failure('jobTimeout', `${noun} ${jobId} was not finished after ${waited}. ${status}.`, {
		attempts: polls,
		jobId,
		actions: client.service.actions,
	});
}

/** The failure of a job as it is shown: without the request text, which the service may have put in. */
export function failureOf(
	{ failure: said }: Job,
	{ client }: Pick<ItemCall, 'client'>,
): { code?: string; message?: string } | undefined {
	if (said === undefined) return undefined;
	const { secrets } = client.context;
	const clean = (text?: string) =>
		text === undefined ? undefined : cleanServerMessage(text, secrets);
	return definedFields({ code: clean(said.code), message: clean(said.message) });
}

/** The failure of an item whose job has failed. */
export function jobFailed(job: Job, client: ApiClient): ServiceError {
	const { jobId, requestId } = job;
	const { service } = client;
	const { noun } = service.jobs;
	const { code, message } = failureOf(job, { client }) ?? {};
	const named = code === undefined ? '' : ` (${code})`;
	const why = message === undefined ? ' without saying why.' : `: ${message}`;
	return failure('jobFailed', `${noun} ${jobId} failed${named}${why}`, {
		attempts: 1,
		httpStatus: job.failure?.status,
		code,
		requestId,
		jobId,
		actions: service.actions,
	});
}

function stoppedWaiting(jobId: string, { service }: ApiClient): ServiceError {
	const { noun, waitFor } = service.jobs;
	return failure(
		'cancelled',
		`The execution was stopped while this node waited for ${noun.toLowerCase()} ${jobId}.`,
		{
			action: `The ${noun.toLowerCase()} was accepted and goes on: fetch it with ${waitFor} and the ID ${jobId}.`,
			jobId,
		},
	);
}
