import { z } from 'zod/v4';

import { withoutCanceled } from './redact';
import {
	ACTIONS,
	FAILURE_REASONS,
	isOfAccount,
	type ActionTable,
	type FailureReason,
} from './reasons';

/**
 * What is known about a failure; rows and thrown errors name the node's operation beside it. A schema, because it is also
 * read back from what was remembered.
 */
export const failureDetails = z.object({
	kind: z.enum(['retryable', 'terminal']),
	reason: z.enum(FAILURE_REASONS),
	/** HTTP tries made for the call that failed; 0 when nothing was sent. */
	attempts: z.number(),
	httpStatus: z.number().optional(),
	/** The server's own code, or the platform's for a broken connection. */
	code: z.string().optional(),
	requestId: z.string().optional(),
	retryAfterMs: z.number().optional(),
	jobId: z.string().optional(),
	/** The service may have done, and charged, what was asked. */
	outcomeUnknown: z.boolean(),
});

export type FailureDetails = Readonly<z.infer<typeof failureDetails>>;

/** What a failure means for the calls around it. */
interface ErrorTraits {
	/** Whether n8n could not store what had arrived: whatever comes next would be lost too. */
	readonly isOfStore?: boolean;
	/** Whether one of the tries may have been carried out, whatever became of the last one. */
	readonly mayBeDone?: boolean;
	/** What the next try does with what is paid for, as a sentence. Where n8n goes on after failures, there is no next try. */
	readonly nextTry?: string;
}

/**
 * The one error of this package. `message` says what happened, `action` what to do.
 * It never holds the token, the request text or a query string; `message` never holds the word "canceled".
 */
export class ServiceError extends Error {
	constructor(
		message: string,
		readonly action: string,
		readonly details: FailureDetails,
		readonly traits: ErrorTraits = {},
	) {
		// Not even as part of an ID: n8n reads an execution's outcome from this text. The details keep the ID as it is.
		super(withoutCanceled(message));
		this.name = 'ServiceError';
	}

	/** Whether it was answered with a 4xx: the same request will be refused again. */
	get isRefusal(): boolean {
		const { httpStatus = 0, kind } = this.details;
		return kind === 'terminal' && httpStatus >= 400 && httpStatus < 500;
	}

	/** Whether it is about the account or its token, and not about what was asked for. */
	get isOfAccount(): boolean {
		return isOfAccount(this.details.reason);
	}

	/** The same failure with more known about it, e.g. the ID of the job that it belongs to. `nextTry` is said in addition. */
	with(changes: {
		readonly message?: string;
		readonly action?: string;
		readonly nextTry?: string;
		readonly details?: Partial<FailureDetails>;
	}): ServiceError {
		const { message = this.message, action = this.action } = changes;
		const details = { ...this.details, ...changes.details };
		const nextTry = joined([this.traits.nextTry, changes.nextTry]);
		return new ServiceError(message, action, details, { ...this.traits, nextTry });
	}
}

/** What does not follow from the reason of a failure. */
export interface FailureAbout extends Partial<Omit<FailureDetails, 'reason'>>, ErrorTraits {
	/** What to do; the standard sentence of the reason when absent. */
	readonly action?: string;
	/** The service's own sentences. */
	readonly actions?: Partial<ActionTable>;
}

/** Reasons for which another try may help. Every other failure is final unless a caller knows better. */
export const RETRYABLE: ReadonlySet<FailureReason> = new Set([
	'rateLimited',
	'serverError',
	'network',
	'timeout',
	'jobTimeout',
]);

/** Makes every failure of this package: kind, tries and outcome follow from the reason unless `about` says otherwise. */
export function failure(
	reason: FailureReason,
	message: string,
	about: FailureAbout = {},
): ServiceError {
	const { outcomeUnknown = false, attempts = 0, kind, ...others } = about;
	const { action, actions, isOfStore, mayBeDone, nextTry, ...rest } = others;
	const isRetryable = RETRYABLE.has(reason) && !outcomeUnknown;
	const known = Object.entries(rest).filter(([, value]) => value !== undefined);
	const advice = action ?? whatToDo(reason, outcomeUnknown, actions);
	return new ServiceError(
		message,
		withRequestId(advice, rest.requestId),
		{
			kind: kind ?? (isRetryable ? 'retryable' : 'terminal'),
			reason,
			attempts,
			...Object.fromEntries(known),
			outcomeUnknown,
		},
		{ isOfStore, mayBeDone, nextTry },
	);
}

/** The sentence that says what to do about a reason, in the words of the service where it has its own. */
export function whatToDo(
	reason: FailureReason,
	outcomeUnknown = false,
	actions: Partial<ActionTable> = {},
): string {
	const { [reason]: sentence, outcomeUnknown: warning } = { ...ACTIONS, ...actions };
	return outcomeUnknown ? `${warning} ${sentence}` : sentence;
}

function withRequestId(action: string, requestId: string | undefined): string {
	if (requestId === undefined || action.includes(requestId)) return action;
	return `${action} Request ID: ${requestId}.`;
}

/** Sentences as one text; `undefined` when there are none. */
function joined(sentences: ReadonlyArray<string | undefined>): string | undefined {
	return sentences.filter(Boolean).join(' ') || undefined;
}
