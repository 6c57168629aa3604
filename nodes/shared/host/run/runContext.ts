import type { IDataObject } from 'n8n-workflow';

import type { Account } from '../../api/client/apiClient';
import type { BinaryStore } from '../media/binaryStore';
import type { Ledger } from '../memory/ledger';
import type { Receipt } from '../memory/receipts';
import type { Tracer } from '../trace';
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
