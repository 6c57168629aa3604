import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { FishSpeechError, type FailureDetails } from '../../api/errors';
import { cleanServerMessage, type Secret } from '../../api/redact';

/** n8n's declaration of why a node failed; hosts before it ignore it. */
type Failure = NonNullable<NodeApiError['failure']>;

/** A failed item as a row. Exactly these keys make n8n send it to the error output. */
export function failureRow({ message, action, details }: FishSpeechError): IDataObject {
	return { error: message, message: action, details: { ...details } };
}

/**
 * The error that a node throws. Nothing is handed over but our own texts, and the message is assigned once more
 * afterwards, because n8n replaces messages that contain a code such as that of a refused connection.
 */
export function toNodeError(
	node: INode,
	{ message, action, details }: FishSpeechError,
	itemIndex: number,
	batchState: string,
): NodeApiError | NodeOperationError {
	const description = batchState === '' ? action : `${action} ${batchState}`;
	const options = { message, description, itemIndex, failure: failureOf(details) };
	const error =
		details.reason === 'invalidParameter'
			? new NodeOperationError(node, message, options)
			: new NodeApiError(
					node,
					{},
					{
						...options,
						httpCode: details.httpStatus === undefined ? undefined : String(details.httpStatus),
					},
				);
	error.message = message;
	error.description = description;
	error.context.details = { ...details };
	return error;
}

/** Whatever an operation threw, as the one error of this package. */
export function asFishSpeechError(
	error: unknown,
	context: { operation: string; secrets: readonly Secret[]; mayHaveBeenCharged: boolean },
): FishSpeechError {
	if (error instanceof FishSpeechError) return error;
	const said = error instanceof Error ? cleanServerMessage(error.message, context.secrets) : '';
	return new FishSpeechError(
		`n8n or this node failed unexpectedly: ${said || 'no message was given'}`,
		{
			action:
				'Look into the log of n8n. If it is a fault of this node, report it with the message.',
			details: {
				kind: 'terminal',
				reason: 'unexpectedResponse',
				operation: context.operation,
				attempts: 0,
				outcomeUnknown: context.mayHaveBeenCharged,
			},
		},
	);
}

function failureOf({ reason, httpStatus, retryAfterMs }: FailureDetails): Failure | undefined {
	switch (reason) {
		case 'rateLimited':
			return { cause: 'rate-limited', ...(retryAfterMs !== undefined && { retryAfterMs }) };
		case 'insufficientCredits':
			return { cause: 'quota-exhausted' };
		case 'serverError':
		case 'network':
		case 'timeout':
			return {
				cause: 'temporarily-unavailable',
				...(retryAfterMs !== undefined && { retryAfterMs }),
			};
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
