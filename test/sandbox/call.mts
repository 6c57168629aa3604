import type { IncomingHttpHeaders } from 'node:http';
import { ApiProblem, type Answer } from './answer.mts';
import type { EndpointName } from './endpoints.mts';
import type { RequestRecord } from './requests.mts';
import type { Speech, SpeechOrder } from './voice/speaker.mts';
import type { State } from './state.mts';

export interface UploadedFile {
	readonly name: string;
	readonly fileName: string;
	readonly mimeType: string;
	readonly bytes: Buffer;
	/** Whether the part was longer than is allowed; `bytes` is then cut. */
	readonly tooLarge: boolean;
}

export type CallBody =
	| { readonly kind: 'none' }
	| { readonly kind: 'bytes'; readonly contentType: string; readonly bytes: Buffer }
	| {
			readonly kind: 'multipart';
			readonly fields: ReadonlyArray<{ readonly name: string; readonly value: string }>;
			readonly files: readonly UploadedFile[];
	  }
	| { readonly kind: 'unreadable'; readonly why: string };

/** What the sandbox lends to its endpoints. */
export interface Services {
	readonly now: () => number;
	readonly speak: (order: SpeechOrder) => Promise<Speech>;
	/** Base of generated files' URLs, such as `http://127.0.0.1:4000`. */
	readonly mediaBase: (which: 'same' | 'other') => Promise<string>;
	/** The bases that are in use so far. */
	readonly mediaBases: () => readonly string[];
	/** Fires when the sandbox closes. */
	readonly shutdown: AbortSignal;
	readonly openApiPaths: Readonly<Record<string, unknown>>;
}

/** One request on its way through an endpoint. */
export interface Call {
	readonly state: State;
	readonly services: Services;
	readonly record: RequestRecord;
	readonly headers: IncomingHttpHeaders;
	readonly params: Readonly<Record<string, string>>;
	readonly query: Readonly<Record<string, string>>;
	readonly body: CallBody;
}

/** `aceData` is the second service. */
export type Zone = 'api' | 'aceData' | 'files' | 'public';

export type Handle = (call: Call) => Answer | Promise<Answer>;
/** What a file of `routes` answers, by the names of the table of endpoints. */
export type Handlers = Readonly<Partial<Record<EndpointName, Handle>>>;

export interface Route {
	readonly method: 'GET' | 'POST' | 'DELETE';
	/** As fastify spells it, relative to the API's base path in the zone `api`, else from the root. */
	readonly path: string;
	readonly zone: Zone;
	readonly handle: Handle;
}

/**
 * The moment at which work counts: takes the price, or throws 402 and counts nothing.
 * `subject` is what was bought.
 */
export function acceptWork(call: Call, price: number, subject: string): void {
	const { state, record, services } = call;
	state.account.spend(price);
	record.accepted = true;
	record.credits = price;
	state.log.charges.push({
		requestNumber: record.id,
		endpoint: record.endpoint,
		credits: price,
		idempotencyKey: record.idempotencyKey,
		subject,
		at: services.now(),
	});
}

/** The JSON body, or a 400 that says what is wrong with it. */
export function jsonBody(call: Call): unknown {
	const { body } = call;
	if (body.kind === 'none')
		throw new ApiProblem(400, 'invalid_request', 'A JSON body is required.');
	if (body.kind !== 'bytes' || !body.contentType.startsWith('application/json')) {
		const message = 'content-type: application/json is required.';
		throw new ApiProblem(400, 'invalid_request', message, { field: 'content-type' });
	}
	try {
		const parsed: unknown = JSON.parse(body.bytes.toString('utf8'));
		return parsed;
	} catch {
		throw new ApiProblem(400, 'invalid_request', 'The body is not valid JSON.');
	}
}

export function usageHeaders(call: Call): Record<string, string> {
	if (!call.state.behaviour.usageHeaders) return {};
	return {
		'x-openapi-credits-used': String(call.record.credits),
		'x-openapi-quota-remaining': String(call.state.account.apiQuotaRemaining),
	};
}
