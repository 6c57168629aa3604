import { randomBytes } from 'node:crypto';
import * as z from 'zod/v4';

export const JobFailure = z.strictObject({
	code: z.string().optional(),
	message: z.string().optional(),
	/** The job's own word for failed. */
	status: z.string().optional(),
	/** An HTTP-like status inside the failure, such as 402. */
	httpStatus: z.number().int().optional(),
	/** Where the job says why: the contract's §9.5 knows them all. */
	spelling: z
		.enum(['error', 'errorObject', 'camelCase', 'snakeCase', 'message', 'reason'])
		.optional(),
});
export type JobFailure = Readonly<z.output<typeof JobFailure>>;

export interface JobOrder {
	readonly durationMs: number;
	readonly states: readonly string[] | null;
	readonly credits: number;
	/** Fields of the order that the job shows again. */
	readonly echo: Readonly<Record<string, unknown>>;
	readonly voiceId?: string;
	/** Now when absent. */
	readonly createdAt?: number;
	/** Makes the result when it is first asked for. */
	readonly makeResultUrl: () => Promise<string>;
}

export interface Job extends JobOrder {
	readonly id: string;
	readonly createdAt: number;
	readonly failure: JobFailure | undefined;
	polls: number;
	forcedStatus: string | undefined;
	resultUrl: Promise<string> | undefined;
}

export type JobPhase = 'running' | 'succeeded' | 'failed';

const succeededWords = new Set(['completed', 'succeeded', 'success', 'done', 'finished']);
const failedWords = new Set(['failed', 'error', 'cancelled', 'canceled', 'expired', 'rejected']);

function phaseOf(status: string): JobPhase {
	const word = status.toLowerCase();
	if (succeededWords.has(word)) return 'succeeded';
	return failedWords.has(word) ? 'failed' : 'running';
}

/** The failure's fields as they stand in a job. */
export function failureFields(failure: JobFailure): Record<string, unknown> {
	const code = failure.code ?? 'ERR_GENERATION_FAILED';
	const message = failure.message ?? 'The job failed.';
	const status = failure.httpStatus === undefined ? {} : { status: failure.httpStatus };
	const topLevel = failure.httpStatus === undefined ? {} : { statusCode: failure.httpStatus };
	switch (failure.spelling ?? 'errorObject') {
		case 'error':
			return { error: message, code, ...topLevel };
		case 'errorObject':
			return { error: { code, message, ...status } };
		case 'camelCase':
			return { errorCode: code, errorMessage: message, ...topLevel };
		case 'snakeCase':
			return { error_code: code, error_message: message, ...topLevel };
		case 'message':
			return { code, message, ...topLevel };
		case 'reason':
			return { code, reason: message, ...topLevel };
	}
}

/** Jobs of one kind. Their status follows the clock, or the words prescribed poll by poll. */
export class JobStore {
	readonly #jobs = new Map<string, Job>();
	readonly #failures: JobFailure[] = [];

	constructor(
		private readonly prefix: string,
		private readonly now: () => number,
	) {}

	/** The next jobs to be created fail, one for each failure given. */
	failNext(...failures: JobFailure[]): void {
		this.#failures.push(...failures);
	}

	create(order: JobOrder): Job {
		const job: Job = {
			...order,
			id: `${this.prefix}_${randomBytes(9).toString('hex')}`,
			createdAt: order.createdAt ?? this.now(),
			failure: this.#failures.shift(),
			polls: 0,
			forcedStatus: undefined,
			resultUrl: undefined,
		};
		this.#jobs.set(job.id, job);
		return job;
	}

	/** Answers as if there had never been such a job. */
	forget(id: string): void {
		this.#jobs.delete(id);
	}

	get(id: string): Job | undefined {
		return this.#jobs.get(id);
	}

	/** Newest first. */
	list(): Job[] {
		return [...this.#jobs.values()].reverse();
	}

	/** The status now; terminal ones never change again. */
	statusOf(job: Job): { status: string; phase: JobPhase } {
		const status = job.forcedStatus ?? this.#statusByPlan(job);
		const phase = phaseOf(status);
		if (phase !== 'running') job.forcedStatus = status;
		return { status, phase };
	}

	#statusByPlan(job: Job): string {
		if (job.states !== null) {
			return job.states[Math.min(job.polls, job.states.length) - 1] ?? job.states[0] ?? 'queued';
		}
		const elapsedMs = this.now() - job.createdAt;
		if (elapsedMs < job.durationMs) return elapsedMs < job.durationMs / 3 ? 'queued' : 'processing';
		return job.failure === undefined ? 'completed' : (job.failure.status ?? 'failed');
	}

	/** The result's URL, the same at every call. */
	async resultUrl(job: Job): Promise<string> {
		job.resultUrl ??= job.makeResultUrl();
		return await job.resultUrl;
	}

	usesVoice(voiceId: string): boolean {
		return this.list().some(
			(job) => job.voiceId === voiceId && this.statusOf(job).phase === 'running',
		);
	}
}
