import { z } from 'zod/v4';

import { FAILURE_REASONS, type FailureReason, type Verdict } from './policy/classification';

/** The shape of {@link FailureDetails}, for reading back what was remembered. */
export const failureDetails = z.object({
	kind: z.enum(['retryable', 'terminal']),
	reason: z.enum(FAILURE_REASONS),
	operation: z.string(),
	attempts: z.number(),
	httpStatus: z.number().optional(),
	code: z.string().optional(),
	requestId: z.string().optional(),
	retryAfterMs: z.number().optional(),
	jobId: z.string().optional(),
	outcomeUnknown: z.boolean(),
});

/** What n8n's users and their workflows get to know about a failure; the same object in rows and in thrown errors. */
export interface FailureDetails {
	readonly kind: 'retryable' | 'terminal';
	readonly reason: FailureReason;
	/** The node's operation, e.g. `synthesize`. */
	readonly operation: string;
	/** HTTP tries made for the call that failed; 0 when nothing was sent. */
	readonly attempts: number;
	readonly httpStatus?: number;
	/** The server's own code, or the platform's for a broken connection. */
	readonly code?: string;
	readonly requestId?: string;
	readonly retryAfterMs?: number;
	readonly jobId?: string;
	/** The service may have done, and charged, what was asked. */
	readonly outcomeUnknown: boolean;
}

export interface FishSpeechErrorOptions {
	readonly details: FailureDetails;
	/** One sentence or more: what to do. The standard one of the reason when absent. */
	readonly action?: string;
}

/**
 * The one error of this package. `message` says what happened, `action` what to do.
 * It never holds the token, the request text or a query string.
 */
export class FishSpeechError extends Error {
	readonly details: FailureDetails;
	readonly action: string;

	constructor(message: string, { details, action }: FishSpeechErrorOptions) {
		super(message);
		this.name = 'FishSpeechError';
		this.details = withoutUndefined(details);
		this.action = withRequestId(action ?? whatToDo(details), details.requestId);
	}

	/** The same failure with more known about it, e.g. the id of the job that it belongs to. */
	with(changes: {
		message?: string;
		action?: string;
		details?: Partial<FailureDetails>;
	}): FishSpeechError {
		return new FishSpeechError(changes.message ?? this.message, {
			details: { ...this.details, ...changes.details },
			action: changes.action ?? this.action,
		});
	}
}

/** Builds details from a verdict of the retry table. */
export function detailsOf(
	verdict: Pick<Verdict, 'kind' | 'reason' | 'outcomeUnknown'>,
	rest: Omit<FailureDetails, 'kind' | 'reason' | 'outcomeUnknown'>,
): FailureDetails {
	const { kind, reason, outcomeUnknown } = verdict;
	return { kind, reason, outcomeUnknown, ...rest };
}

/** The one table reason → what to do; README shows the same sentences, and a test compares them. */
export const WHAT_TO_DO: Readonly<Record<FailureReason, string>> = {
	rateLimited:
		'Run the node again later, or lower Concurrency in the options. The node has already waited and tried again.',
	insufficientCredits:
		'Add credits or API quota to the account, then run again. Profile → Check Balance shows what is left.',
	unauthorized:
		'Check the API token in the FishSpeech API credential. It may be revoked or mistyped.',
	forbidden:
		'Check that the account may use this feature, and that no firewall or proxy stands in the way.',
	invalidRequest: 'Correct the parameter that the message names. The same request will fail again.',
	invalidParameter: 'Correct the parameter. Nothing was sent for this item.',
	notFound: 'Check the ID, and that it belongs to the account of this credential.',
	conflict: 'Wait until the resource is no longer in use, or remove what uses it, then run again.',
	tooLarge: 'Send a smaller file or a shorter text.',
	unprocessableMedia: 'Use another file: the service received this one, but cannot process it.',
	serverError: 'Run again later. If it keeps failing, tell the FishSpeech support the request ID.',
	network: 'Check the connection between n8n and the service, then run again.',
	timeout: 'Run again later, or raise Request Timeout (Seconds) in the options.',
	unexpectedResponse:
		'Check that the base URL of the credential is that of the API, and that no proxy answers in its place.',
	jobFailed: 'Correct what the message says and create a new job. The failed one will not change.',
	jobTimeout:
		'The job was accepted and may still finish: fetch it with Wait for Job and the job ID. Do not create it again.',
	cancelled: 'The execution was stopped. Run the workflow again when you want to go on.',
	notSent: 'Nothing was sent or charged for this item. Mend what closed the batch, then run again.',
	alreadySubmitted:
		'A call with this Once Key was made before. To buy it again on purpose, use another key.',
};

const OUTCOME_UNKNOWN =
	'This call may have been charged, so it is not repeated on its own. Compare the balance (Profile → Get) and the job list, if there is one, before running it again.';

function whatToDo({ reason, outcomeUnknown }: FailureDetails): string {
	return outcomeUnknown ? `${OUTCOME_UNKNOWN} ${WHAT_TO_DO[reason]}` : WHAT_TO_DO[reason];
}

function withRequestId(action: string, requestId: string | undefined): string {
	if (requestId === undefined || action.includes(requestId)) return action;
	return `${action} Request ID: ${requestId}.`;
}

function withoutUndefined(details: FailureDetails): FailureDetails {
	const {
		kind,
		reason,
		operation,
		attempts,
		httpStatus,
		code,
		requestId,
		retryAfterMs,
		jobId,
		outcomeUnknown,
	} = details;
	return {
		kind,
		reason,
		operation,
		attempts,
		...(httpStatus !== undefined && { httpStatus }),
		...(code !== undefined && { code }),
		...(requestId !== undefined && { requestId }),
		...(retryAfterMs !== undefined && { retryAfterMs }),
		...(jobId !== undefined && { jobId }),
		outcomeUnknown,
	};
}
