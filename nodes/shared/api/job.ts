import type { WireObject } from './wire';

export type JobState = 'running' | 'succeeded' | 'failed';

export interface JobFailure {
	readonly code?: string;
	readonly message?: string;
	/** An HTTP-like status that the failure names. */
	readonly status?: number;
}

/** A job, as far as the service told about it. */
export interface Job {
	readonly jobId: string;
	readonly state: JobState;
	/** The server's own word. */
	readonly status: string | undefined;
	readonly resultUrl: string | undefined;
	readonly failure: JobFailure | undefined;
	readonly creditsUsed: number | undefined;
	readonly quotaRemaining: number | undefined;
	readonly requestId: string | undefined;
	readonly progress: number | undefined;
	readonly createdAt: string | undefined;
	readonly completedAt: string | undefined;
	readonly raw: WireObject;
}
