import type { FailureReason } from '../api/reasons';
import type { ServerError, Service } from '../api/service';
import { asId, asText, asWireObject, firstText, type WireObject } from '../api/wire';
import { USER_AGENT } from './version.mts';

/** What the service's codes mean (contract §10.5). They decide before the status does: one status carries several meanings. */
const REASONS = new Map<string, FailureReason>([
	['bad_request', 'invalidRequest'],
	['no_token', 'invalidRequest'],
	['api_not_implemented', 'invalidRequest'],
	['token_mismatched', 'unauthorized'],
	['invalid_token', 'unauthorized'],
	['token_expired', 'unauthorized'],
	['disabled', 'unauthorized'],
	['used_up', 'insufficientCredits'],
	['forbidden', 'forbidden'],
	['content_moderation', 'forbidden'],
	['rejected', 'forbidden'],
	['no_api', 'notFound'],
	['not_found', 'notFound'],
	['too_many_requests', 'rateLimited'],
	['api_error', 'serverError'],
	['timeout', 'timeout'],
]);

/** The Fish Audios Generation API of AceDataCloud, in what differs from other services. */
export const aceData: Service = {
	name: 'AceDataCloud',
	userAgent: USER_AGENT,
	credential: { type: 'aceDataCloudApi', displayName: 'AceDataCloud API' },
	baseUrl: { default: 'https://api.acedata.cloud' },
	errors: { read: readError, isError: isErrorBody, requestIdHeader: 'x-trace-id' },
	reasonOf: (_status, code) => (code === undefined ? undefined : REASONS.get(code)),
	actions: {
		insufficientCredits:
			'The application has used up its balance: add some on platform.acedata.cloud, then run again.',
		unauthorized:
			'Check the API token in the AceDataCloud API credential. It may be mistyped, expired or disabled.',
		forbidden:
			'If the service refused the content, change the text. Otherwise check that the application may use this API, and that no firewall stands in the way.',
		serverError:
			'Run again later. If it keeps failing, give the request ID (the trace ID) to the support of AceDataCloud.',
		outcomeUnknown:
			'This call may have been charged, so it is not repeated on its own. Look at the usage of the application on platform.acedata.cloud before running it again.',
		jobFailed:
			'Correct what the message says and run the item again. The failed task will not change.',
		jobTimeout:
			'The task was accepted and may still finish: fetch it with Wait for Task and the task ID. Do not create it again.',
	},
	jobs: { noun: 'Task', get: 'Get Task', waitFor: 'Wait for Task' },
	closesCreates: ({ code }) => code === 'used_up',
};

/** What an error body says: its `error` is an object or a sentence. */
export function readError(body: WireObject): ServerError {
	const { error } = body;
	const described = asWireObject(error) ?? body;
	return {
		code: asText(described.code),
		message:
			typeof error === 'string' ? asText(error) : firstText(described, ['message', 'detail']),
		requestId: asText(body.trace_id),
		jobId: asId(body.task_id),
	};
}

/** `error` tells, and not `success`, which some errors lack. */
export function isErrorBody({ error, success }: WireObject): boolean {
	const isNamed = typeof error === 'string' ? error.trim() !== '' : isFilled(error);
	return error === true || isNamed || success === false;
}

function isFilled(value: unknown): boolean {
	return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
