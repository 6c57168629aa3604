import { boughtOtherwise, deliveredAsBought } from '../memory/onceKeys';
import { recall } from '../memory/recall';
import { failed, settled, type ItemState, type Sendable } from './itemState';
import type { RunContext } from './runContext';

/**
 * The state of an item after what an earlier try has settled about it. Under its once key that may have been with another
 * request: what is done is delivered as it was bought, what is to be fetched fails, and the rest goes on.
 */
export async function recallItem(
	{ item, key, holdsOnceKey }: Sendable,
	itemIndex: number,
	{ ledger, binaries, account, hint }: RunContext,
): Promise<ItemState> {
	const { retryUnknownOutcome, onceKey } = item.options;
	const isKeyed = key !== undefined && onceKey !== undefined;
	const heldKey = isKeyed ? ledger.keyHolding(key, onceKey) : key;
	const isOfOther = heldKey !== undefined && heldKey !== key;
	const recalled = await recall(heldKey, {
		ledger,
		binaries,
		shape: isOfOther ? ledger.get(heldKey)?.shape : item.shape,
		showsRaw: item.showsRaw && !isOfOther,
		retryUnknownOutcome,
		onceKey,
	});
	const sendable = { item, key, holdsOnceKey };
	// Rows are made of an answer whatever was asked.
	const isAnswer = recalled.type === 'accepted' && recalled.receipt.type === 'answer';
	if (isOfOther && (recalled.type === 'done' || isAnswer)) hint(deliveredAsBought(itemIndex));
	if (isOfOther && key !== undefined && (recalled.type === 'open' || isAnswer))
		ledger.move(heldKey, key);
	switch (recalled.type) {
		case 'done':
			return { ...sendable, ...settled({ type: 'done', rows: recalled.rows }, true) };
		case 'failed':
			return { ...sendable, ...settled(failed(recalled.error)) };
		case 'accepted': {
			if (!isOfOther || isAnswer) return { ...sendable, ...recalled };
			const error = boughtOtherwise(itemIndex, recalled.receipt, account.service.jobs);
			return { ...sendable, ...settled(failed(error)) };
		}
		case 'open':
			return { ...sendable, ...recalled };
	}
}
