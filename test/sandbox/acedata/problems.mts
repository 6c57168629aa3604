import { ApiProblem, jsonAnswer, type Answer } from '../answer.mts';
import type { Behaviour } from '../options.mts';

/** The second service's codes, in the place of the first one's. */
const CODES: Readonly<Record<string, readonly [status: number, code: string]>> = {
	unauthorized: [401, 'invalid_token'],
	rate_limited: [429, 'too_many_requests'],
	insufficient_quota: [403, 'used_up'],
	not_found: [404, 'not_found'],
	voice_not_found: [404, 'not_found'],
};

const CODE_BY_STATUS: Readonly<Record<number, string>> = {
	400: 'bad_request',
	401: 'invalid_token',
	403: 'forbidden',
	404: 'no_api',
	408: 'timeout',
	429: 'too_many_requests',
	500: 'api_error',
	504: 'timeout',
};

/** A problem of the first service as the second one would have it. */
export function asAceDataProblem(problem: ApiProblem): ApiProblem {
	const { status, code, message, headers } = problem;
	const [otherStatus, otherCode] = CODES[code] ?? [status, codeOfStatus(status)];
	return new ApiProblem(otherStatus, otherCode, message, {}, headers);
}

export function codeOfStatus(status: number): string {
	return CODE_BY_STATUS[status] ?? (status >= 500 ? 'api_error' : 'bad_request');
}

/** Both documented shapes: an object, or a sentence. */
export function aceDataAnswer(
	{ status, code, message, headers }: ApiProblem,
	traceId: string,
	shape: Behaviour['aceDataErrors'],
): Answer {
	const error = shape === 'object' ? { code, message } : message;
	const success = shape === 'object' ? {} : { success: false };
	return jsonAnswer(status, { ...success, error, trace_id: traceId }, headers);
}
