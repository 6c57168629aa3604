import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { failure, ServiceError, type FailureDetails } from '../api/errors';
import { cleanServerMessage, type Secret } from '../api/redact';

/** n8n's declaration of why a node failed; hosts before it ignore it. */
type Failure = NonNullable<NodeApiError['failure']>;

const NO_RETRY =
	'This execution has no Retry, because On Error is set to continue. With Stop Workflow, Retry fetches what is paid for.';

/**
 * A failed item as a row. Exactly these keys make n8n send it to the error output. What has a job ID can be fetched by it,
 * so that nothing has to be said of a Retry.
 */
export function failureRow(failed: ServiceError, operation: string): IDataObject {
	const { message: error, action, details, traits } = failed;
	const isLeftBehind = traits.nextTry !== undefined && details.jobId === undefined;
	const message = isLeftBehind ? `${action} ${NO_RETRY}` : action;
	return { error, message, details: detailsOf(failed, operation) };
}

/** What rows and errors say about a failure. Only here the node's operation is added. */
function detailsOf({ details }: ServiceError, operation: string): IDataObject {
	const { kind, reason, ...rest } = details;
	return { kind, reason, operation, ...rest };
}

/**
 * The error that a node throws. Only our own texts are handed over. The message is assigned once more afterwards,
 * because n8n replaces messages that contain a code such as that of a refused connection.
 */
export function toNodeError(
	node: INode,
	failed: ServiceError,
	operation: string,
	{ itemIndex, batchState = '' }: { itemIndex?: number; batchState?: string } = {},
): NodeApiError | NodeOperationError {
	const { message, action, details, traits } = failed;
	const description = [action, traits.nextTry, batchState].filter(Boolean).join(' ');
	const options = { message, description, itemIndex, failure: failureOf(details) };
	const httpCode = details.httpStatus?.toString();
	const error =
		details.reason === 'invalidParameter'
			? new NodeOperationError(node, message, options)
			: new NodeApiError(node, {}, { ...options, httpCode });
	error.message = message;
	error.description = description;
	error.context.details = detailsOf(failed, operation);
	return error;
}

/** Whatever an operation threw, as the one error of this package. */
export function asServiceError(
	error: unknown,
	{ secrets = [], outcomeUnknown }: { secrets?: readonly Secret[]; outcomeUnknown?: boolean } = {},
): ServiceError {
	if (error instanceof ServiceError) return error;
	const said = error instanceof Error ? cleanServerMessage(error.message, secrets) : '';
	return failure(
		'unexpectedResponse',
		`n8n or this node failed unexpectedly: ${said || 'no message was given'}`,
		{
			action: 'Look at the log of n8n. If this node is at fault, report the message.',
			outcomeUnknown,
		},
	);
}

function failureOf({ reason, httpStatus, retryAfterMs }: FailureDetails): Failure | undefined {
	const pause = retryAfterMs === undefined ? {} : { retryAfterMs };
	switch (reason) {
		case 'rateLimited':
			return { cause: 'rate-limited', ...pause };
		case 'insufficientCredits':
			return { cause: 'quota-exhausted' };
		case 'serverError':
		case 'network':
		case 'timeout':
			return { cause: 'temporarily-unavailable', ...pause };
		case 'unauthorized':
			return { cause: 'credential-invalid' };
		case 'forbidden':
			// Without a status it was n8n's own egress policy that refused.
			return { cause: httpStatus === undefined ? 'configuration-invalid' : 'credential-invalid' };
		case 'invalidRequest':
			return httpStatus === 400 ? { cause: 'configuration-invalid' } : undefined;
		case 'invalidParameter':
			return { cause: 'configuration-invalid' };
		default:
			return undefined;
	}
}
