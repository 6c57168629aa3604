import type { IExecuteFunctions } from 'n8n-workflow';

import { causes, property } from '../causes';
import type { TransportFailureKind } from '../policy/classification';

/** Node's `Readable`, named through n8n because its modules may not be imported here, not even as types. */
export type ByteStream = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer
>;

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface TransportRequest {
	readonly method: HttpMethod;
	readonly url: string;
	/** Lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string | Buffer;
	/** Ends the exchange, however far it has come. */
	readonly signal: AbortSignal;
	/** Ends it as long as nothing of the request has been sent. */
	readonly stop?: AbortSignal;
}

export interface TransportResponse {
	readonly status: number;
	/** Lower-case names; repeated headers joined with a comma. */
	readonly headers: Readonly<Record<string, string>>;
	/**
	 * The body as it came over the wire. Whoever does not read it to its end aborts the request's signal: to destroy
	 * the body is not enough, since the one of n8n's helper may leave its connection open.
	 */
	readonly body: ByteStream;
}

/**
 * One HTTP exchange: no redirects followed, no status thrown, no retries, no timeouts of its own.
 * Rejects with a {@link TransportFailure}, or with the signal's reason once that is aborted. A rejection with
 * `neverConnected` means that surely nothing was sent, even after an abort.
 */
export interface Transport {
	readonly name: 'undici' | 'n8n';
	send(request: TransportRequest): Promise<TransportResponse>;
}

/** The answer of an HTTP library, in the form of the port. */
export function toTransportResponse(
	status: number,
	headers: Readonly<Record<string, string | string[] | null | undefined>>,
	body: ByteStream,
): TransportResponse {
	// A body that breaks, or is given up, while nobody reads it would end the process; readers get its error all the same.
	body.on('error', () => undefined);
	const flattened = Object.entries(headers).flatMap(([name, value]) =>
		value === undefined || value === null
			? []
			: [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value)]],
	);
	return { status, headers: Object.fromEntries(flattened), body };
}

export class TransportFailure extends Error {
	constructor(
		readonly kind: TransportFailureKind,
		/** The platform's code, e.g. ECONNREFUSED. */
		readonly code: string | undefined,
	) {
		super(`${kind}${code === undefined ? '' : ` (${code})`}`);
		this.name = 'TransportFailure';
	}
}

/** Codes that a socket can only have before the first byte of the request was written. */
const CODES_BEFORE_SENDING: ReadonlySet<string> = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EAI_FAIL',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EADDRNOTAVAIL',
	'UND_ERR_CONNECT_TIMEOUT',
	'UND_ERR_PRX_TLS',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'CERT_HAS_EXPIRED',
	'CERT_NOT_YET_VALID',
	'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const CODES_OF_CONNECT = /^(CERT_|ERR_TLS_)/;

/** What only a TLS handshake fails with; other TLS errors, such as a bad record, also come after the request. */
const HANDSHAKE_FAILED =
	/before secure TLS connection was established|wrong.version.number|unsupported.protocol|alert.protocol.version|handshake.failure/i;

/** Sorts what an HTTP library threw; `connecting` when the library itself said that it had no connection yet. */
export function toTransportFailure(error: unknown, connecting = false): TransportFailure {
	if (error instanceof TransportFailure) return error;
	if (isOfEgressPolicy(error)) return new TransportFailure('blocked', undefined);
	const [code] = textsOf(error, 'code');
	const isBeforeSending = connecting || isOfConnecting(error, code);
	return new TransportFailure(isBeforeSending ? 'neverConnected' : 'cutOff', code);
}

function isOfConnecting(error: unknown, code = ''): boolean {
	const [syscall] = textsOf(error, 'syscall');
	const [message = ''] = textsOf(error, 'message');
	if (syscall === 'connect') return true;
	if (HANDSHAKE_FAILED.test(`${code} ${message}`)) return true;
	// A connection in use can also fail with EHOSTUNREACH and the like.
	if (syscall === 'read' || syscall === 'write') return false;
	return CODES_BEFORE_SENDING.has(code) || CODES_OF_CONNECT.test(code);
}

/** n8n names its refusals SsrfBlockedIpError and SsrfBlockedHostnameError. */
function isOfEgressPolicy(error: unknown): boolean {
	return textsOf(error, 'name').some((name) => name.startsWith('SsrfBlocked'));
}

/** A property of an error and, where the library wrapped it, of its causes. */
function textsOf(error: unknown, name: 'code' | 'message' | 'name' | 'syscall'): string[] {
	return causes(error)
		.map((cause) => property(cause, name))
		.filter((found) => typeof found === 'string');
}
