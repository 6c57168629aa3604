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
	receipt: receipt.optional(),
	rows: z
		.array(
			z.object({
				json: dataObject,
				raw: dataObject.optional(),
				files: z.record(z.string(), binary).optional(),
			}),
		)
		.optional(),
	failure: z
		.object({
			message: z.string(),
			action: z.string(),
			details: failureDetails,
			isOfStore: z.boolean().optional(),
			nextTry: z.string().optional(),
		})
		.optional(),
	shape: z.string().optional(),
});
/** An entry as it is saved with the execution. */
export const storedEntry = z.object({
	sealed: z.string().optional(),
	heldOnceKey: z.string().optional(),
	mayBeCharged: z.boolean().optional(),
	isFinishedInMemory: z.boolean().optional(),
	failureOf: z.string().optional(),
	paidIn: z.string().optional(),
	refusals: z.number().optional(),
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
