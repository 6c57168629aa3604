import type { IBinaryData } from 'n8n-workflow';

import { FishSpeechError } from '../../api/errors';
import type { BinaryStore } from '../media/binary';
import type { Ledger } from './ledger';
import type { Receipt, Row } from '../run/operation';

/** What an earlier try of this execution, or the one it retries, has already settled about an item. */
export type Recalled =
	| { readonly type: 'nothing'; readonly isOwnKey: boolean }
	| { readonly type: 'accepted'; readonly receipt: Receipt }
	| { readonly type: 'done'; readonly rows: readonly Row[] }
	| { readonly type: 'failed'; readonly error: FishSpeechError };

/**
 * Looks an item up in the ledger: finished before accepted before failed. Files of another execution are copied into
 * this one first; of a job whose file is gone the receipt is left, so that the file is fetched again.
 */
export async function recall(
	ledger: Ledger,
	key: string,
	binaries: BinaryStore,
	operation: string,
): Promise<Recalled> {
	const entry = ledger.get(key);
	if (entry === undefined) return { type: 'nothing', isOwnKey: false };
	const { rows, receipt, failure, isOfThisExecution, isBegun = false } = entry;
	if (rows !== undefined) {
		const own = isOfThisExecution ? rows : await copyFiles(rows, binaries, operation);
		if (own instanceof FishSpeechError) return { type: 'failed', error: own };
		if (own !== undefined) {
			ledger.keepRows(key, own);
			return { type: 'done', rows: own };
		}
		ledger.forgetRows(key);
		if (receipt === undefined) {
			const error = fileDeleted(operation);
			// Remembered like any terminal failure: n8n's next try must not buy the item again by itself.
			ledger.keepFailure(key, error);
			return { type: 'failed', error };
		}
	}
	if (receipt !== undefined) return { type: 'accepted', receipt };
	if (failure !== undefined) return { type: 'failed', error: failure };
	return { type: 'nothing', isOwnKey: isBegun };
}

/** `undefined` when a file can no longer be opened; an error when n8n cannot store its copy, so that it is kept. */
async function copyFiles(
	rows: readonly Row[],
	binaries: BinaryStore,
	operation: string,
): Promise<readonly Row[] | FishSpeechError | undefined> {
	try {
		return await copiesOf(rows, binaries);
	} catch {
		return notCopied(operation);
	}
}

async function copiesOf(
	rows: readonly Row[],
	binaries: BinaryStore,
): Promise<readonly Row[] | undefined> {
	const copied: Row[] = [];
	for (const row of rows) {
		const binary: Record<string, IBinaryData> = {};
		for (const [name, file] of Object.entries(row.binary ?? {})) {
			const copy = await binaries.copyIfThere(file);
			if (copy === undefined) return undefined;
			binary[name] = copy;
		}
		copied.push({ json: row.json, ...(row.binary && { binary }) });
	}
	return copied;
}

function fileDeleted(operation: string): FishSpeechError {
	return new FishSpeechError(
		'This item was finished and paid for in an earlier try, but its file has been deleted since, with the execution it belonged to.',
		{
			action:
				'Look for the file where the workflow has put it. Running this item again buys it again: press Retry once more, or start the workflow anew.',
			details: {
				kind: 'terminal',
				reason: 'notFound',
				operation,
				attempts: 0,
				outcomeUnknown: false,
			},
		},
	);
}

function notCopied(operation: string): FishSpeechError {
	return new FishSpeechError(
		'This item was finished and paid for in an earlier try, but n8n could not copy its file into this execution.',
		{
			action:
				'Check the free space and the permissions of the binary data storage of n8n, then press Retry: the item is not bought again.',
			details: {
				kind: 'terminal',
				reason: 'unexpectedResponse',
				operation,
				attempts: 0,
				outcomeUnknown: false,
			},
		},
	);
}
