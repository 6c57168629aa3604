import type { z } from 'zod/v4';
import type { FaultRule } from '../sandbox/faults.mts';

type Rule = z.input<typeof FaultRule>;

/** One way in which a call of the service can go wrong. */
export interface Fault {
	readonly name: string;
	readonly do: Rule['do'];
	/** Real time that must pass before the service is well again; until then it spoils other calls too. */
	readonly lastsMs?: number;
	/** The body is shorter than it should be, but a whole message as far as HTTP can tell. */
	readonly shortens?: true;
}

/** Every status of the contract, and two that only gateways send. */
const STATUSES = [400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504];
const BODIES = ['json', 'html', 'empty'] as const;

/** A server that repeats a signed URL in its message: the query must reach no error, log line or ledger entry. */
export const LEAKED_QUERY = 'signature=leaked-by-the-server';
const message = `Cannot read https://media.example.org/a.mp3?${LEAKED_QUERY} (canceled).`;

const statuses: Fault[] = STATUSES.flatMap((status) =>
	BODIES.map((body) => ({
		name: `${status} with ${body}`,
		do: { kind: 'status', status, body, message },
	})),
);

const retryAfters = [
	['seconds', 2],
	['a date', { dateInSeconds: 3 }],
	['an absurd number', 'absurd'],
	['nonsense', { raw: 'soon' }],
] as const;

const withRetryAfter: Fault[] = [429, 503].flatMap((status) =>
	retryAfters.map(([name, retryAfter]) => ({
		name: `${status} with Retry-After as ${name}`,
		do: { kind: 'status', status, retryAfter },
	})),
);

/** Failures after the work was done: the account was charged, the answer does not say so. */
const acceptedAndLost: Fault[] = [
	...[408, 500, 502, 503, 504].map(
		(status): Fault => ({
			name: `${status} after the work`,
			do: { kind: 'status', status, accept: true },
		}),
	),
	{ name: 'reset after the work', do: { kind: 'reset', accept: true } },
	{ name: 'silence after the work', do: { kind: 'stall', accept: true } },
	{
		name: '200 with an HTML page after the work',
		do: { kind: 'raw', contentType: 'text/html', body: '<!doctype html><p>Hi</p>', accept: true },
	},
	{ name: '200 with {} after the work', do: { kind: 'raw', body: '{}', accept: true } },
];

const connections: Fault[] = [
	{ name: 'reset before the headers', do: { kind: 'reset' } },
	{ name: 'silence', do: { kind: 'stall' } },
	{ name: 'idle connection closed as the call is written', do: { kind: 'idleClose' } },
	{ name: 'refused connections after an answer', do: { kind: 'goAway', forMs: 40 }, lastsMs: 60 },
];

const deliveries: Fault[] = [
	{ name: 'cut before the body', do: { kind: 'cutBody', afterBytes: 0 } },
	{ name: 'cut in the body', do: { kind: 'cutBody' } },
	{ name: 'cut in a chunked body', do: { kind: 'cutBody', chunked: true } },
	{ name: 'reset in the body', do: { kind: 'cutBody', how: 'reset' } },
	{ name: 'silence before the body', do: { kind: 'stallBody', afterBytes: 0 } },
	{ name: 'silence in the body', do: { kind: 'stallBody' } },
	{ name: 'slow drip', do: { kind: 'drip', bytes: 1_000, everyMs: 1 } },
	{ name: 'slow answer', do: { kind: 'delay', ms: 5 } },
	{ name: 'truncated body', do: { kind: 'truncate' }, shortens: true },
	{ name: 'body without anything', do: { kind: 'truncate', keepBytes: 0 } },
	{ name: 'length too large', do: { kind: 'contentLength', delta: 10 } },
	{ name: 'length too small', do: { kind: 'contentLength', delta: -10 }, shortens: true },
	...['text/html', 'text/plain', 'application/json', 'audio/mpeg'].map(
		(contentType): Fault => ({
			name: `labelled ${contentType}`,
			do: { kind: 'contentType', contentType },
		}),
	),
	...(['gzip', 'deflate', 'br'] as const).map(
		(encoding): Fault => ({ name: `${encoding} unasked`, do: { kind: 'encode', encoding } }),
	),
];

const wrongAnswers: Fault[] = [
	{
		name: '200 with an error body',
		do: { kind: 'raw', body: JSON.stringify({ code: 'ERR_X', message }) },
	},
	{
		name: '200 with an HTML page',
		do: { kind: 'raw', contentType: 'text/html', body: '<html><body>Sign in</body></html>' },
	},
	{ name: '200 with nothing', do: { kind: 'raw', body: '' } },
	{ name: '200 with a list', do: { kind: 'raw', body: '[1, 2]' } },
	{ name: '204', do: { kind: 'raw', status: 204, body: '' } },
	{ name: 'redirect to another origin', do: { kind: 'redirect', to: 'otherOrigin' } },
	{ name: 'redirect to itself', do: { kind: 'redirect', to: 'self', status: 307 } },
];

export const FAULTS: readonly Fault[] = [
	...statuses,
	...withRetryAfter,
	...acceptedAndLost,
	...connections,
	...deliveries,
	...wrongAnswers,
];

/** Faults that leave an answer such that its reader gets all of it. */
export const HARMLESS_KINDS: ReadonlySet<string> = new Set([
	'drip',
	'delay',
	'goAway',
	'contentType',
]);
