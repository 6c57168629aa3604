import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ServiceError } from '../../api/errors';
import { Batch } from './batch';
import { BinaryStore } from '../media/binary';
import { connect } from '../connection';
import { ItemTask, type RunContext } from './itemTask';
import { Ledger } from '../memory/ledger';
import { asServiceError, failureRow, toNodeError } from './nodeErrors';
import { claimOnceKeys, releaseOnceKeys } from '../memory/onceKeys';
import type { Operation } from './operation';
import { readConcurrency } from '../parameters/options';
import { ParameterReader } from '../parameters/parameters';
import { fileReferences } from './rows';
import { runtime } from '../runtime';
import { Slots } from './slots';
import { batchHint, batchState, othersUnknown, type ItemOutcome } from './summary';
import { Tracer } from '../trace';

/** Expressions are slow: n8n gets a chance to do other work after this many items. */
const ITEMS_PER_SLICE = 200;

/** What became of a batch, and what is told beside it. */
interface BatchReport {
	readonly outcomes: readonly ItemOutcome[];
	readonly tasks?: readonly ItemTask[];
	readonly hints?: readonly string[];
	/** Whether the batch made something that is charged. */
	readonly creates?: boolean;
}

/** Runs one of a node's operations over its input items: the whole of a node's `execute`. */
export async function runOperation(
	host: IExecuteFunctions,
	operations: readonly Operation[],
): Promise<INodeExecutionData[][]> {
	const input = host.getInputData();
	if (input.length === 0) return [[]];
	return deliver(host, input, await reportOf(host, operations, input));
}

async function reportOf(
	host: IExecuteFunctions,
	operations: readonly Operation[],
	input: readonly INodeExecutionData[],
): Promise<BatchReport> {
	const name = String(host.getNodeParameter('operation', 0));
	const operation = operations.find((candidate) => candidate.name === name);
	try {
		if (operation === undefined) throw unknownOperation(name, operations);
		return await runItems(host, operation, input);
	} catch (error) {
		// Nothing was sent: the credential, an option of the whole batch or n8n's store stood in the way.
		const failure = asServiceError(error, {
			operation: name,
			secrets: [],
			mayHaveBeenCharged: false,
		});
		return { outcomes: input.map(() => ({ type: 'failed', error: failure })) };
	}
}

async function runItems(
	host: IExecuteFunctions,
	operation: Operation,
	input: readonly INodeExecutionData[],
): Promise<BatchReport> {
	const client = await connect(host, operation.name);
	const concurrency = readConcurrency(new ParameterReader(host, operation.name, 0));
	const hints: string[] = [];
	const run: RunContext = {
		operation,
		client,
		binaries: new BinaryStore(host),
		ledger: Ledger.open(host, runIndexOf(host), client.deriveKey('ledger')),
		downloads: new Slots(concurrency),
		tracer: new Tracer(host),
		// Undefined in some agent contexts, whatever the types say.
		signal: host.getExecutionCancelSignal?.(),
		hint: (message) => hints.push(message),
	};
	const tasks = input.map((_item, itemIndex) => new ItemTask(itemIndex, run));

	await prepareInSlices(host, operation, tasks);
	for (const task of tasks) await task.recall();
	await settleOnceKeys(host, tasks);

	const batch = new Batch({
		operation: operation.name,
		creates: operation.creates,
		concurrency,
		stopsAtFailure: !host.continueOnFail(),
		signal: run.signal,
	});
	const outcomes = await batch.run(tasks);
	tasks.forEach((task, index) => {
		task.outcome = outcomes[index];
	});
	await takeBackOnceKeys(host, tasks, run.tracer);
	if (outcomes.every(({ type }) => type === 'done')) run.ledger.clear();
	return { outcomes, tasks, hints, creates: operation.creates };
}

async function prepareInSlices(
	host: IExecuteFunctions,
	operation: Operation,
	tasks: readonly ItemTask[],
): Promise<void> {
	for (const task of tasks) {
		if (task.itemIndex > 0 && task.itemIndex % ITEMS_PER_SLICE === 0) await runtime.sleep(0);
		task.prepare(new ParameterReader(host, operation.name, task.itemIndex));
	}
}

async function settleOnceKeys(host: IExecuteFunctions, tasks: readonly ItemTask[]): Promise<void> {
	const keyed = tasks.flatMap((task) => task.keyed ?? []);
	if (keyed.length === 0) return;
	const seen = await claimOnceKeys(host, keyed);
	for (const task of tasks) task.settleOnceKey(seen.has(task.itemIndex));
}

async function takeBackOnceKeys(
	host: IExecuteFunctions,
	tasks: readonly ItemTask[],
	tracer: Tracer,
): Promise<void> {
	try {
		await releaseOnceKeys(
			host,
			tasks.flatMap((task) => task.releasableOnceKey ?? []),
		);
	} catch {
		// What was done must reach the user all the same; the keys stay "seen", which buys nothing twice.
		tracer.warn(
			'FishSpeech: n8n could not take back the once keys of items that were not accepted',
		);
	}
}

/** Hands the outcomes to n8n: rows in the order of their items, or in stop mode the error of the first failed item. */
function deliver(
	host: IExecuteFunctions,
	input: readonly INodeExecutionData[],
	{ outcomes, tasks = [], hints = [], creates = false }: BatchReport,
): INodeExecutionData[][] {
	if (!host.continueOnFail()) {
		const failed = firstFailed(outcomes);
		if (failed !== undefined)
			throw toNodeError(
				host.getNode(),
				failed.error,
				failed.itemIndex,
				tasks.length === 0
					? ''
					: [
							othersUnknown(outcomes, failed.itemIndex),
							batchState(outcomes, tasks.every(isKeptIfDone)),
						]
							.filter(Boolean)
							.join(' '),
			);
	}
	const node = host.getNode();
	const hint = batchHint(outcomes, hints, creates);
	if (hint !== undefined) host.addExecutionHints({ ...hint, location: 'outputPane' });
	return [
		outcomes.flatMap((outcome, item): INodeExecutionData[] => {
			const pairedItem = { item };
			if (outcome.type === 'failed') return [{ json: failureRow(outcome.error), pairedItem }];
			const before = tasks[item]?.includesInputFields ? withoutError(input[item]) : {};
			return outcome.rows.map((row) => ({
				json: { ...before, ...row.json, ...fileReferences(node, row) },
				...(row.binary && { binary: { ...row.binary } }),
				pairedItem,
			}));
		}),
	];
}

/** The lowest item that failed by itself; one that was only not sent stands for the batch when there is no other. */
function firstFailed(
	outcomes: readonly ItemOutcome[],
): { readonly itemIndex: number; readonly error: ServiceError } | undefined {
	const failed = outcomes.flatMap((outcome, itemIndex) =>
		outcome.type === 'failed' ? [{ itemIndex, error: outcome.error }] : [],
	);
	return failed.find(({ error }) => error.details.reason !== 'notSent') ?? failed[0];
}

function isKeptIfDone({ outcome, isKept }: ItemTask): boolean {
	return outcome?.type !== 'done' || isKept;
}

/** n8n takes a row with an `error` for a failed one. */
function withoutError(item: INodeExecutionData | undefined): INodeExecutionData['json'] {
	return Object.fromEntries(Object.entries(item?.json ?? {}).filter(([key]) => key !== 'error'));
}

/** Tells apart the runs of a node in a loop. */
function runIndexOf(host: IExecuteFunctions): number {
	const { $runIndex } = host.getWorkflowDataProxy(0);
	return typeof $runIndex === 'number' ? $runIndex : 0;
}

function unknownOperation(name: string, operations: readonly Operation[]): ServiceError {
	return new ServiceError(`Parameter "Operation" is "${name.slice(0, 60)}".`, {
		action: `Accepted: ${operations.map((operation) => operation.name).join(', ')}. Nothing was sent.`,
		details: {
			kind: 'terminal',
			reason: 'invalidParameter',
			operation: name,
			attempts: 0,
			outcomeUnknown: false,
		},
	});
}
