import type { IDataObject } from 'n8n-workflow';

import type { CallContext } from '../../api/http/caller';
import { ServiceError } from '../../api/errors';
import type { CreatedJob, Job } from '../../api/endpoints/jobs';
import { pollUntilDone, type Poll, type PollingOptions } from '../../api/policy/polling';
import { asNumber, asText } from '../../api/endpoints/readers';
import { cleanServerMessage } from '../../api/redact';
import type { ItemCall, Receipt } from '../run/operation';
import { unchanged } from '../../api/unchanged';

export interface JobCreation {
	create(): Promise<CreatedJob>;
	getJob(jobId: string, context: CallContext): Promise<Job>;
	/** Absent when the job is only to be created. */
	readonly polling: PollingOptions | undefined;
	/** What n8n's log says about an accepted job. */
	readonly about: { readonly textHash?: string; readonly voiceId?: string };
	/** What of the request is needed to read the job's answers, remembered with its id. */
	readonly sent?: Receipt;
}

/**
 * Creates a job, or takes up the one that an earlier try has created, and waits for it where that is wanted.
 * The id is remembered and logged the moment it is known (contract §1: persist it before any follow-up).
 */
export async function createAndWait(
	call: ItemCall,
	{ create, getJob, polling, about, sent }: JobCreation,
): Promise<CreatedJob> {
	const acceptedId = asText(call.receipt?.jobId);
	let jobId = acceptedId;
	if (jobId === undefined) {
		const created = await create();
		jobId = created.jobId;
		const { creditsUsed, quotaRemaining, requestId } = created;
		call.keepReceipt({ ...sent, jobId, creditsUsed, quotaRemaining, requestId });
		call.logAcceptedJob(jobId, about);
		if (polling === undefined) return created;
	}
	const id = jobId;
	const get = async (context: CallContext) => await getJob(id, { ...context, jobId: id });
	const job =
		polling === undefined
			? await get(call.context)
			: await waitForJob(call, {
					jobId: id,
					polling,
					pollAtOnce: acceptedId !== undefined,
					getJob: get,
				});
	return withReceipt({ ...job, jobId: id }, call);
}

/** What only the creation told is put to what the job itself says. */
function withReceipt(job: CreatedJob, { receipt = {} }: ItemCall): CreatedJob {
	return {
		...job,
		creditsUsed: job.creditsUsed ?? asNumber(receipt.creditsUsed),
		quotaRemaining: job.quotaRemaining ?? asNumber(receipt.quotaRemaining),
		requestId: job.requestId ?? asText(receipt.requestId),
	};
}

export interface JobWait {
	readonly jobId: string;
	readonly polling: PollingOptions;
	/** A job known for a while is asked for at once; one just created, after the first pause. */
	readonly pollAtOnce: boolean;
	/** One poll. */
	getJob(context: CallContext): Promise<Job>;
}

/**
 * Waits until a job has succeeded. Throws `jobFailed`, or `jobTimeout` at the deadline. A failed poll that may be
 * repeated does not end the wait; one that may not ends it, with the job's id.
 */
export async function waitForJob(call: ItemCall, wait: JobWait): Promise<Job> {
	const { jobId, polling, pollAtOnce } = wait;
	// The polling loop is the retry: a poll that fails is simply followed by the next one.
	const context: CallContext = { ...call.context, jobId, maxRetries: 0 };
	let lastStatus: string | undefined;
	let polls = 0;

	const poll = async (): Promise<Poll<Job>> => {
		polls++;
		try {
			const job = await wait.getJob(context);
			lastStatus = job.status ?? lastStatus;
			return job.state === 'running' ? { done: false } : { done: true, value: job };
		} catch (error) {
			if (!(error instanceof ServiceError) || error.details.kind === 'terminal')
				throw unchanged(error);
			return { done: false, notBeforeMs: error.details.retryAfterMs };
		}
	};

	call.releaseSlot();
	const job = await untilStopped(call, jobId, async () =>
		pollUntilDone(poll, { ...polling, pollAtOnce, signal: context.signal }, call.client.clock),
	);
	if (job === undefined) throw jobTimeout(context, wait, lastStatus, polls);
	if (job.state === 'failed') throw jobFailed(job, context, jobId);
	return job;
}

/** The failure of a job as it is shown: without the request text, should the service have put it in. */
export function failureOf(job: Job, call: Pick<ItemCall, 'context'>): IDataObject | undefined {
	if (job.failure === undefined) return undefined;
	const { code, message } = job.failure;
	const { secrets } = call.context;
	return {
		...(code !== undefined && { code: cleanServerMessage(code, secrets) }),
		...(message !== undefined && { message: cleanServerMessage(message, secrets) }),
	};
}

async function untilStopped<T>(call: ItemCall, jobId: string, run: () => Promise<T>): Promise<T> {
	try {
		return await run();
	} catch (error) {
		const isStop = call.context.signal?.aborted === true;
		throw isStop ? stoppedWaiting(call.context.operation, jobId) : unchanged(error);
	}
}

function jobFailed(job: Job, context: CallContext, jobId: string): ServiceError {
	const code = job.failure?.code;
	const message = job.failure?.message;
	const clean = (text: string) => cleanServerMessage(text, context.secrets);
	const named = code === undefined ? '' : ` (${clean(code)})`;
	const said = message === undefined ? ' without saying why.' : `: ${clean(message)}`;
	return new ServiceError(`Job ${jobId} failed${named}${said}`, {
		details: {
			kind: 'terminal',
			reason: 'jobFailed',
			operation: context.operation,
			attempts: 1,
			httpStatus: job.failure?.status,
			code: code === undefined ? undefined : clean(code),
			requestId: job.requestId,
			jobId,
			outcomeUnknown: false,
		},
	});
}

function jobTimeout(
	{ operation, secrets }: CallContext,
	{ jobId, polling }: JobWait,
	lastStatus: string | undefined,
	polls: number,
): ServiceError {
	const status =
		lastStatus === undefined
			? 'No status was ever received'
			: `Its last status was "${cleanServerMessage(lastStatus, secrets).slice(0, 60)}"`;
	return new ServiceError(
		`Job ${jobId} was not finished after ${polling.waitTimeoutMs / 1_000} seconds. ${status}.`,
		{
			details: {
				kind: 'retryable',
				reason: 'jobTimeout',
				operation,
				attempts: polls,
				jobId,
				outcomeUnknown: false,
			},
		},
	);
}

function stoppedWaiting(operation: string, jobId: string): ServiceError {
	return new ServiceError(`The execution was stopped while job ${jobId} was waited for.`, {
		action: `The job was accepted and goes on: fetch it with Wait for Job and the ID ${jobId}.`,
		details: {
			kind: 'terminal',
			reason: 'cancelled',
			operation,
			attempts: 0,
			jobId,
			outcomeUnknown: false,
		},
	});
}
