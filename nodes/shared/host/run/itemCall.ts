import type { IDataObject } from 'n8n-workflow';

import { ApiClient, type Account } from '../../api/client/apiClient';
import type { Answer } from '../../api/http/exchange';
import type { MediaSink } from '../../api/http/media';
import { cleanIfAny, type Secret } from '../../api/redact';
import type { BinaryStore } from '../media/binaryStore';
import type { Ledger } from '../memory/ledger';
import { quotaIn, type Receipt } from '../memory/receipts';
import type { Row } from '../rows';
import type { AcceptedAbout, Tracer } from '../trace';
import type { ItemSlot } from './batch';
import { partRunner, type ItemPart } from './itemPart';
import type { StateOf } from './itemState';
import type { Operation } from './operation';
import type { Slots } from './slots';

/** What all items of a run share. */
export interface RunContext {
	readonly operation: Operation;
	readonly account: Account;
	/** The fields of an input item. */
	readonly inputJson: (itemIndex: number) => IDataObject;
	readonly isFromModel: (parameter: string) => boolean;
	readonly binaries: BinaryStore;
	readonly ledger: Ledger;
	readonly downloads: Slots;
	readonly tracer: Tracer;
	readonly signal: AbortSignal | undefined;
	readonly hint: (message: string) => void;
}

/** What the delivery of media needs. */
export type DeliveryCall = Pick<ItemCall, 'client' | 'downloads' | 'hint'> & {
	readonly binaries: Pick<BinaryStore, 'sink'>;
};

/** One item's way through an operation. */
export interface ItemCall {
	readonly itemIndex: number;
	/** Makes calls in the item's name: its options, its secrets, its lines in the log. */
	readonly client: ApiClient;
	readonly binaries: BinaryStore;
	/** What the service had done for this item before this try. */
	readonly receipt: Receipt | undefined;
	/** To be called at the moment when something is paid for. */
	keepReceipt(receipt: Receipt): void;
	/**
	 * What was paid for can no longer be fetched: the next Retry buys it again. Returns false and forgets nothing in the
	 * execution that has kept it: n8n's own tries are seconds apart, and somebody may fix the cause before Retry.
	 */
	forgetReceipt(): boolean;
	/**
	 * Says in n8n's log that a job was accepted: the trace that outlives Stop and crash. Without a job ID where the service
	 * names none for what it has made.
	 */
	logAcceptedJob(jobId: string | undefined, about: AcceptedAbout): void;
	/** Lets the batch start another item while this one only waits. */
	releaseSlot(): void;
	/**
	 * Runs a part of the item that is paid for separately and has its own memory: a part that an earlier try has
	 * finished is not run again. Rejects with `notSent` when the batch was closed meanwhile.
	 */
	part(piece: ItemPart): Promise<Row>;
	/** Every part of the item is paid for: how the call of an earlier try ended matters no more. */
	partsArePaid(): void;
	/** Limits how many downloads of the batch run at the same time. */
	readonly downloads: Pick<Slots, 'run'>;
	/** Something to tell the user about a batch that went well. */
	hint(message: string): void;
}

/** Downloads media when one of the batch's download slots is free. */
export async function download<T>(
	{ client, downloads }: Pick<ItemCall, 'client' | 'downloads'>,
	url: string,
	sink: MediaSink<T>,
	read?: (answer: Answer, sink: MediaSink<T>) => Promise<T>,
): Promise<T> {
	return await downloads.run(async () => await client.download(url, sink, read));
}

/** The same call. Its errors do not show these values either. */
export function withSecrets(call: ItemCall, secrets: readonly Secret[]): ItemCall {
	const known = call.client.context.secrets;
	return { ...call, client: call.client.with({ secrets: [...known, ...secrets] }) };
}

/** What a call has reported while it ran. */
export interface CallReport {
	/** What the service has done for this item, in this try or an earlier one. */
	receipt: Receipt | undefined;
	/** The service has done something for the item, even if that can no longer be fetched. */
	isPaid: boolean;
	/** A create left this n8n. */
	hasSentCreate: boolean;
	/** Places of the parts that were paid for, in this try or an earlier one. */
	readonly paidParts: Set<string>;
	/** Places of the parts that an earlier try may have been charged for, and this one has not paid for. */
	readonly unknownParts: Set<string>;
}

/** An item that is being sent or fetched. */
export type SentState = StateOf<'open' | 'accepted'>;

/** One item's call, and the report that it writes. `key` is the item's place in the ledger, where it has one. */
export function itemCall(
	run: RunContext,
	itemIndex: number,
	state: SentState,
	slot: ItemSlot,
): { readonly call: ItemCall; readonly report: CallReport } {
	const { account, binaries, ledger, downloads, signal, tracer, hint } = run;
	const { item, key, receipt } = state;
	const report: CallReport = {
		receipt,
		isPaid: isPayment(receipt),
		hasSentCreate: false,
		paidParts: new Set(),
		unknownParts: new Set(),
	};
	const { requestTimeoutMs, maxRetries, retryUnknownOutcome } = item.options;
	const client = new ApiClient(account, {
		signal,
		secrets: item.secrets,
		requestTimeoutMs,
		maxRetries,
		retryUnknownOutcome,
		trace: (line) => tracer.call(itemIndex, line),
		idempotencyKey: key === undefined ? undefined : ledger.idempotencyKey(key),
		onReceived: slot.received,
		onSend: (methodClass) => {
			report.hasSentCreate ||= methodClass === 'create';
		},
	});
	const call: ItemCall = {
		itemIndex,
		client,
		binaries,
		receipt,
		downloads,
		hint,
		releaseSlot: slot.release,
		part: partRunner(run, state, { client, slot, report }),
		partsArePaid: () => {
			if (key !== undefined) ledger.keep(key, { failure: undefined });
		},
		keepReceipt: (kept) => {
			report.receipt = kept;
			report.isPaid ||= isPayment(kept);
			if (key !== undefined) ledger.keep(key, { receipt: kept });
			slot.paid(quotaIn(kept));
		},
		forgetReceipt: () => {
			const isForgotten = key !== undefined && ledger.forgetOlder(key);
			if (isForgotten) report.receipt = undefined;
			return isForgotten;
		},
		logAcceptedJob: (jobId, about) => {
			const requestId = cleanIfAny(about.requestId, client.context.secrets);
			tracer.acceptedJob(itemIndex, { jobId, ...about, requestId });
		},
	};
	return { call, report };
}

function isPayment(receipt: Receipt | undefined): boolean {
	return receipt !== undefined && receipt.type !== 'sent';
}
