import { describe, expect, it } from 'vitest';
import {
	classify,
	ofMediaHost,
	reasonForStatus,
	type CallFailure,
	type MethodClass,
	type Verdict,
} from '../../../nodes/shared/api/policy/classification.ts';
import { FAILURE_REASONS, type FailureReason } from '../../../nodes/shared/api/reasons.ts';

const status = (code: number, hasRetryAfter = false): CallFailure => ({
	type: 'status',
	status: code,
	hasRetryAfter,
});

/** How the table's cells read; each stands for kind, outcomeUnknown and retry. */
const CELLS = {
	retry: { kind: 'retryable', outcomeUnknown: false, retry: 'yes' },
	'retry once': { kind: 'retryable', outcomeUnknown: false, retry: 'once' },
	'retry at risk': { kind: 'retryable', outcomeUnknown: true, retry: 'yes' },
	no: { kind: 'terminal', outcomeUnknown: false, retry: 'no' },
	'no, unknown': { kind: 'terminal', outcomeUnknown: true, retry: 'no' },
} as const satisfies Record<string, Omit<Verdict, 'reason'>>;

type Cell = keyof typeof CELLS;

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

const CASES = TABLE.flatMap(({ failures, ...row }) =>
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
			methodClass: methodClass satisfies MethodClass,
			atRisk,
			cell,
			failure,
			reason,
		})),
	),
);

describe('the retry table', () => {
	it.each(CASES)(
		'$methodClass, $name, retryUnknownOutcome $atRisk: $cell ($reason)',
		({ methodClass, failure, atRisk, cell, reason }) => {
			expect(classify(methodClass, failure, atRisk)).toEqual({ ...CELLS[cell], reason });
		},
	);

	it('does not risk a second purchase unless told to', () => {
		expect(classify('create', { type: 'timeout' })).toEqual(
			classify('create', { type: 'timeout' }, false),
		);
	});

	it('is retryable exactly where it allows another try', () => {
		for (const { methodClass, failure, atRisk } of CASES) {
			const { kind, retry } = classify(methodClass, failure, atRisk);
			expect(kind === 'retryable').toBe(retry !== 'no');
		}
	});

	it('knows the outcome of reads and deletes', () => {
		for (const { methodClass, failure, atRisk } of CASES)
			if (methodClass !== 'create')
				expect(classify(methodClass, failure, atRisk).outcomeUnknown).toBe(false);
	});
});

describe('statuses that nobody documents', () => {
	it.each([
		[451, 'invalidRequest'],
		[499, 'invalidRequest'],
		[599, 'serverError'],
		[304, 'unexpectedResponse'],
	] as const)('%i is %s', (code, reason) => {
		expect(reasonForStatus(code)).toBe(reason);
	});

	it('all have a reason of the list', () => {
		for (let code = 300; code < 600; code++)
			expect(FAILURE_REASONS).toContain(reasonForStatus(code));
	});
});

describe('a failure of a media host', () => {
	it.each([401, 402, 403])('is forbidden for a %i, whatever our account may do', (code) => {
		expect(ofMediaHost(classify('read', status(code)))).toEqual({
			...CELLS.no,
			reason: 'forbidden',
		});
	});

	it.each([404, 429, 500])('keeps what a %i means', (code) => {
		const verdict = classify('read', status(code));
		expect(ofMediaHost(verdict)).toEqual(verdict);
	});
});
