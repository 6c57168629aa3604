import { durationText } from '../durationText';
import { failure, type FailureAbout, type FailureDetails, type ServiceError } from '../errors';
import type { CallFailure, Verdict } from '../policy/classification';
import { LONGEST_RETRY_AFTER_MS } from '../policy/retryDelay';
import { CHECK_STORE, type FailureReason } from '../reasons';
import { BodyTooLarge, UnreadableBody } from './decoding';
import type { ShownError } from './errorText';
import { CALL_NOT_SENT, type NotSent } from './notLetIn';
import { toTransportFailure } from './transport';

/** What one try came to, before the retry table has judged it. */
export interface FailedTry
	extends Pick<FailureDetails, 'httpStatus' | 'code' | 'requestId' | 'retryAfterMs' | 'jobId'> {
	readonly failure: CallFailure;
	/** What happened, as a sentence. */
	readonly message: string;
	/** Present where the standard sentence of the reason would mislead the user. */
	readonly action?: string;
	/** The answer was fine, and n8n could not store what it sent. */
	readonly isOfStore?: boolean;
}

/** What a failure says of the answer that it came with. */
export type Answered = Pick<FailedTry, 'httpStatus' | 'requestId'>;

/** Carries a failed try through stream code that can only throw. */
export class FailedTryError extends Error {
	constructor(readonly failedTry: FailedTry) {
		super(failedTry.message);
	}
}

/** A response whose status says that the call failed. `who` is the service's name or "the media host …". */
export function failedByStatus(
	who: string,
	status: number,
	said: ShownError,
	rest: Pick<FailedTry, 'requestId' | 'retryAfterMs'> & { readonly reason?: FailureReason },
): FailedTry {
	const code = said.code === undefined ? '' : ` (${said.code})`;
	const isRedirect = status >= 300 && status < 400;
	const explanation = isRedirect
		? ' with a redirect, which an API call does not follow.'
		: said.message !== undefined
			? `: ${asSentence(said.message)}`
			: said.bodyDescription === undefined
				? '.'
				: ` with ${said.bodyDescription}.`;
	return {
		failure: {
			type: 'status',
			status,
			hasRetryAfter: rest.retryAfterMs !== undefined,
			reason: rest.reason,
		},
		message: `${who} answered ${status}${code}${explanation}`,
		httpStatus: status,
		code: said.code,
		requestId: said.requestId ?? rest.requestId,
		retryAfterMs: rest.retryAfterMs,
		jobId: said.jobId,
	};
}

/** How far a try had come when it failed. */
export interface Progress {
	readonly timedOut: boolean;
	readonly stopped: boolean;
	readonly timeoutMs: number;
	/** The whole body of a stream had arrived. */
	readonly isReceived?: boolean;
}

/** Anything thrown while a request was sent or its answer read. */
export function failedByError(
	who: string,
	error: unknown,
	{ timedOut, stopped, timeoutMs, isReceived = false }: Progress,
	answer?: Answered,
): FailedTry {
	if (error instanceof FailedTryError) return error.failedTry;
	const { kind, code } = toTransportFailure(error);
	const wasSent = answer !== undefined || kind === 'cutOff';
	if (stopped)
		return {
			...answer,
			failure: { type: 'cancelled', wasSent },
			message: wasSent
				? 'The execution was stopped while this call was under way.'
				: 'The execution was stopped before this call was sent.',
		};
	// What goes wrong after the last byte is not the service's, nor its host's.
	if (isReceived) return notStored(who, code, answer);
	if (timedOut)
		return wasSent
			? {
					...answer,
					failure: { type: 'timeout' },
					message: `${who} sent nothing for ${durationText(timeoutMs)}.`,
				}
			: {
					failure: { type: 'neverConnected' },
					message: `No connection to ${who} could be made within ${durationText(timeoutMs)}.`,
				};
	if (error instanceof UnreadableBody) return unreadable(who, error.message, answer);
	if (error instanceof BodyTooLarge)
		return unreadable(who, `${error.message}, more than this node accepts,`, answer);
	// A code of zlib, which decodes for both adapters.
	if (code?.startsWith('Z_')) return unreadable(who, 'a compressed body that is broken', answer);
	// Once the service has answered, it is the store of n8n that cannot be reached: nothing is sent again for that.
	const isOfStore =
		kind === 'neverConnected' || kind === 'blocked' || CODES_OF_STORE.has(code ?? '');
	if (answer !== undefined && isOfStore) return notStored(who, code, answer);
	return { ...answer, failure: { type: kind }, code, ...TRANSPORT_TEXT[kind](who) };
}

function notStored(who: string, code: string | undefined, answer?: Answered): FailedTry {
	return {
		...answer,
		failure: { type: 'unreadable' },
		message: `${who} answered, but n8n could not store what it sent (${code ?? 'no code'}).`,
		code,
		action: `${CHECK_STORE} The answer itself was fine, so a call that costs has probably been charged.`,
		isOfStore: true,
	};
}

/** A 2xx that is not what was asked for. */
export function unreadable(
	who: string,
	what: string,
	answer?: Answered & Pick<FailedTry, 'code' | 'jobId'>,
): FailedTry {
	const status = answer?.httpStatus === undefined ? '' : ` ${answer.httpStatus}`;
	return {
		...answer,
		failure: { type: 'unreadable' },
		message: `${who} answered${status} with ${what} instead of what was asked for.`,
	};
}

/** An answer that does not end. */
export function overdue(who: string, answer: Answered): FailedTry {
	return {
		...answer,
		failure: { type: 'timeout' },
		message: `${who} was still sending its answer after ten times the request time-out.`,
	};
}

/** What is known of a call besides the try that failed. */
interface KnownOfCall extends Pick<FailureAbout, 'attempts' | 'jobId' | 'actions' | 'mayBeDone'> {
	readonly whenNotSent?: NotSent;
}

/** The error of a call that is given up. */
export function toServiceError(
	failedTry: FailedTry,
	{ kind, reason, outcomeUnknown }: Verdict,
	{ whenNotSent, ...known }: KnownOfCall,
): ServiceError {
	const { httpStatus, code, requestId, retryAfterMs } = failedTry;
	const isTooLong = retryAfterMs !== undefined && retryAfterMs > LONGEST_RETRY_AFTER_MS;
	const wait = isTooLong
		? ` It asks to wait ${Math.ceil(retryAfterMs / 60_000)} minutes, which is longer than this node waits.`
		: '';
	// The standard sentence says that the node has waited.
	const isNotWaitedFor = isTooLong && reason === 'rateLimited';
	const later = isNotWaitedFor ? (whenNotSent ?? CALL_NOT_SENT) : undefined;
	const job = known.jobId === undefined ? '' : ` Job: ${known.jobId}.`;
	return failure(reason, failedTry.message + wait + job, {
		kind,
		outcomeUnknown,
		...known,
		action: later?.action ?? failedTry.action,
		nextTry: later?.nextTry,
		httpStatus,
		code,
		requestId,
		retryAfterMs,
		isOfStore: failedTry.isOfStore,
	});
}

/** Codes of a file system. A connection that has brought an answer does not fail with them. */
const CODES_OF_STORE: ReadonlySet<string> = new Set([
	'EACCES',
	'EDQUOT',
	'EIO',
	'EMFILE',
	'ENFILE',
	'ENOENT',
	'ENOSPC',
	'EPERM',
	'EROFS',
]);

const TRANSPORT_TEXT = {
	neverConnected: (who: string) => ({ message: `No connection to ${who} could be made.` }),
	cutOff: (who: string) => ({
		message: `The connection to ${who} broke off before the answer was complete.`,
	}),
	blocked: (who: string) => ({
		message: `n8n's outbound network policy (SSRF protection) does not allow a connection to ${who}.`,
		action:
			'Ask the administrator of this n8n to allow the host (N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES), or correct the base URL of the credential.',
	}),
} as const;

function asSentence(text: string): string {
	return /[.!?…。！？]$/.test(text) ? text : `${text}.`;
}
