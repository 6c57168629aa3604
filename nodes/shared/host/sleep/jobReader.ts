import type { ApiClient } from '../../api/client/apiClient';
import { failure, ServiceError } from '../../api/errors';
import type { Job } from '../../api/job';
import { asServiceError } from '../nodeErrors';
import type { BatchJobs } from './batchJobs';

/** Between two reads of a batch: services that read many jobs at once ask for few requests. */
export const READ_PAUSE_MS = 1_000;
/** Reads are quick, whatever the time-out of the call that makes the media. */
const READ_TIMEOUT_MS = 60_000;
/** The most IDs in one read: no service documents its limit. */
export const MOST_IDS = 100;

interface Question {
	readonly client: ApiClient;
	readonly jobId: string;
	/** How many may be asked for with it: fewer after each read that has not settled it. */
	readonly together: number;
	resolve(job: Job): void;
	reject(error: unknown): void;
}

/**
 * Reads the jobs of a batch: those that are asked for at the same time together, and at most once a second. What a read of
 * several says of one of them may be about the read, so its job is asked for again among fewer before it is judged.
 */
export class JobReader {
	private readonly questions: Question[] = [];
	private isAsking = false;
	private lastMs = Number.NEGATIVE_INFINITY;
	/** The service tells of so many at once, at least. */
	private mostTold = 1;

	constructor(private readonly retrieve: BatchJobs['retrieve']) {}

	/** Rejects with `notFound` when the service does not know the job. */
	async read(client: ApiClient, jobId: string): Promise<Job> {
		return await new Promise<Job>((resolve, reject) => {
			this.questions.push({ client, jobId, together: MOST_IDS, resolve, reject });
			if (!this.isAsking) void this.askAll();
		});
	}

	private async askAll(): Promise<void> {
		this.isAsking = true;
		while (this.questions[0] !== undefined) {
			const { client } = this.questions[0];
			try {
				// At least once: items that ask in the same moment are asked for together.
				const pauseMs = this.lastMs + READ_PAUSE_MS - client.clock.elapsed();
				await client.clock.sleep(Math.max(0, pauseMs), client.context.signal);
			} catch {
				for (const { reject, jobId } of this.questions.splice(0)) reject(stopped(jobId));
				break;
			}
			this.lastMs = client.clock.elapsed();
			await this.ask(this.next(), client);
		}
		this.isAsking = false;
	}

	/** From the front, as many as may be asked for together. */
	private next(): Question[] {
		let most = MOST_IDS;
		let count = 0;
		for (const { together } of this.questions) {
			most = Math.min(most, together);
			if (count >= most) break;
			count++;
		}
		return this.questions.splice(0, count);
	}

	private askAgain(questions: readonly Question[], together: number): void {
		this.questions.push(...questions.map((question) => ({ ...question, together })));
	}

	/** Never rejects. */
	private async ask(questions: readonly Question[], asker: ApiClient): Promise<void> {
		const client = asker.with({
			jobId: undefined,
			requestTimeoutMs: Math.min(READ_TIMEOUT_MS, asker.context.requestTimeoutMs),
			deadlineMs: latestDeadline(questions),
			secrets: questions.flatMap((question) => question.client.context.secrets),
		});
		const ids = [...new Set(questions.map(({ jobId }) => jobId))];
		const half = Math.floor(ids.length / 2);
		try {
			const jobs = await this.retrieve(client, ids);
			this.mostTold = Math.max(this.mostTold, jobs.size);
			const missing = questions.filter(({ jobId, resolve }) => {
				const job = jobs.get(jobId);
				if (job !== undefined) resolve(job);
				return job === undefined;
			});
			// No service says how many it tells of at once.
			if (ids.length > this.mostTold) this.askAgain(missing, jobs.size || half);
			else for (const { jobId, reject } of missing) reject(unknownJob(jobId, client));
		} catch (error) {
			const failed = asServiceError(error);
			// One ID that the service does not take spoils the others.
			if (half > 0 && isOfJob(failed)) this.askAgain(questions, half);
			else for (const { jobId, reject } of questions) reject(failed.with({ details: { jobId } }));
		}
	}
}

/** The moment until which somebody waits; `undefined` when one of them waits without end. */
function latestDeadline(questions: readonly Question[]): number | undefined {
	const deadlines = questions.map(({ client }) => client.context.deadlineMs);
	const known = deadlines.filter((deadlineMs) => deadlineMs !== undefined);
	return known.length < deadlines.length ? undefined : Math.max(...known);
}

export function unknownJob(jobId: string, { service }: ApiClient): ServiceError {
	const { noun } = service.jobs;
	const message = `${service.name} knows no ${noun.toLowerCase()} ${jobId}.`;
	return failure('notFound', message, { attempts: 1, jobId });
}

/** Whether the service has answered, and knows no such job. A 404 may be about the address, or another machine's. */
export function isUnknownJob(error: unknown): error is ServiceError {
	if (!(error instanceof ServiceError)) return false;
	const { reason, httpStatus } = error.details;
	return reason === 'notFound' && httpStatus === undefined;
}

/** Whether a read has failed because of a job that it has asked for, and not for all of them. */
export function isOfJob(error: unknown): error is ServiceError {
	if (isUnknownJob(error)) return true;
	return error instanceof ServiceError && error.isRefusal && !error.isOfAccount;
}

function stopped(jobId: string): ServiceError {
	return failure('cancelled', `The execution was stopped before ${jobId} was read.`, { jobId });
}
