import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';

/** A JSON object as it was remembered. */
export const dataObject = z.custom<IDataObject>(
	(value) => typeof value === 'object' && value !== null,
);

const usage = {
	creditsUsed: z.number().optional(),
	quotaRemaining: z.number().optional(),
};

/**
 * Something that the service has done and that must not be asked for again. Kept by the ledger the moment it is known.
 * - `job`: a job was accepted, at `acceptedAt` by our clock; `sent` is what of its request is needed to read its answers,
 *   `answer` what was answered to it where a row may show that.
 * - `mediaUrl`: finished media that the service keeps at an address.
 * - `answer`: the body of a paid answer, from which its rows can be made again.
 * - `sent`: a change may have been made, of which only the end state counts.
 */
export const receipt = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('job'),
		jobId: z.string(),
		acceptedAt: z.string().optional(),
		requestId: z.string().optional(),
		sent: z.record(z.string(), z.string()).optional(),
		answer: dataObject.optional(),
		...usage,
	}),
	z.object({
		type: z.literal('mediaUrl'),
		url: z.string(),
		expiresAt: z.string().optional(),
		raw: dataObject.optional(),
		...usage,
	}),
	z.object({ type: z.literal('answer'), body: dataObject }),
	z.object({ type: z.literal('sent') }),
]);

export type Receipt = z.infer<typeof receipt>;

export type ReceiptOf<Type extends Receipt['type']> = Extract<Receipt, { type: Type }>;

/** The quota that the answer told. */
export function quotaIn(kept: Receipt): number | undefined {
	return 'quotaRemaining' in kept ? kept.quotaRemaining : undefined;
}
