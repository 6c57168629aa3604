import { bodyType, type BodyType } from './audioType';
import {
	describeNonJson,
	looksLikeHtml,
	parseJson,
	peek,
	readErrorText,
	readText,
	watchedStream,
	type StreamObserver,
} from './body';
import {
	failedByError,
	failedByStatus,
	FailedTryError,
	unreadable,
	type FailedTry,
} from './callFailures';
import type { Clock } from '../clock';
import { startDeadline, type Deadline } from './deadline';
import { asWireObject, describeKeys, type WireObject } from '../endpoints/readers';
import { cleanServerMessage, type Secret } from '../redact';
import { parseRetryAfter } from '../policy/retryDelay';
import { isErrorBody, readErrorBody, readServerError } from './serverError';
import {
	TransportFailure,
	type ByteStream,
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
	/** The JSON object of the body; anything else ends the try as unreadable. */
	json(): Promise<WireObject>;
	/** The same where an empty body is fine, for answers that nobody documents. An error body ends the try. */
	jsonIfAny(): Promise<WireObject>;
	/** Any body will do but an HTML page or an error: for answers that hold nothing that is needed. */
	acknowledged(): Promise<void>;
	/** The body as it arrives; see {@link StreamObserver}. */
	stream(observer: Omit<StreamObserver, 'onError'>): ByteStream;
	/** Ends the try: this 2xx is not what was asked for. `what` completes "answered 200 with …". */
	unreadable(what: string): FailedTryError;
	/** The same for JSON that lacks `expected`; says the server's own error when the body is one. */
	lacks(expected: string, body: WireObject): FailedTryError;
}

export interface ExchangeOptions {
	readonly transport: Transport;
	readonly clock: Clock;
	/** Who answers, for messages: "FishSpeech" or "the media host …". */
	readonly who: string;
	/** Milliseconds to the headers, and after that the longest silence between chunks. */
	readonly timeoutMs: number;
	readonly signal?: AbortSignal;
	/** How long a request that is under way at Stop may go on. */
	readonly graceMs?: number;
	readonly secrets: readonly Secret[];
}

export type Outcome<T> =
	| { readonly ok: true; readonly value: T; readonly status: number; readonly requestId?: string }
	| { readonly ok: false; readonly failedTry: FailedTry };

/** One try: sends the request, judges the status, lets `read` take the answer, and never throws. */
export async function exchange<T>(
	request: Omit<TransportRequest, 'signal'>,
	options: ExchangeOptions,
	read: (answer: Answer) => Promise<T>,
): Promise<Outcome<T>> {
	const { transport, clock, who, timeoutMs, signal, graceMs, secrets } = options;
	const deadline = startDeadline(clock, timeoutMs, signal, graceMs);
	let response: TransportResponse | undefined;
	let streamError: unknown;
	try {
		response = await transport.send({ ...request, signal: deadline.signal });
		deadline.touch();
		const { status } = response;
		const requestId = requestIdOf(response, secrets);
		if (status < 200 || status >= 300) {
			const said = readErrorBody(await readErrorText(response, deadline), secrets);
			const retryAfterMs = parseRetryAfter(response.headers['retry-after'], clock.now());
			return {
				ok: false,
				failedTry: failedByStatus(who, status, said, { requestId, retryAfterMs }),
			};
		}
		const value = await read(
			answerOf(response, deadline, who, secrets, (error) => {
				streamError = error;
			}),
		);
		// Not every reader notices that what it read was too short.
		if (streamError !== undefined) throw new TransportFailure('cutOff', undefined);
		return { ok: true, value, status, requestId };
	} catch (error) {
		const answer = response && {
			httpStatus: response.status,
			requestId: requestIdOf(response, secrets),
		};
		return {
			ok: false,
			failedTry: failedByError(
				who,
				// What broke the stream says more than what its reader made of it.
				streamError ?? error,
				{ timedOut: deadline.timedOut, stopped: signal?.aborted === true, timeoutMs },
				answer,
			),
		};
	} finally {
		deadline.dispose();
	}
}

/** Of the header that gateways usually put it in; a body that names one knows better. */
function requestIdOf(
	{ headers }: TransportResponse,
	secrets: readonly Secret[],
): string | undefined {
	const requestId = headers['x-request-id'];
	return requestId === undefined ? undefined : cleanServerMessage(requestId, secrets) || undefined;
}

function answerOf(
	response: TransportResponse,
	deadline: Deadline,
	who: string,
	secrets: readonly Secret[],
	onStreamError: (error: unknown) => void,
): Answer {
	const { status, headers } = response;
	const answer = { httpStatus: status, requestId: requestIdOf(response, secrets) };
	const refuse = (what: string, said: Partial<typeof answer & { code: string }> = {}) =>
		new FailedTryError(unreadable(who, cleanServerMessage(what, secrets), { ...answer, ...said }));
	const lacks: Answer['lacks'] = (expected, body) => {
		const { code, message, requestId = answer.requestId } = readServerError(body, secrets);
		if (!isErrorBody(body))
			return refuse(`JSON without ${expected} (it has ${describeKeys(body)})`);
		const named = code === undefined ? '' : ` (${code})`;
		return refuse(`an error${named}: "${message ?? ''}"`, { code, requestId });
	};
	return {
		status,
		headers,
		lacks,
		bodyType: async () => bodyType(headers['content-type'], await peek(response.body)),
		json: async () => {
			const text = await readText(response, deadline);
			const body = asWireObject(parseJson(text));
			if (body === undefined) throw refuse(describeNonJson(response, text));
			return body;
		},
		jsonIfAny: async () => {
			const text = await readText(response, deadline);
			const body = text.trim() === '' ? {} : asWireObject(parseJson(text));
			if (body === undefined) throw refuse(describeNonJson(response, text));
			if (isErrorBody(body)) throw lacks('a result', body);
			return body;
		},
		acknowledged: async () => {
			const text = await readText(response, deadline);
			const body = asWireObject(parseJson(text));
			if (looksLikeHtml(text)) throw refuse('an HTML page');
			if (body !== undefined && isErrorBody(body)) throw lacks('a result', body);
		},
		stream: ({ onEnd, onChunk }) =>
			watchedStream(response, deadline, {
				onEnd: (bytes) => {
					if (bytes === 0) throw refuse('an empty body');
					onEnd(bytes);
				},
				onChunk,
				onError: onStreamError,
			}),
		unreadable: refuse,
	};
}
