import type { IBinaryData } from 'n8n-workflow';

import { failure, ServiceError } from '../../api/errors';
import { CHECK_STORE } from '../../api/reasons';
import type { BinaryStore } from '../media/binaryStore';
import type { Row } from '../rows';
import type { Ledger, LedgerEntry } from './ledger';
import { onceKeyId } from './ledgerKeys';
import type { Receipt } from './receipts';

/** What an earlier try of this execution, or the one it retries, has already settled about an item. */
export type Recalled =
	/** To be sent. A `receipt` says that it may have been sent before; only the end state counts then. */
	| {
			readonly type: 'open';
			readonly holdsOnceKey: boolean;
			/** The execution whose once key that is, where it is not this one. */
			readonly takenOverFrom?: string;
			readonly mayBeCharged: boolean;
			/** How the last call for it ended is not known. */
			readonly outcomeUnknown: boolean;
			readonly receipt?: Receipt;
	  }
	/** Paid for, and to be fetched. */
	| { readonly type: 'accepted'; readonly receipt: Receipt }
	| { readonly type: 'done'; readonly rows: readonly Row[] }
	| { readonly type: 'failed'; readonly error: ServiceError };

export interface RecallOptions {
	readonly ledger: Ledger;
	readonly binaries: BinaryStore;
	/** How the parameters shape the rows now. */
	readonly shape?: string;
	/** Whether the rows are to show the service's own body. */
	readonly showsRaw?: boolean;
	/** The user takes the risk that a create is charged twice. */
	readonly retryUnknownOutcome: boolean;
	/** The item's key now. Under another one than before, it is another purchase. */
	readonly onceKey?: string;
}

/**
 * Looks an item up in the ledger: finished before accepted before failed. Files of another execution are copied into
 * this one first. Rows whose file is gone, or that the parameters would now make in another shape, are made again from
 * the receipt if there is one. Without a `key`, the item is of an operation that is not remembered.
 */
export async function recall(key: string | undefined, options: RecallOptions): Promise<Recalled> {
	if (key === undefined)
		return { type: 'open', holdsOnceKey: false, mayBeCharged: false, outcomeUnknown: false };
	const { ledger, binaries, retryUnknownOutcome, onceKey } = options;
	const entry = ledger.get(key);
	const { receipt, isOfThisExecution = true, heldOnceKey } = entry ?? {};
	const holdsOnceKey = onceKey !== undefined && heldOnceKey === onceKeyId(onceKey);
	const mayBeCharged = entry?.mayBeCharged ?? false;
	const isSent = receipt?.type === 'sent';
	const rows = entry && rowsAsWanted(entry, options);
	if (rows !== undefined) {
		const own = isOfThisExecution ? rows : await copyFiles(rows, binaries);
		if (own instanceof ServiceError) return { type: 'failed', error: own };
		if (own !== undefined) {
			if (!isOfThisExecution) ledger.keep(key, { rows: own });
			return { type: 'done', rows: own };
		}
		const paidIn = entry?.paidIn ?? ledger.otherWriterOf(key);
		ledger.keep(key, { rows: undefined, paidIn, mayBeCharged: true });
		if (receipt === undefined) {
			const error = fileDeleted();
			// Remembered like any terminal failure: n8n's next try must not buy the item again by itself.
			ledger.keep(key, { failure: error });
			return { type: 'failed', error };
		}
	}
	if (receipt !== undefined && !isSent) return { type: 'accepted', receipt };
	// Without a once key, Retry buys such an item again.
	if (entry?.isFinishedInMemory === true && holdsOnceKey)
		return { type: 'failed', error: lostWithMemory() };
	const error = entry?.failure;
	if (error !== undefined) {
		// With a once key, no Retry buys again what may have been charged.
		const stays = error.details.outcomeUnknown && holdsOnceKey && !retryUnknownOutcome;
		if (entry?.hasFailedHere === true || stays) return { type: 'failed', error };
	}
	const outcomeUnknown = error?.details.outcomeUnknown ?? false;
	const isTakenOver = holdsOnceKey && !isOfThisExecution;
	const takenOverFrom = isTakenOver ? (entry?.paidIn ?? ledger.otherWriterOf(key)) : undefined;
	return { type: 'open', holdsOnceKey, takenOverFrom, mayBeCharged, outcomeUnknown, receipt };
}

/** `undefined` when they must be made again from the receipt: the parameters want other rows now. */
function rowsAsWanted(
	{ rows, receipt, shape }: LedgerEntry,
	wanted: Pick<RecallOptions, 'shape' | 'showsRaw'>,
): readonly Row[] | undefined {
	if (rows === undefined || receipt === undefined) return rows;
	if (shape !== wanted.shape) return undefined;
	const lacksRaw = wanted.showsRaw === true && rows.some(({ raw }) => raw === undefined);
	if (!lacksRaw) return rows;
	if (receipt.type !== 'mediaUrl') return undefined;
	return rows.map((row) => ({ raw: receipt.raw, ...row }));
}

/** `undefined` when a file has been deleted; an error when n8n cannot read it or store its copy, so that it is kept. */
async function copyFiles(
	rows: readonly Row[],
	binaries: BinaryStore,
): Promise<readonly Row[] | ServiceError | undefined> {
	const copied: Row[] = [];
	try {
		for (const { files, ...row } of rows) {
			const copies: Record<string, IBinaryData> = {};
			for (const [name, file] of Object.entries(files ?? {})) {
				const copy = await binaries.copyIfThere(file);
				if (copy === undefined) return undefined;
				copies[name] = copy;
			}
			copied.push({ ...row, ...(files && { files: copies }) });
		}
		return copied;
	} catch {
		return notCopied();
	}
}

function lostWithMemory(): ServiceError {
	return failure(
		'notFound',
		'This item was finished and paid for in an earlier try, but n8n keeps files in memory, so its file is gone.',
		{
			action:
				'To buy it again, use another once key. To keep files for Retry, let n8n store them (N8N_DEFAULT_BINARY_DATA_MODE=filesystem).',
		},
	);
}

function fileDeleted(): ServiceError {
	return failure(
		'notFound',
		'This item was finished and paid for in an earlier try, but its file has been deleted since, with the execution it belonged to.',
		{
			action:
				'Look for the file where the workflow has put it. Running this item again buys it again: press Retry once more, or start the workflow anew.',
		},
	);
}

function notCopied(): ServiceError {
	return failure(
		'unexpectedResponse',
		'This item was finished and paid for in an earlier try, but n8n could not copy its file into this execution.',
		{
			action: `${CHECK_STORE} Then press Retry: the item is not bought again.`,
		},
	);
}
