import type { IContextObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ApiClient, deriveKey, type Account, type QuotaService } from '../../api/client/apiClient';
import { failure, type ServiceError } from '../../api/errors';
import { connect } from '../connection';
import { BinaryStore } from '../media/binaryStore';
import { Ledger } from '../memory/ledger';
import { contextOfCall } from '../memory/toolCalls';
import { claimOnceKeys, releaseOnceKeys } from '../memory/onceKeys';
import { asServiceError, failureRow, toNodeError } from '../nodeErrors';
import { readBatchOptions } from '../parameters/commonOptions';
import { ParameterReader, valuesOfItem } from '../parameters/reader';
import { fileReferences, isTool } from '../rows';
import { runtime } from '../runtime';
import { Tracer } from '../trace';
import { Batch } from './batch';
import { Item, type OutputRow } from './item';
import type { Conclusion, Operation } from './operation';
import { Reserve } from './reserve';
import type { RunContext } from './runContext';
import { Slots } from './slots';
import { batchHint, batchState, othersUnknown, type ItemOutcome } from './summary';

/** Expressions are slow: n8n gets a chance to do other work after this many items. */
const ITEMS_PER_SLICE = 200;
const LOOK_UP_TIMEOUT_MS = 30_000;

/** What became of a batch, and what else to tell the user. */
interface BatchReport {
	readonly outcomes: readonly ItemOutcome[];
	readonly items?: readonly Item[];
	readonly hints?: readonly string[];
	/** What n8n gets in the place of the items' rows. */
	readonly conclusion?: Conclusion;
	/** Whether the batch made something that is charged. */
	readonly creates?: boolean;
}

interface NodeRun {
	readonly host: IExecuteFunctions;
	readonly service: QuotaService;
	/** n8n's setting On Error: failures become rows. */
	readonly continueOnFail: boolean;
}

/** Runs one of a node's operations over its input items: the whole of a node's `execute`. */
export async function runOperation(
	host: IExecuteFunctions,
	service: QuotaService,
	operations: readonly Operation[],
	continueOnFail: boolean,
): Promise<INodeExecutionData[][]> {
	const input = host.getInputData();
	if (input.length === 0) return [[]];
	const name = String(host.getNodeParameter('operation', 0));
	const run = { host, service, continueOnFail };
	return deliver(run, name, await reportOf(run, operations, name));
}

async function reportOf(
	run: NodeRun,
	operations: readonly Operation[],
	name: string,
): Promise<BatchReport> {
	const { host, service } = run;
	const operation = operations.find((candidate) => candidate.name === name);
	try {
		if (operation === undefined) throw unknownOperation(name, operations);
		const account = await connect(host, service);
		const own = await operation.forAccount?.(lookUpClient(host, account));
		return await runItems(run, own ?? operation, account);
	} catch (error) {
		// Nothing was sent: the credential, the operation or n8n's store stood in the way.
		const failed = asServiceError(error);
		return { outcomes: host.getInputData().map(() => ({ type: 'failed', error: failed })) };
	}
}

async function runItems(
	{ host, service, continueOnFail }: NodeRun,
	operation: Operation,
	account: Account,
): Promise<BatchReport> {
	const { concurrency, keepInReserve } = readBatchOptions(
		host.getInputData().map((_item, itemIndex) => readerOf(host, itemIndex)),
		operation.keepsReserve,
	);
	const hints: string[] = [];
	const run: RunContext = {
		operation,
		account,
		binaries: new BinaryStore(host),
		inputJson: (itemIndex) => host.getInputData()[itemIndex]?.json ?? {},
		isFromModel: (parameter) =>
			// n8n takes it in any case.
			/\$fromai/i.test(JSON.stringify(host.getNode().parameters[parameter] ?? '')),
		ledger: new Ledger({
			context: contextOf(host),
			runIndex: runIndexOf(host),
			executionId: host.getExecutionId() ?? '',
			sealingKey: deriveKey(account, 'ledger'),
		}),
		downloads: new Slots(concurrency),
		tracer: new Tracer(host, service),
		// Undefined in some agent contexts, whatever the types say.
		signal: host.getExecutionCancelSignal?.(),
		hint: (message) => hints.push(message),
	};
	const items = host.getInputData().map((_item, itemIndex) => new Item(itemIndex, run));
	try {
		await readInSlices(host, items);
		for (const item of items) await item.recall();
		await settleOnceKeys(host, items);
		const readQuota = async () => await service.readQuota?.(lookUpClient(host, account));
		const batch = new Batch({
			service,
			concurrency,
			stopsAtFailure: !continueOnFail,
			signal: run.signal,
			reserve:
				keepInReserve > 0 ? new Reserve(keepInReserve, service, readQuota, run.hint) : undefined,
		});
		const outcomes = await batch.run(items);
		await takeBackOnceKeys(host, items, run.tracer);
		const conclusion = await operation.conclude?.(
			account,
			rowsOf(host, operation.name, outcomes, items),
		);
		if (conclusion === undefined && outcomes.every(({ type }) => type === 'done'))
			run.ledger.clear();
		return { outcomes, items, hints, creates: operation.creates, conclusion };
	} finally {
		run.ledger.close();
	}
}

async function readInSlices(host: IExecuteFunctions, items: readonly Item[]): Promise<void> {
	for (const item of items) {
		if (item.itemIndex > 0 && item.itemIndex % ITEMS_PER_SLICE === 0) await runtime.sleep(0);
		item.read(readerOf(host, item.itemIndex));
	}
}

async function settleOnceKeys(host: IExecuteFunctions, items: readonly Item[]): Promise<void> {
	const keyed = items.flatMap((item) => item.keyed ?? []);
	if (keyed.length === 0) return;
	const found = await claimOnceKeys(host, keyed);
	for (const item of items) item.settleOnceKey(found.get(item.itemIndex));
}

async function takeBackOnceKeys(
	host: IExecuteFunctions,
	items: readonly Item[],
	tracer: Tracer,
): Promise<void> {
	const releasable = items.filter(({ releasableOnceKey }) => releasableOnceKey !== undefined);
	const keys = releasable.flatMap(({ releasableOnceKey }) => releasableOnceKey ?? []);
	try {
		await releaseOnceKeys(host, keys);
		for (const item of releasable) item.onceKeyReleased();
	} catch {
		// What was done must reach the user all the same; the keys stay "seen", which buys nothing twice.
		tracer.warn('n8n could not take back the once keys of items that were not accepted');
	}
}

/** For what a run has to know before its items are sent. */
function lookUpClient(host: IExecuteFunctions, account: Account): ApiClient {
	return new ApiClient(account, {
		// Undefined in some agent contexts, whatever the types say.
		signal: host.getExecutionCancelSignal?.(),
		requestTimeoutMs: LOOK_UP_TIMEOUT_MS,
		maxRetries: 2,
		retryUnknownOutcome: false,
		secrets: [],
	});
}

/** Hands the outcomes to n8n: rows in the order of their items, or in stop mode the error of the first failed item. */
function deliver(
	{ host, service, continueOnFail }: NodeRun,
	operation: string,
	{ outcomes, items = [], hints = [], creates = false, conclusion }: BatchReport,
): INodeExecutionData[][] {
	if (conclusion !== undefined) return [[...conclusion]];
	const node = host.getNode();
	const failed = continueOnFail ? undefined : firstFailed(outcomes);
	if (failed !== undefined) {
		const isKept = items.every(({ outcome, isKept: kept }) => outcome?.type !== 'done' || kept);
		const states = [
			othersUnknown(outcomes, failed.itemIndex),
			batchState(outcomes, isKept, failed.error.details.reason),
		];
		throw toNodeError(node, failed.error, operation, {
			itemIndex: failed.itemIndex,
			batchState: items.length === 0 ? '' : states.filter(Boolean).join(' '),
		});
	}
	const hint = batchHint(outcomes, hints, service, creates);
	if (hint !== undefined) host.addExecutionHints({ ...hint, location: 'outputPane' });
	return [rowsOf(host, operation, outcomes, items).flat()];
}

/** The rows of each item as n8n gets them. */
function rowsOf(
	host: IExecuteFunctions,
	operation: string,
	outcomes: readonly ItemOutcome[],
	items: readonly Item[],
): INodeExecutionData[][] {
	const node = host.getNode();
	const input = host.getInputData();
	return outcomes.map((outcome, index) => {
		const pairedItem = { item: index };
		if (outcome.type === 'failed')
			return [{ json: failureRow(outcome.error, operation), pairedItem }];
		const item = items[index];
		const before = item?.includesInputFields ? withoutError(input[index]) : {};
		return outcome.rows.map((row) => {
			const { json, binary }: OutputRow = item?.output(row) ?? { json: row.json };
			const references = fileReferences(node, binary);
			return {
				json: { ...before, ...json, ...references },
				...(binary && { binary }),
				pairedItem,
			};
		});
	});
}

/** The first item that failed itself. One that was only not sent stands for the batch if there is no other. */
function firstFailed(
	outcomes: readonly ItemOutcome[],
): { readonly itemIndex: number; readonly error: ServiceError } | undefined {
	const failed = outcomes.flatMap((outcome, itemIndex) =>
		outcome.type === 'failed' ? [{ itemIndex, error: outcome.error }] : [],
	);
	return failed.find(({ error }) => error.details.reason !== 'notSent') ?? failed[0];
}

/** n8n takes a row with an `error` for a failed one. */
function withoutError(item: INodeExecutionData | undefined): INodeExecutionData['json'] {
	return Object.fromEntries(Object.entries(item?.json ?? {}).filter(([key]) => key !== 'error'));
}

function readerOf(host: IExecuteFunctions, itemIndex: number): ParameterReader {
	return new ParameterReader(valuesOfItem(host, itemIndex), itemIndex);
}

/** A tool that n8n calls outside of its engine, or of any execution, remembers for as long as the call lasts. */
function contextOf(host: IExecuteFunctions): IContextObject {
	const [{ json } = { json: {} }] = host.getInputData();
	// Hosts that are older do not say it.
	if (host.isToolExecution?.()) return contextOfCall(json);
	try {
		return host.getContext('node');
	} catch {
		return contextOfCall(json);
	}
}

/** Tells apart the runs of a node in a loop; n8n counts each try of a tool as one. */
function runIndexOf(host: IExecuteFunctions): number | undefined {
	if (isTool(host.getNode())) return undefined;
	const { $runIndex } = host.getWorkflowDataProxy(0);
	return typeof $runIndex === 'number' ? $runIndex : 0;
}

function unknownOperation(name: string, operations: readonly Operation[]): ServiceError {
	return failure('invalidParameter', `Parameter "Operation" is "${name.slice(0, 60)}".`, {
		action: `Accepted: ${operations.map((operation) => operation.name).join(', ')}. Nothing was sent.`,
	});
}
