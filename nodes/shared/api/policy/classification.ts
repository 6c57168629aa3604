import type { FailureDetails } from '../errors';
import { isOfAccount, type FailureReason } from '../reasons';

/**
 * How a request failed below HTTP.
 * - `neverConnected`: the request surely did not leave (refused, DNS, TLS, connect time-out).
 * - `cutOff`: the connection broke after the request may have left.
 * - `blocked`: the host's egress policy refused the address before any connection.
 */
export type TransportFailureKind = 'neverConnected' | 'cutOff' | 'blocked';

/**
 * - `read`: repeating it costs nothing (reads, polls, media, the profile update).
 * - `create`: repeating it may be charged a second time.
 * - `delete`: repeating it has the same end state.
 */
export type MethodClass = 'read' | 'create' | 'delete';

/** How one try at a call failed. */
export type CallFailure =
	| {
			readonly type: 'status';
			readonly status: number;
			readonly hasRetryAfter: boolean;
			/** What the service's own code says about it, where it says anything. */
			readonly reason?: FailureReason;
	  }
	| { readonly type: TransportFailureKind }
	| { readonly type: 'timeout' }
	/** A 2xx that is not what was asked for, or a 3xx from the API itself. */
	| { readonly type: 'unreadable' }
	| { readonly type: 'cancelled'; readonly wasSent: boolean };

type StatusFailure = Extract<CallFailure, { type: 'status' }>;

export interface Verdict extends Pick<FailureDetails, 'kind' | 'reason' | 'outcomeUnknown'> {
	readonly retry: 'no' | 'once' | 'yes';
}

const REASON_BY_STATUS: Readonly<Record<number, FailureReason>> = {
	400: 'invalidRequest',
	401: 'unauthorized',
	402: 'insufficientCredits',
	403: 'forbidden',
	404: 'notFound',
	408: 'timeout',
	409: 'conflict',
	413: 'tooLarge',
	422: 'unprocessableMedia',
	429: 'rateLimited',
};

/** The reason that stands for an HTTP status; statuses that nobody documents fall back to their hundred. */
export function reasonForStatus(status: number): FailureReason {
	const known = REASON_BY_STATUS[status];
	if (known !== undefined) return known;
	if (status >= 500) return 'serverError';
	return status >= 400 ? 'invalidRequest' : 'unexpectedResponse';
}

/**
 * The retry table: may this call be tried again, and is it known that nothing was charged?
 * Source: contract §1 (retry policy) and §3 ("a blind retry can be charged twice").
 */
export function classify(
	methodClass: MethodClass,
	failure: CallFailure,
	retryUnknownOutcome = false,
): Verdict {
	switch (failure.type) {
		case 'status':
			return classifyStatus(methodClass, failure, retryUnknownOutcome);
		case 'neverConnected':
			return tryAgain('network');
		case 'blocked':
			return giveUp('forbidden');
		case 'cutOff':
			return afterSending(methodClass, 'network', retryUnknownOutcome);
		case 'timeout':
			return afterSending(methodClass, 'timeout', retryUnknownOutcome);
		case 'unreadable':
			// Something answered 2xx: a create was probably done, so not even retryUnknownOutcome buys it again.
			if (methodClass === 'read') return { ...tryAgain('unexpectedResponse'), retry: 'once' };
			return giveUp('unexpectedResponse', methodClass === 'create');
		case 'cancelled':
			return giveUp('cancelled', methodClass === 'create' && failure.wasSent);
	}
}

/** The same for another host than the API: its 401 and 402 say nothing about our account. */
export function ofMediaHost(verdict: Verdict): Verdict {
	return isOfAccount(verdict.reason) ? { ...verdict, reason: 'forbidden' } : verdict;
}

function classifyStatus(
	methodClass: MethodClass,
	{ status, hasRetryAfter, reason = reasonForStatus(status) }: StatusFailure,
	retryUnknownOutcome: boolean,
): Verdict {
	switch (reason) {
		case 'rateLimited':
			// It was not accepted, whatever the method.
			return tryAgain(reason);
		case 'serverError':
		case 'timeout':
			// A 503 that names a time to come back was refused before it was handled. One without may come from deeper inside.
			if (status === 503 && hasRetryAfter) return tryAgain(reason);
			return afterSending(methodClass, reason, retryUnknownOutcome);
		case 'unexpectedResponse':
			return classify(methodClass, { type: 'unreadable' });
		default:
			return giveUp(reason);
	}
}

function afterSending(
	methodClass: MethodClass,
	reason: FailureReason,
	retryUnknownOutcome: boolean,
): Verdict {
	if (methodClass !== 'create') return tryAgain(reason);
	return retryUnknownOutcome ? { ...tryAgain(reason), outcomeUnknown: true } : giveUp(reason, true);
}

function tryAgain(reason: FailureReason): Verdict {
	return { kind: 'retryable', reason, outcomeUnknown: false, retry: 'yes' };
}

function giveUp(reason: FailureReason, outcomeUnknown = false): Verdict {
	return { kind: 'terminal', reason, outcomeUnknown, retry: 'no' };
}
