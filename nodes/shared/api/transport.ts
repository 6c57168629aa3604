import type { IExecuteFunctions } from 'n8n-workflow';

/** Node's `Readable`, named through n8n because its modules may not be imported here, not even as types. */
export type ByteStream = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer
>;

export type HttpMethod = 'GET' | 'POST' | 'DELETE';

export interface TransportRequest {
	readonly method: HttpMethod;
	readonly url: string;
	/** Lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string | Buffer;
	readonly signal: AbortSignal;
}

export interface TransportResponse {
	readonly status: number;
	/** Lower-case names; repeated headers joined with a comma. */
	readonly headers: Readonly<Record<string, string>>;
	/** The body as it came over the wire. Whoever does not read it to its end destroys it. */
	readonly body: ByteStream;
}

/**
 * One HTTP exchange: no redirects followed, no status thrown, no retries, no timeouts of its own.
 * Rejects with a {@link TransportFailure}, or with the signal's reason once that is aborted.
 */
export interface Transport {
	readonly name: 'undici' | 'n8n';
	send(request: TransportRequest): Promise<TransportResponse>;
}

/**
 * - `neverConnected`: the request surely did not leave (refused, DNS, TLS, connect timeout).
 * - `cutOff`: the connection broke after the request may have left.
 * - `blocked`: the host's egress policy refused the address before any connection.
 */
export type TransportFailureKind = 'neverConnected' | 'cutOff' | 'blocked';

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

const CODES_OF_CONNECT = /^(CERT_|ERR_SSL_|ERR_TLS_)/;

/** Sorts what an HTTP library threw; `connecting` when the library itself said that it had no connection yet. */
export function toTransportFailure(error: unknown, connecting = false): TransportFailure {
	if (error instanceof TransportFailure) return error;
	if (isOfEgressPolicy(error)) return new TransportFailure('blocked', undefined);
	const code = firstCode(error);
	const before =
		connecting ||
		(code !== undefined && (CODES_BEFORE_SENDING.has(code) || CODES_OF_CONNECT.test(code))) ||
		stringProperty(error, 'syscall') === 'connect';
	return new TransportFailure(before ? 'neverConnected' : 'cutOff', code);
}

/** n8n names its refusals SsrfBlockedIpError and SsrfBlockedHostnameError. */
function isOfEgressPolicy(error: unknown): boolean {
	return causes(error).some((cause) => stringProperty(cause, 'name')?.startsWith('SsrfBlocked'));
}

/** The code of an error or, where the library wrapped it, of its cause. */
function firstCode(error: unknown): string | undefined {
	return causes(error)
		.map((cause) => stringProperty(cause, 'code'))
		.find((code) => code !== undefined);
}

function causes(error: unknown): unknown[] {
	const chain: unknown[] = [];
	for (
		let current = error;
		current !== undefined && chain.length < 4;
		current = property(current, 'cause')
	)
		chain.push(current);
	return chain;
}

function property(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null
		? Object.getOwnPropertyDescriptor(value, name)?.value
		: undefined;
}

function stringProperty(value: unknown, name: string): string | undefined {
	const found = property(value, name);
	return typeof found === 'string' ? found : undefined;
}
