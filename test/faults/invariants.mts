import type { INodeExecutionData } from 'n8n-workflow';
import type { LogLine, RunResult } from '../support/engine/index.mts';
import {
	failureOf,
	failureRowsOf,
	openedLedgerOf,
	rowsOf,
	type Failure,
	type Lab,
	type MethodClass,
} from '../support/lab/index.mts';
import { HARMLESS_KINDS, LEAKED_QUERY, type Fault } from './faults.mts';
import type { FaultedOperation, Prepared } from './phases.mts';

/** The six promises that hold whatever goes wrong, as the issue numbers them. */
export const INVARIANTS = [
	'at most one accepted create for each item',
	'every accepted job is named in a row, an error or the ledger, and in the log',
	'every finished item has its file, byte for byte',
	'order, pairing and failures are complete, and kind agrees with the retry table',
	'nothing private shows',
	'nothing hangs',
] as const;

/** What one execution came to. */
export interface Observation {
	readonly lab: Lab;
	readonly result: RunResult;
	readonly prepared: readonly Prepared[];
	/** Requests and charges before the execution that is looked at. */
	readonly before: { readonly requests: number; readonly charges: number };
	readonly fault: Fault;
	/** Of the call that was spoilt. */
	readonly methodClass: MethodClass;
	/** Accepted creates that earlier executions of the same items told the user about as unknown. */
	readonly alreadyUnknown: number;
	readonly operation: FaultedOperation;
}

/** Returns what is wrong; nothing when all promises hold. */
export async function brokenInvariants(seen: Observation): Promise<string[]> {
	const broken = await Promise.all([
		acceptedOnce(seen),
		jobsAreNamed(seen),
		filesAreWhole(seen),
		rowsAreComplete(seen),
		nothingPrivateShows(seen),
	]);
	return broken.flatMap((problems, index) =>
		problems.map((problem) => `${INVARIANTS[index]}: ${problem}`),
	);
}

/** All failures of an execution: of its rows and of its error. */
export function failuresOf(result: RunResult): Failure[] {
	return [...failureRowsOf(result), ...(result.error === undefined ? [] : [failureOf(result)])];
}

/** Items whose create may have been accepted without the service's word: the ledger holds those beside the error's. */
export function unknownItems(result: RunResult): number[] {
	return Object.entries(openedLedgerOf(result)).flatMap(([key, entry]) => {
		const isUnknown = JSON.stringify(entry).includes('"outcomeUnknown":true');
		return isUnknown ? [Number(key.split('.')[1])] : [];
	});
}

/** A download that was not made says so: what it would have fetched is bought. */
const isSaidToBePaid = (advice: string) => advice.includes('paid for');

function acceptedOnce({
	fault,
	lab,
	before,
	prepared,
	alreadyUnknown,
	result,
	methodClass,
}: Observation): string[] {
	const bought = new Map<string, number>();
	for (const { subject } of lab.control.charges().slice(before.charges))
		bought.set(subject, (bought.get(subject) ?? 0) + 1);
	const twice = [...bought].filter(([, count]) => count > 1 + alreadyUnknown);
	const falselyFree =
		methodClass !== 'create' || alreadyUnknown > 0 || fault.lastsMs !== undefined
			? []
			: failuresOf(result).filter(
					({ details, itemIndex, message }) =>
						details.outcomeUnknown === false &&
						!isSaidToBePaid(message) &&
						details.jobId === undefined &&
						bought.has(prepared[itemIndex ?? -1]?.subject ?? ''),
				);
	const total = [...bought.values()].reduce((sum, count) => sum + count, 0);
	return [
		...(total > prepared.length + alreadyUnknown ? [`${total} were bought`] : []),
		...twice.map(([subject, count]) => `"${subject}" was bought ${count} times`),
		...falselyFree.map(({ error }) => `said to be not accepted, but was: ${error}`),
	];
}

function jobsAreNamed({ lab, before, result }: Observation): string[] {
	const told = lab.control
		.requests()
		.slice(before.requests)
		.filter(
			({ createdId, endpoint, fault, outcome }) =>
				createdId !== undefined &&
				(endpoint.endsWith('/jobs') || endpoint.startsWith('POST /fish/')) &&
				outcome === 'answered' &&
				(fault === undefined || HARMLESS_KINDS.has(fault)),
		)
		.map(({ createdId }) => String(createdId));
	const remembered = openedLedgerOf(result, { token: lab.sandbox.token });
	const shown = JSON.stringify([rowsOf(result), result.error?.message, remembered]);
	const logged = JSON.stringify(
		lab.engine.logs.filter(({ message }) => message.endsWith(' job accepted')),
	);
	const unnamed = [
		...told.filter((id) => !shown.includes(id)).map((id) => `${id} is in no row, error or ledger`),
		...told.filter((id) => !logged.includes(id)).map((id) => `${id} is not in the log`),
	];
	// On a machine under load the clock may jump past the timeout while a slow answer is on its way.
	const gaveUp = JSON.stringify(failuresOf(result)).includes('"reason":"timeout"');
	return gaveUp ? [] : unnamed;
}

async function filesAreWhole({
	lab,
	result,
	prepared,
	operation,
	fault,
}: Observation): Promise<string[]> {
	const problems: string[] = [];
	const { fileField } = operation;
	for (const row of rowsOf(result)) {
		const { details, state = 'succeeded' } = row.json;
		if (details !== undefined || state !== 'succeeded' || fileField === undefined) continue;
		const index = itemOf(row);
		const expected = prepared[index ?? -1]?.file;
		if (expected === undefined) continue;
		if (row.binary?.[fileField] === undefined) {
			problems.push(`item ${index} has no file`);
			continue;
		}
		const file = await lab.engine.binary.read(row, fileField);
		const whole = fault.shortens ? expected.subarray(0, file.length) : expected;
		if (!file.equals(whole))
			problems.push(`item ${index} has a file that is not what the service made`);
	}
	return problems;
}

function rowsAreComplete({ result, prepared, methodClass, operation }: Observation): string[] {
	const problems = failuresOf(result).flatMap((failure) => incomplete(failure, methodClass));
	if (result.error !== undefined) return problems;
	const perOutput = result.outputs.map((rows) => rows.map((row) => itemOf(row) ?? -1));
	const inOrder = perOutput.every((items) =>
		items.every(
			(item, i) =>
				i === 0 || item > (items[i - 1] ?? -1) || (operation.manyRows && item === items[i - 1]),
		),
	);
	const every = perOutput.flat();
	const all = [...(operation.manyRows ? new Set(every) : every)].sort((a, b) => a - b);
	if (!inOrder) problems.push('rows are out of order');
	if (all.length !== prepared.length || all.some((item, index) => item !== index))
		problems.push(`rows belong to items ${all.join(', ')}`);
	// n8n offers no Retry of an execution that goes on.
	for (const { message } of failureRowsOf(result))
		if (/next (?:try|one)|press Retry|Retry downloads/i.test(message))
			problems.push(`a try is promised that there is not: ${message}`);
	for (const { json } of rowsOf(result))
		if ('error' in json && json.details === undefined) problems.push('a done row has an error');
	return problems;
}

function incomplete({ error, message, details }: Failure, methodClass: MethodClass): string[] {
	const { kind, reason, operation, attempts, outcomeUnknown, retryAfterMs, httpStatus } = details;
	const problems: string[] = [];
	const expect = (holds: boolean, what: string) => {
		if (!holds) problems.push(`${what}: ${JSON.stringify({ error, message, details })}`);
	};
	expect(error.trim() !== '' && message.trim() !== '', 'an empty text');
	expect(!/canceled/i.test(error), 'a word that n8n takes for Stop');
	expect(!/\p{Cc}/u.test(error), 'a control character');
	expect(typeof operation === 'string' && typeof attempts === 'number', 'incomplete details');
	expect(typeof outcomeUnknown === 'boolean', 'no outcomeUnknown');
	expect(retryAfterMs === undefined || typeof retryAfterMs === 'number', 'a wrong retryAfterMs');
	expect(httpStatus === undefined || typeof httpStatus === 'number', 'a wrong httpStatus');
	const expected = expectedKind(String(reason), methodClass, outcomeUnknown === true);
	expect(expected === undefined || kind === expected, `kind should be ${expected}`);
	expect(outcomeUnknown === false || methodClass === 'create', 'only a create may be unknown');
	// The service has asked the account to stay away for longer than the node waits.
	const isTurnedAway =
		retryAfterMs !== undefined &&
		/so this call was not sent\.$|media were not fetched\.$/.test(error);
	const isUnsent = reason === 'notSent' || isTurnedAway;
	expect((attempts === 0) === isUnsent, 'a wrong number of attempts');
	return problems;
}

/** The retry table once more, by hand: undefined where it depends on what closed the batch. */
function expectedKind(
	reason: string,
	methodClass: MethodClass,
	outcomeUnknown: boolean,
): 'retryable' | 'terminal' | undefined {
	switch (reason) {
		case 'notSent':
			return undefined;
		case 'rateLimited':
		case 'jobTimeout':
			return 'retryable';
		case 'network':
		case 'timeout':
		case 'serverError':
			return methodClass === 'create' && outcomeUnknown ? 'terminal' : 'retryable';
		case 'unexpectedResponse':
			return methodClass === 'read' ? 'retryable' : 'terminal';
		default:
			return 'terminal';
	}
}

function nothingPrivateShows({ lab, result, prepared }: Observation): string[] {
	const stored = JSON.stringify(flattened(result));
	const ours = JSON.stringify([
		failuresOf(result),
		result.error,
		result.hints,
		result.contextData,
		lab.engine.logs.map(({ message, metadata }: LogLine) => [message, metadata]),
	]);
	const { token } = lab.sandbox;
	return [
		...(stored.includes(token) || ours.includes(token) ? ['the token'] : []),
		...(stored.includes('/binary-data/signed') ? ['a signed URL of n8n'] : []),
		...(ours.includes('signature=') ? [`a query string (${LEAKED_QUERY})`] : []),
		...prepared
			.flatMap(({ secrets }) => secrets)
			.filter((secret) => ours.includes(JSON.stringify(secret).slice(1, -1)))
			.map((secret) => `the text "${secret}"`),
	];
}

/** The data of an execution as a tree: n8n's own may point to itself. */
function flattened({ runData, contextData, error }: RunResult): unknown {
	const outputs = Object.values(runData).map((runs) => runs.map(({ data }) => data));
	return { outputs, contextData, error };
}

function itemOf({ pairedItem }: INodeExecutionData): number | undefined {
	if (typeof pairedItem === 'number') return pairedItem;
	return Array.isArray(pairedItem) ? pairedItem[0]?.item : pairedItem?.item;
}
