import type { FailureDetails } from './errors';
import type { ActionTable, FailureReason } from './reasons';
import type { WireObject } from './wire';

/** What a server says about a failure, as it says it. */
export interface ServerError {
	readonly code?: string;
	readonly message?: string;
	readonly requestId?: string;
	/** The job that was made all the same, or has failed. */
	readonly jobId?: string;
}

/** How a service words its failures. */
export interface ErrorReading {
	/** What an error body says; never fails. */
	read(body: WireObject): ServerError;
	/** Whether a JSON body is an error although its status says success. */
	isError(body: WireObject): boolean;
	/** Lower case. */
	readonly requestIdHeader: string;
}

/** What the account was charged and what is left of it, as a row tells. */
export interface RowUsage {
	readonly creditsUsed?: number;
	readonly quotaRemaining?: number;
}

/** What users call a job, and the operations that ask for one. */
export interface JobWords {
	/** "Job". */
	readonly noun: string;
	readonly get: string;
	readonly waitFor: string;
}

/** Everything in which one service differs from another. */
export interface Service {
	/** In messages: "… answered 404". */
	readonly name: string;
	/** Sent with every request. */
	readonly userAgent: string;
	readonly credential: { readonly type: string; readonly displayName: string };
	readonly baseUrl: {
		readonly default: string;
		/** What the path of a base URL must end in; absent when the API has none of its own. */
		readonly path?: string;
	};
	readonly errors: ErrorReading;
	/** A reason that the service's own code gives, before the table by status is asked. */
	reasonOf?(status: number, code: string | undefined): FailureReason | undefined;
	/** What to do about a failure, where the standard sentence says too little. */
	readonly actions?: Partial<ActionTable>;
	/** Whether a job's failure says that the account has nothing left to pay creates with. */
	closesCreates?(details: FailureDetails): boolean;
	readonly jobs: JobWords;
	usageOf?(row: Readonly<Record<string, unknown>>): RowUsage;
}
