import type { z } from 'zod/v4';
import type { CallFailure, Verdict } from '../../nodes/shared/api/policy/classification.ts';
import type { FailureReason } from '../../nodes/shared/api/reasons.ts';
import type { FaultRule } from '../sandbox/faults.mts';

const status = (code: number, hasRetryAfter = false): CallFailure => ({
	type: 'status',
	status: code,
	hasRetryAfter,
});

/** How the table's cells read; each stands for kind, outcomeUnknown and retry. */
export const CELLS = {
	retry: { kind: 'retryable', outcomeUnknown: false, retry: 'yes' },
	'retry once': { kind: 'retryable', outcomeUnknown: false, retry: 'once' },
	'retry at risk': { kind: 'retryable', outcomeUnknown: true, retry: 'yes' },
	no: { kind: 'terminal', outcomeUnknown: false, retry: 'no' },
	'no, unknown': { kind: 'terminal', outcomeUnknown: true, retry: 'no' },
} as const satisfies Record<string, Omit<Verdict, 'reason'>>;

export type Cell = keyof typeof CELLS;

interface Row {
	readonly failures: ReadonlyArray<readonly [name: string, CallFailure, FailureReason]>;
	readonly read: Cell;
	readonly create: Cell;
	/** A create of a user who takes the risk. */
	readonly createAtRisk: Cell;
	readonly delete: Cell;
}

const TABLE: readonly Row[] = [
	{
		failures: [
			['429', status(429), 'rateLimited'],
			['429 with Retry-After', status(429, true), 'rateLimited'],
			['never connected', { type: 'neverConnected' }, 'network'],
			['503 with Retry-After', status(503, true), 'serverError'],
		],
		read: 'retry',
		create: 'retry',
		createAtRisk: 'retry',
		delete: 'retry',
	},
	{
		failures: [
			['500', status(500), 'serverError'],
			['500 with Retry-After', status(500, true), 'serverError'],
			['501', status(501), 'serverError'],
			['502', status(502), 'serverError'],
			['503', status(503), 'serverError'],
			['504', status(504), 'serverError'],
			['520', status(520), 'serverError'],
			['408', status(408), 'timeout'],
			['cut off', { type: 'cutOff' }, 'network'],
			['timed out', { type: 'timeout' }, 'timeout'],
		],
		read: 'retry',
		create: 'no, unknown',
		createAtRisk: 'retry at risk',
		delete: 'retry',
	},
	{
		failures: [
			['400', status(400), 'invalidRequest'],
			['401', status(401), 'unauthorized'],
			['402', status(402), 'insufficientCredits'],
			['403', status(403), 'forbidden'],
			['404', status(404), 'notFound'],
			['409', status(409), 'conflict'],
			['413', status(413), 'tooLarge'],
			['422', status(422), 'unprocessableMedia'],
			['405', status(405), 'invalidRequest'],
			['418', status(418), 'invalidRequest'],
			['400 with Retry-After', status(400, true), 'invalidRequest'],
			['blocked by the egress policy', { type: 'blocked' }, 'forbidden'],
			['stopped before it was sent', { type: 'cancelled', wasSent: false }, 'cancelled'],
		],
		read: 'no',
		create: 'no',
		createAtRisk: 'no',
		delete: 'no',
	},
	{
		failures: [
			['unreadable 2xx', { type: 'unreadable' }, 'unexpectedResponse'],
			['301', status(301), 'unexpectedResponse'],
			['302', status(302), 'unexpectedResponse'],
			['308', status(308), 'unexpectedResponse'],
		],
		read: 'retry once',
		create: 'no, unknown',
		createAtRisk: 'no, unknown',
		delete: 'no',
	},
	{
		failures: [['stopped under way', { type: 'cancelled', wasSent: true }, 'cancelled']],
		read: 'no',
		create: 'no, unknown',
		createAtRisk: 'no, unknown',
		delete: 'no',
	},
];

/** One failure of a call of one method class, and what has to become of it. */
export interface RetryCase {
	readonly name: string;
	readonly failure: CallFailure;
	readonly reason: FailureReason;
	readonly methodClass: 'read' | 'create' | 'delete';
	/** The user has set Retry Unknown Outcome. */
	readonly atRisk: boolean;
	readonly cell: Cell;
}

/** The retry table, cell by cell: tested as a table, and once more through n8n's engine. */
export const RETRY_CASES: readonly RetryCase[] = TABLE.flatMap(({ failures, ...row }) =>
	failures.flatMap(([name, failure, reason]) =>
		(
			[
				['read', false, row.read],
				['read', true, row.read],
				['create', false, row.create],
				['create', true, row.createAtRisk],
				['delete', false, row.delete],
				['delete', true, row.delete],
			] as const
		).map(([methodClass, atRisk, cell]) => ({
			name,
			failure,
			reason,
			methodClass,
			atRisk,
			cell,
		})),
	),
);

/** How often a call is sent when all of its tries fail. */
export function attemptsOf(cell: Cell, maxRetries: number): number {
	return { yes: maxRetries + 1, once: 2, no: 1 }[CELLS[cell].retry];
}

type Fault = z.input<typeof FaultRule>['do'];

/** How the sandbox brings a failure about; undefined where no answer of a service can. */
export function faultFor(failure: CallFailure): Fault | undefined {
	switch (failure.type) {
		case 'status':
			return statusFault(failure.status, failure.hasRetryAfter);
		case 'cutOff':
			return { kind: 'reset' };
		case 'timeout':
			return { kind: 'stall' };
		case 'unreadable':
			return { kind: 'raw', contentType: 'text/html', body: '<!doctype html><p>Hello' };
		default:
			return undefined;
	}
}

function statusFault(code: number, hasRetryAfter: boolean): Fault {
	if (code === 301 || code === 302 || code === 308)
		return { kind: 'redirect', to: 'otherOrigin', status: code };
	return { kind: 'status', status: code, ...(hasRetryAfter && { retryAfter: 1 }) };
}
