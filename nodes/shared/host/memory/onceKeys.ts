import type { IExecuteFunctions } from 'n8n-workflow';

import { FishSpeechError } from '../../api/errors';

/** n8n keeps this many keys for a node and drops the oldest beyond it. */
const MOST_KEPT_KEYS = 10_000;
const STORE = { mode: 'entries', maxEntries: MOST_KEPT_KEYS } as const;

export interface KeyedItem {
	readonly itemIndex: number;
	readonly onceKey: string;
	/** The ledger of this execution knows the key as its own, so it is not "seen before". */
	readonly isOwn: boolean;
}

/**
 * Records the keys of a batch in n8n's deduplication store, in one call, before anything is sent, and returns the items
 * whose key was seen before. The store writes at once, so the keys outlive a killed process. Of two items with the same
 * key, the second counts as seen.
 */
export async function claimOnceKeys(
	host: IExecuteFunctions,
	items: readonly KeyedItem[],
): Promise<ReadonlySet<number>> {
	const seen = new Set<number>();
	const firstOfKey = new Map<string, KeyedItem>();
	for (const item of items) {
		if (firstOfKey.has(item.onceKey)) seen.add(item.itemIndex);
		else firstOfKey.set(item.onceKey, item);
	}
	const toClaim = [...firstOfKey.values()].filter(({ isOwn }) => !isOwn);
	if (toClaim.length === 0) return seen;
	const { processed } = await host.helpers.checkProcessedAndRecord(
		toClaim.map(({ onceKey }) => onceKey),
		'node',
		STORE,
	);
	const processedKeys = new Set(processed);
	for (const { itemIndex, onceKey } of toClaim) if (processedKeys.has(onceKey)) seen.add(itemIndex);
	return seen;
}

/** Takes keys back whose call was surely not accepted, so that it can be made later. */
export async function releaseOnceKeys(
	host: IExecuteFunctions,
	keys: readonly string[],
): Promise<void> {
	if (keys.length > 0) await host.helpers.removeProcessed([...keys], 'node', STORE);
}

export function alreadySubmitted(operation: string, itemIndex: number): FishSpeechError {
	return new FishSpeechError(
		`The Once Key of this item was used before, so nothing was sent [item ${itemIndex}].`,
		{
			details: {
				kind: 'terminal',
				reason: 'alreadySubmitted',
				operation,
				attempts: 0,
				outcomeUnknown: false,
			},
		},
	);
}
