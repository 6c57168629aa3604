import type * as z from 'zod/v4';
import type { FaultRule } from '../../sandbox/faults.mts';

type Fault = z.input<typeof FaultRule>['do'];

/** What a call comes to when the service answers like this for good. */
export interface FailureCase {
	readonly name: string;
	readonly fault: Fault;
	readonly reason: string;
	readonly kind: 'retryable' | 'terminal';
	readonly outcomeUnknown: boolean;
	/** HTTP tries with two retries allowed. */
	readonly attempts: number;
}

const status = (value: number): Fault => ({ kind: 'status', status: value });
const terminal = { kind: 'terminal', outcomeUnknown: false, attempts: 1 } as const;
const retried = { kind: 'retryable', outcomeUnknown: false, attempts: 3 } as const;
const unknown = { kind: 'terminal', outcomeUnknown: true, attempts: 1 } as const;

const refusals: readonly FailureCase[] = [
	{ name: '400', fault: status(400), reason: 'invalidRequest', ...terminal },
	{ name: '401', fault: status(401), reason: 'unauthorized', ...terminal },
	{ name: '402', fault: status(402), reason: 'insufficientCredits', ...terminal },
	{
		name: 'an HTML 403',
		fault: { kind: 'status', status: 403, body: 'html' },
		reason: 'forbidden',
		...terminal,
	},
	{ name: '404', fault: status(404), reason: 'notFound', ...terminal },
	{ name: '409', fault: status(409), reason: 'conflict', ...terminal },
	{ name: '413', fault: status(413), reason: 'tooLarge', ...terminal },
	{ name: '422', fault: status(422), reason: 'unprocessableMedia', ...terminal },
	{ name: '429', fault: status(429), reason: 'rateLimited', ...retried },
];

const breakdowns: ReadonlyArray<Pick<FailureCase, 'name' | 'fault' | 'reason'>> = [
	{ name: '500', fault: status(500), reason: 'serverError' },
	{ name: 'a reset connection', fault: { kind: 'reset' }, reason: 'network' },
	{ name: 'no answer', fault: { kind: 'stall' }, reason: 'timeout' },
];

const unreadable: Pick<FailureCase, 'name' | 'fault' | 'reason'> = {
	name: '200 with an HTML page',
	fault: { kind: 'raw', contentType: 'text/html', body: '<!doctype html><p>Hello' },
	reason: 'unexpectedResponse',
};

/** The table of failures for calls that cost nothing to repeat. */
export const failuresOfRead: readonly FailureCase[] = [
	...refusals,
	...breakdowns.map((breakdown) => ({ ...breakdown, ...retried })),
	{ ...unreadable, ...retried, attempts: 2 },
];

/** The table of failures for calls that may be charged twice. */
export const failuresOfCreate: readonly FailureCase[] = [
	...refusals,
	...[...breakdowns, unreadable].map((breakdown) => ({ ...breakdown, ...unknown })),
];
