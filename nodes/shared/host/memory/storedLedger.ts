import { randomUUID } from 'crypto';
import type { IBinaryData, IContextObject } from 'n8n-workflow';
import { z } from 'zod/v4';

import { failureDetails } from '../../api/errors';
import { dataObject, receipt } from './receipts';

const VERSION = 2;
export const CONTEXT_KEY = 'paidCalls';

const binary = z.custom<IBinaryData>((value) => typeof value === 'object' && value !== null);
/** What of an entry is sealed: it may hold what was paid for, addresses and words of the service. */
export const sealedContent = z.object({
	/** Outranks a failure. */
	receipt: receipt.optional(),
	/** A finished item. */
	rows: z
		.array(
			z.object({
				json: dataObject,
				raw: dataObject.optional(),
				files: z.record(z.string(), binary).optional(),
			}),
		)
		.optional(),
	/** A terminal failure. Counts only in the execution in which it happened: "Retry" means that something was fixed. */
	failure: z
		.object({
			message: z.string(),
			action: z.string(),
			details: failureDetails,
			isOfStore: z.boolean().optional(),
		})
		.optional(),
	/** How the parameters shaped the rows. With another shape, they are made again from the receipt. */
	shape: z.string().optional(),
});
/** An entry as it is saved with the execution. */
export const storedEntry = z.object({
	sealed: z.string().optional(),
	/** The once key that was recorded for this item and not taken back, as `onceKeyId` writes it. */
	heldOnceKey: z.string().optional(),
	/** Something of the item was paid for, or may have been: its once key is not given back. */
	mayBeCharged: z.boolean().optional(),
	/** Finished, with files that n8n keeps in memory, so that they are gone with the execution. */
	isFinishedInMemory: z.boolean().optional(),
	/** The execution of the failure, where it is not the one that wrote the entry. */
	failureOf: z.string().optional(),
	/** The execution that has paid for what this one could no longer fetch. */
	paidIn: z.string().optional(),
	/** How often the service has finally refused the item. After each refusal, the next try is another request. */
	refusals: z.number().optional(),
	/** Tells apart the calls of a tool, which n8n does not. */
	nonce: z.string().optional(),
	executionId: z.string(),
});
const storedLedger = z.object({
	version: z.literal(VERSION),
	seed: z.string(),
	entries: z.record(z.string(), z.unknown()),
});

export type StoredEntry = z.infer<typeof storedEntry>;
export type SealedContent = z.infer<typeof sealedContent>;
export type StoredLedger = z.infer<typeof storedLedger>;

/** The ledger in a node's context; an empty one if there is none or it has another version. */
export function storedIn(context: IContextObject): StoredLedger {
	const known = storedLedger.safeParse(context[CONTEXT_KEY]);
	return known.success ? known.data : { version: VERSION, seed: randomUUID(), entries: {} };
}
