import type { IBinaryData, IDataObject, INodeProperties } from 'n8n-workflow';

import type { CallContext } from '../../api/http/caller';
import type { FishSpeechClient } from '../../api/client';
import type { WireObject } from '../../api/endpoints/readers';
import type { Secret } from '../../api/redact';
import type { BinaryStore } from '../media/binary';
import type { CallOptions } from '../parameters/options';
import type { ParameterReader } from '../parameters/parameters';

/** One output row of an item, before n8n's pairing is put to it. */
export interface Row {
	readonly json: IDataObject;
	readonly binary?: Readonly<Record<string, IBinaryData>>;
}

/** What every operation's parameters hold besides its own. */
export interface ItemParameters {
	readonly call: CallOptions;
	/** Values that no error, log line or remembered row may show. */
	readonly secrets?: readonly Secret[];
}

/**
 * Something that the service has accepted and that must not be asked for again: a job, or the URL of finished audio.
 * Kept by the ledger the moment it is known.
 */
export type Receipt = IDataObject;

/** A piece of an item that is paid for by itself. */
export interface ItemPart {
	readonly index: number;
	readonly logicalRequest: WireObject;
	readonly secrets: readonly Secret[];
	run(call: PartCall): Promise<Row>;
}

/** What a part needs of its item's call; context and receipt are the part's own. */
export type PartCall = Pick<
	ItemCall,
	'client' | 'context' | 'binaries' | 'receipt' | 'keepReceipt' | 'download'
>;

/** One item's way through an operation. */
export interface ItemCall {
	readonly itemIndex: number;
	readonly client: FishSpeechClient;
	readonly context: CallContext;
	readonly binaries: BinaryStore;
	/** What the service has accepted of this item, in this try or an earlier one. */
	readonly receipt: Receipt | undefined;
	keepReceipt(receipt: Receipt): void;
	/** Says in n8n's log that a job was accepted: the trace that outlives Stop and crash. */
	logAcceptedJob(jobId: string, about: { textHash?: string; voiceId?: string }): void;
	/** Lets the batch start another item while this one only waits. */
	releaseSlot(): void;
	/**
	 * Runs a piece of the item that is paid for by itself, with a memory of its own: a piece that an earlier try has
	 * finished is not run again. Rejects with `notSent` when the batch was closed meanwhile.
	 */
	part(piece: ItemPart): Promise<Row>;
	/** Runs a download when one of the batch's download slots is free. */
	download<T>(run: () => Promise<T>): Promise<T>;
	/** Something to tell the user about a batch that went well. */
	hint(message: string): void;
}

/** What reading parameters may need beside the parameters. */
export interface ReadContext {
	readonly binaries: BinaryStore;
	readonly client: FishSpeechClient;
}

/** An operation over items. `P` is what it reads of one item's parameters. */
export interface OperationDefinition<P extends ItemParameters> {
	/** Its value of the parameter `operation`. */
	readonly name: string;
	/** Its parameters in the editor, `operation` itself aside. */
	readonly fields: INodeProperties[];
	/** Whether it makes something that is charged: then a 402 closes the batch for it. */
	readonly creates: boolean;
	/** Reads and checks everything without sending anything. Throws `invalidParameter`. */
	read(reader: ParameterReader, context: ReadContext): P;
	execute(parameters: P, call: ItemCall): Promise<readonly Row[]>;
	/**
	 * What identifies the call for the ledger: the body before media are handed over, files by their identity.
	 * Only operations that can cost or change something have it; reads are never remembered.
	 */
	logicalRequest?(parameters: P, context: ReadContext): WireObject;
}

/** One item, read and checked, ready to be sent. */
export interface PreparedItem extends ItemParameters {
	readonly logicalRequest: WireObject | undefined;
	execute(call: ItemCall): Promise<readonly Row[]>;
}

export interface Operation {
	readonly name: string;
	readonly fields: INodeProperties[];
	readonly creates: boolean;
	/** Whether the ledger remembers it. */
	readonly isRemembered: boolean;
	prepare(reader: ParameterReader, context: ReadContext): PreparedItem;
}

/** Closes over an operation's own parameter type, so that operations of all kinds fit into one list. */
export function defineOperation<P extends ItemParameters>(
	definition: OperationDefinition<P>,
): Operation {
	return {
		name: definition.name,
		fields: definition.fields,
		creates: definition.creates,
		isRemembered: definition.logicalRequest !== undefined,
		prepare: (reader, context) => {
			const parameters = definition.read(reader, context);
			return {
				call: parameters.call,
				secrets: parameters.secrets,
				logicalRequest: definition.logicalRequest?.(parameters, context),
				execute: async (call) => await definition.execute(parameters, call),
			};
		},
	};
}

/** The same call, whose errors show none of these values either. */
export function withSecrets(call: ItemCall, secrets: readonly Secret[]): ItemCall {
	if (secrets.length === 0) return call;
	const { context } = call;
	return {
		...call,
		context: { ...context, secrets: [...context.secrets, ...secrets] },
		// Receipts come and go: a copy of the property would stay what it was.
		get receipt() {
			return call.receipt;
		},
	};
}
