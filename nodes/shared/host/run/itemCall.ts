import type { ApiClient } from '../../api/client/apiClient';
import type { Answer } from '../../api/http/exchange';
import type { MediaSink } from '../../api/http/media';
import type { Secret } from '../../api/redact';
import type { WireObject } from '../../api/wire';
import type { BinaryStore } from '../media/binaryStore';
import type { Receipt } from '../memory/receipts';
import type { Row } from '../rows';
import type { AcceptedAbout } from '../trace';
import type { Slots } from './slots';

/** A part of an item that is paid for separately. */
export interface ItemPart {
	readonly logicalRequest: WireObject;
	run(call: PartCall): Promise<Row>;
}

/** What a part needs of its item's call; client and receipt are the part's own. */
export type PartCall = Pick<
	ItemCall,
	'client' | 'binaries' | 'receipt' | 'keepReceipt' | 'forgetReceipt' | 'downloads'
>;

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
