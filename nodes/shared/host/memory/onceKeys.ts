import { randomUUID } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import { failure, type ServiceError } from '../../api/errors';
import { cleanServerMessage } from '../../api/redact';
import type { JobWords } from '../../api/service';
import { runtime } from '../runtime';
import type { Receipt } from './receipts';

/** n8n keeps this many keys for a node and drops the oldest beyond it. */
const MOST_KEPT_KEYS = 10_000;
const STORE = { mode: 'entries', maxEntries: MOST_KEPT_KEYS } as const;

const SHORTEST_PAUSE_MS = 250;
/** A write of another process may still be on its way: for as long as a call of the store takes, and some time more. */
const PAUSE_PER_STORE_TIME = 5;
/** A store that fails this often in a row is broken: then nothing is sent. */
const MOST_FAILURES = 5;
const MOST_ROUNDS = 100;

export interface KeyedItem {
	readonly itemIndex: number;
	readonly onceKey: string;
	/** The ledger knows the item as this execution's own, so its key is recorded but never "seen before". */
	readonly isOwn: boolean;
	/** The execution that Retry takes the item over from: only one may. */
	readonly takenOverFrom?: string;
}

/** `takenOver`: by another Retry of the same execution. */
export type FoundKey = 'seen' | 'takenOver';

/**
 * Records the keys of a batch in n8n's deduplication store before anything is sent, and returns the items whose key was
 * found there. The store writes at once, so the keys outlive a killed process. If two items have the same key, the
 * second counts as seen.
 */
export async function claimOnceKeys(
	host: IExecuteFunctions,
	items: readonly KeyedItem[],
): Promise<ReadonlyMap<number, FoundKey>> {
	const found = new Map<number, FoundKey>();
	const firstOfKey = new Map<string, KeyedItem>();
	for (const item of items) {
		if (firstOfKey.has(item.onceKey)) found.set(item.itemIndex, 'seen');
		else firstOfKey.set(item.onceKey, item);
	}
	const firsts = [...firstOfKey.values()];
	const keys = [...firstOfKey.keys(), ...firsts.flatMap((item) => takeOverKey(item) ?? [])];
	const seenKeys = await inTurn(host, async () => await claim(host, keys));
	for (const item of firsts) {
		if (!item.isOwn && seenKeys.has(item.onceKey)) found.set(item.itemIndex, 'seen');
		if (seenKeys.has(takeOverKey(item) ?? '')) found.set(item.itemIndex, 'takenOver');
	}
	return found;
}

/** Recorded by the one Retry that takes an item over with its key. It is never given back: that Retry can be retried. */
function takeOverKey({ onceKey, takenOverFrom }: KeyedItem): string | undefined {
	return takenOverFrom && `retry of ${takenOverFrom}: ${onceKey}`;
}

/** Takes keys back whose call was surely not accepted, so that it can be made later. */
export async function releaseOnceKeys(
	host: IExecuteFunctions,
	keys: readonly string[],
): Promise<void> {
	if (keys.length > 0) await inTurn(host, async () => await giveBack(host, keys));
}

export function alreadySubmitted(itemIndex: number): ServiceError {
	return failure(
		'alreadySubmitted',
		`The Once Key of this item was used before, so nothing was sent [item ${itemIndex}].`,
	);
}

export function takenOverElsewhere(itemIndex: number): ServiceError {
	return failure(
		'alreadySubmitted',
		`Another Retry of the same execution has taken this item over with its Once Key, so nothing was sent [item ${itemIndex}].`,
		{
			action:
				'Look at that execution and, if it has failed, retry that one: it knows what was paid for. If there is none, or it was stopped, use another key to buy the item again.',
		},
	);
}

/** For an item whose request has changed since it was paid for under the same key. */
export function boughtOtherwise(
	itemIndex: number,
	receipt: Receipt,
	{ noun, waitFor }: JobWords,
): ServiceError {
	const jobId = receipt.type === 'job' ? receipt.jobId : undefined;
	const fetched = jobId === undefined ? '' : `${waitFor} fetches ${noun.toLowerCase()} ${jobId}. `;
	return failure(
		'alreadySubmitted',
		`An earlier try has bought this item under the same Once Key with other parameters, so nothing was sent [item ${itemIndex}].`,
		{
			action: `${fetched}To buy the item as it is now, use another key.`,
			nextTry: 'To get what was bought, change the parameters back and press Retry.',
			jobId,
		},
	);
}

/** The same for one whose result is there. */
export function deliveredAsBought(itemIndex: number): string {
	return `Item ${itemIndex} has the result of an earlier try, which has bought it under the same Once Key with other parameters. To buy it as it is now, use another key.`;
}

async function claim(
	host: IExecuteFunctions,
	keys: readonly string[],
): Promise<ReadonlySet<string>> {
	const token = `claim:${randomUUID()}`;
	const seen = await settle(host, token, keys);
	await forget(host, token);
	return seen;
}

/**
 * A write of another process may bring removed keys back. They are removed again then, but never when somebody else has
 * claimed them meanwhile. A random token tells the two apart: it is removed with the keys, so it only comes back with
 * them. It is settled before, so that whoever knows the keys knows the token too.
 */
async function giveBack(host: IExecuteFunctions, keys: readonly string[]): Promise<void> {
	const token = `release:${randomUUID()}`;
	await settle(host, token);
	const removeOnce = async () => await remove(host, [...keys, token]);
	let tookMs = await timed(removeOnce);
	try {
		for (let round = 0; round < MOST_ROUNDS; round++) {
			await runtime.sleep(pauseMs(tookMs));
			const cameBack = (await record(host, [token])).includes(token);
			if (!cameBack) break;
			tookMs = await timed(removeOnce);
		}
	} catch {
		// They are given back. If they come back now, they count as seen, which buys nothing twice.
	}
	await forget(host, token);
}

/**
 * The store is a read followed by a write of the node's whole list, without a lock: two executions at the same moment
 * both get a key, and the later write wipes out the earlier one's keys. So keys are recorded with a random token, and are
 * settled once the token is still there after everybody's writes have landed. Returns the keys that were there before.
 */
async function settle(
	host: IExecuteFunctions,
	token: string,
	keys: readonly string[] = [],
): Promise<ReadonlySet<string>> {
	const seen = new Set<string>();
	let open = keys;
	for (let round = 0; round < MOST_ROUNDS; round++) {
		let processed: readonly string[] = [];
		const tookMs = await timed(async () => {
			processed = await record(host, [...open, token]);
		});
		// After the first round, keys found together with our token are our own.
		if (round > 0 && processed.includes(token)) return seen;
		for (const key of processed) if (key !== token) seen.add(key);
		open = open.filter((key) => !seen.has(key));
		if (keys.length > 0 && open.length === 0) return seen;
		await runtime.sleep(pauseMs(tookMs));
	}
	throw storeFailed(new Error('too many executions record at once'));
}

function pauseMs(storeTookMs: number): number {
	return Math.max(SHORTEST_PAUSE_MS, PAUSE_PER_STORE_TIME * storeTookMs);
}

/** Records keys and returns those that were there already. */
async function record(host: IExecuteFunctions, keys: readonly string[]): Promise<string[]> {
	for (let failures = 1; ; failures++) {
		try {
			const { processed } = await host.helpers.checkProcessedAndRecord([...keys], 'node', STORE);
			return processed.map(String);
		} catch (error) {
			// Two first writes of a node at the same moment: one fails with a unique constraint, and finds the list next time.
			if (failures === MOST_FAILURES) throw storeFailed(error);
			await runtime.sleep(SHORTEST_PAUSE_MS * failures * (0.5 + runtime.random()));
		}
	}
}

/** A token that stays behind takes one place in the list and does nothing else. */
async function forget(host: IExecuteFunctions, token: string): Promise<void> {
	try {
		await remove(host, [token]);
	} catch {
		// What it was for is done all the same.
	}
}

async function remove(host: IExecuteFunctions, keys: readonly string[]): Promise<void> {
	await host.helpers.removeProcessed([...keys], 'node', STORE);
}

function storeFailed(error: unknown): ServiceError {
	const said = error instanceof Error ? cleanServerMessage(error.message, []) : '';
	return failure(
		'unexpectedResponse',
		`n8n could not record the once keys of this batch: ${said || 'it gave no reason'}.`,
		{
			action:
				'Nothing was sent. Check the database of n8n, then run again. Items that are then skipped, although nothing was bought for them, need another key. Without the option Once Key the node does not need the database.',
		},
	);
}

async function timed(task: () => Promise<void>): Promise<number> {
	const startedMs = runtime.elapsed();
	await task();
	return runtime.elapsed() - startedMs;
}

const turns = new Map<string, Promise<unknown>>();

/** Claims and releases of one node queue up within the process. */
async function inTurn<T>(host: IExecuteFunctions, task: () => Promise<T>): Promise<T> {
	const place = `${host.getWorkflow().id ?? ''}/${host.getNode().id}`;
	const before = turns.get(place) ?? Promise.resolve();
	const running = before.then(task);
	const over = Promise.allSettled([running]);
	turns.set(place, over);
	try {
		return await running;
	} finally {
		if (turns.get(place) === over) turns.delete(place);
	}
}
