import { bodyType, type BodyType } from './bodyType';
import {
	failedByError,
	failedByStatus,
	FailedTryError,
	overdue,
	unreadable,
	type Answered,
	type FailedTry,
} from './callFailures';
import { caught } from '../caught';
import type { Clock } from '../clock';
import { startDeadline, type Deadline } from './deadline';
import { readJsonBody } from './jsonBody';
import { ANSWER_LIMITS, type JsonLimits } from './jsonScan';
import { peek, watchedStream, type StreamObserver } from './mediaBody';
import { describeKeys, type WireObject } from '../wire';
import { cleanIfAny, cleanServerMessage, type Secret } from '../redact';
import { parseRetryAfter } from '../policy/retryDelay';
import type { Service } from '../service';
import { readErrorBody, readErrorText, shownError } from './errorText';
import type { MethodClass } from '../policy/classification';
import {
	TransportFailure,
	type ByteStream,
	type HttpMethod,
	type Transport,
	type TransportRequest,
	type TransportResponse,
} from './transport';

/** A 2xx, open for reading. Exactly one of the methods that read the body is used. */
export interface Answer {
	readonly status: number;
	readonly headers: TransportResponse['headers'];
	/** What the body is, by type and first bytes; see {@link bodyType}. */
	bodyType(): Promise<BodyType>;
	isEmpty(): Promise<boolean>;
	/** The JSON object of the body; anything else, and one above the limits, ends the try as unreadable. */
	json(limits?: JsonLimits): Promise<WireObject>;
	/** The same where an empty body is fine, for answers that nobody documents. An error body ends the try. */
	jsonIfAny(): Promise<WireObject>;
	/** Any JSON value of the body, `undefined` for an empty one. An error body ends the try. */
	anyJson(limits?: JsonLimits): Promise<unknown>;
	/** Any body will do but an HTML page or an error: for answers that hold nothing that is needed. */
	acknowledged(): Promise<void>;
	/** The body as it arrives; see {@link StreamObserver}. */
	stream(observer: Omit<StreamObserver, 'onError'>): ByteStream;
	/** Ends the try: this 2xx is not what was asked for. `what` completes "answered 200 with …". */
	unreadable(what: string): FailedTryError;
	/** The same for JSON that lacks `expected`; says the server's own error when the body is one. */
	lacks(expected: string, body: WireObject): FailedTryError;
}

const PARTIAL_CONTENT = 206;

/** What a client is connected to, and how. */
export interface Connection {
	readonly service: Service;
	readonly transport: Transport;
	readonly clock: Clock;
}

/** What all calls of one item share. */
export interface CallContext {
	/** Aborted by Stop. */
	readonly signal?: AbortSignal;
	/** Milliseconds to the headers, and after that the longest silence between chunks. */
	readonly requestTimeoutMs: number;
	/** The moment, by the clock's `elapsed()`, after which no try waits for its turn or for the next one. */
	readonly deadlineMs?: number;
	readonly maxRetries: number;
	/** The user takes the risk that a create is charged twice. */
	readonly retryUnknownOutcome: boolean;
	/** Sent with creates; the same for every try at the same item. */
	readonly idempotencyKey?: string;
	/** Values that nothing may show; the token is one of them. */
	readonly secrets: readonly Secret[];
	readonly jobId?: string;
	/** Called before each try. */
	readonly onSend?: (methodClass: MethodClass) => void;
	/** Called when the whole media of a create have arrived, before their sink has stored them. */
	readonly onReceived?: () => void;
	/** Called once for each try. */
	readonly trace?: (line: CallTrace) => void;
}

/** One line of the log: what was called and what came of it, nothing else. */
export interface CallTrace {
	readonly method: HttpMethod;
	/** With placeholders in place of IDs: `/jobs/{id}`. */
	readonly path: string;
	readonly attempt: number;
	readonly durationMs: number;
	readonly adapter: Transport['name'];
	readonly status?: number;
	readonly code?: string;
	readonly requestId?: string;
	readonly jobId?: string;
	/** The reason of a failure. */
	readonly reason?: string;
}

/** A request and how its answer is read. */
export interface HttpCall<T> extends Omit<TransportRequest, 'signal'> {
	readonly methodClass: MethodClass;
	/** Who answers, for messages: the service's name or "the media host …". */
	readonly who: string;
	/** How long the request may go on after Stop, so that what it creates is known. */
	readonly graceMs?: number;
	read(answer: Answer): Promise<T>;
}

export type Outcome<T> =
	| ({ readonly ok: true; readonly value: T } & Answered)
	| { readonly ok: false; readonly failedTry: FailedTry };

/** One try: sends the request, judges the status, lets the call read the answer, and never throws. */
export async function exchange<T>(
	call: HttpCall<T>,
	context: CallContext,
	{ service, transport, clock }: Connection,
): Promise<Outcome<T>> {
	const { method, url, headers, body, who, graceMs } = call;
	const { signal, secrets, requestTimeoutMs: timeoutMs } = context;
	const deadline = startDeadline(clock, timeoutMs, signal, graceMs);
	let answer: Answered | undefined;
	let streamError: unknown;
	let isReceived = false;
	try {
		const response = await transport.send({
			method,
			url,
			headers,
			body,
			signal: deadline.signal,
			stop: signal,
		});
		deadline.touch();
		const { status } = response;
		// From the header that gateways usually put it in; a body that names one knows better.
		const requestId = cleanIfAny(response.headers[service.errors.requestIdHeader], secrets);
		answer = { httpStatus: status, requestId };
		if (status < 200 || status >= 300) {
			const text = await readErrorText(response, deadline);
			const said = readErrorBody(text, service.errors, secrets);
			const { 'retry-after': retryAfter, date } = response.headers;
			const retryAfterMs = parseRetryAfter(retryAfter, date, clock.now());
			const reason = service.reasonOf?.(status, said.code);
			return {
				ok: false,
				failedTry: failedByStatus(who, status, said, { requestId, retryAfterMs, reason }),
			};
		}
		// Nothing here asks for a part, so the answer is not complete.
		if (status === PARTIAL_CONTENT)
			return { ok: false, failedTry: unreadable(who, 'a part', answer) };
		const value = await call.read(
			answerOf(response, deadline, {
				who,
				answer,
				service,
				secrets,
				onReceived: () => {
					isReceived = true;
					context.onReceived?.();
				},
				onStreamError: (error) => {
					streamError = error;
				},
			}),
		);
		// Not every reader notices that what it read was too short.
		if (streamError !== undefined) throw new TransportFailure('cutOff', undefined);
		return { ok: true, value, ...answer };
	} catch (error) {
		return {
			ok: false,
			failedTry: failedByError(
				who,
				// What broke the stream says more than what its reader made of it.
				streamError ?? error,
				{ timedOut: deadline.timedOut, stopped: signal?.aborted === true, timeoutMs, isReceived },
				answer,
			),
		};
	} finally {
		deadline.dispose();
	}
}

interface Reading extends Pick<CallContext, 'secrets'> {
	readonly onReceived: () => void;
	readonly who: string;
	readonly answer: Answered;
	readonly service: Service;
	readonly onStreamError: (error: unknown) => void;
}

function answerOf(
	response: TransportResponse,
	deadline: Deadline,
	{ who, answer, service, secrets, onReceived, onStreamError }: Reading,
): Answer {
	const { status, headers } = response;
	const { errors } = service;
	const refuse = (
		what: string,
		said: Partial<Pick<FailedTry, 'code' | 'requestId' | 'jobId'>> = {},
	) =>
		new FailedTryError(unreadable(who, cleanServerMessage(what, secrets), { ...answer, ...said }));
	const lacks: Answer['lacks'] = (expected, body) => {
		const {
			code,
			message,
			requestId = answer.requestId,
			jobId,
		} = shownError(body, errors, secrets);
		if (!errors.isError(body))
			return refuse(`JSON without ${expected} (it has ${describeKeys(body)})`);
		const reason = code === undefined ? undefined : service.reasonOf?.(status, code);
		// The service knows its code, whatever the status says.
		if (reason !== undefined)
			return new FailedTryError(
				failedByStatus(who, status, { code, message, jobId }, { requestId, reason }),
			);
		const named = code === undefined ? '' : ` (${code})`;
		return refuse(`an error${named}: "${message ?? ''}"`, { code, requestId, jobId });
	};
	const readBody = async (limits = ANSWER_LIMITS) => {
		try {
			return await readJsonBody(response, deadline, limits);
		} catch (error) {
			throw deadline.isOverdue ? new FailedTryError(overdue(who, answer)) : caught(error);
		}
	};
	const readSuccess = async (limits?: JsonLimits) => {
		const body = await readBody(limits);
		if (body.type === 'object' && errors.isError(body.value)) throw lacks('a result', body.value);
		return body;
	};
	return {
		status,
		headers,
		lacks,
		bodyType: async () => bodyType(headers['content-type'], await peek(response.body)),
		isEmpty: async () => (await peek(response.body)).length === 0,
		json: async (limits) => {
			const body = await readBody(limits);
			if (body.type !== 'object') throw refuse(body.description);
			return body.value;
		},
		jsonIfAny: async () => {
			const body = await readSuccess();
			if (body.type === 'empty') return {};
			if (body.type !== 'object') throw refuse(body.description);
			return body.value;
		},
		anyJson: async (limits) => {
			const body = await readSuccess(limits);
			if (body.type === 'empty') return undefined;
			if (body.type !== 'object' && body.value === undefined) throw refuse(body.description);
			return body.value;
		},
		acknowledged: async () => {
			const body = await readSuccess();
			if (body.type === 'html') throw refuse(body.description);
		},
		stream: ({ onEnd, onChunk }) =>
			watchedStream(response, deadline, {
				onEnd: (bytes) => {
					if (bytes === 0) throw refuse('an empty body');
					onEnd(bytes);
					onReceived();
				},
				onChunk,
				onError: onStreamError,
			}),
		unreadable: refuse,
	};
}
