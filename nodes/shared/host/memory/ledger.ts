import { createHash, randomUUID } from 'crypto';
import type { IBinaryData, IContextObject, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';

import { FishSpeechError, failureDetails } from '../../api/errors';
import type { WireObject } from '../../api/endpoints/readers';
import type { Receipt, Row } from '../run/operation';
import { openUrls, sealUrls } from './sealedUrls';

/** What the ledger remembers of one call that can cost or change something. */
export interface LedgerEntry {
	/** Something accepted that must not be asked for again; outranks a failure. */
	readonly receipt?: Receipt;
	/** A finished item. */
	readonly rows?: readonly Row[];
	/** A terminal failure. Counts in the execution it happened in only: "Retry" means that something was mended. */
	readonly failure?: FishSpeechError;
	/** Begun by this execution and to be gone on with: its once key is not "seen before". */
	readonly isBegun?: boolean;
	/** Whether this execution wrote the entry; if not, its files may vanish with the execution that did. */
	readonly isOfThisExecution: boolean;
}

/** What identifies a call. */
export interface LedgerKeyParts {
	readonly itemIndex: number;
	readonly operation: string;
	readonly accountFingerprint: string;
	readonly logicalRequest: WireObject;
}

const VERSION = 1;
const CONTEXT_KEY = 'fishSpeech';

const dataObject = z.custom<IDataObject>((value) => typeof value === 'object' && value !== null);
const storedEntry = z.looseObject({
	receipt: dataObject.optional(),
	rows: z
		.array(
			z.object({
				json: dataObject,
				binary: z.record(z.string(), z.custom<IBinaryData>()).optional(),
			}),
		)
		.optional(),
	failure: z.object({ error: z.string(), message: z.string(), details: failureDetails }).optional(),
	isBegun: z.boolean().optional(),
	executionId: z.string(),
});
const storedLedger = z.object({
	version: z.literal(VERSION),
	seed: z.string(),
	entries: z.record(z.string(), z.unknown()),
});

type StoredEntry = z.infer<typeof storedEntry>;
type StoredLedger = z.infer<typeof storedLedger>;

/**
 * Remembers in the execution's data what was paid for, because n8n runs a failed node again with all of its items.
 * Survives n8n's tries and "Retry" of a failed execution; not Stop, a killed process, or a renamed node.
 */
export class Ledger {
	private constructor(
		private readonly context: IContextObject,
		private readonly stored: StoredLedger,
		private readonly runIndex: number,
		private readonly executionId: string,
		private readonly sealingKey: Buffer,
	) {}

	/** The ledger in this node's context, or an empty one where there is none or it has a shape of another version. */
	static open(host: IExecuteFunctions, runIndex: number, sealingKey: Buffer): Ledger {
		const context = host.getContext('node');
		const known = storedLedger.safeParse(context[CONTEXT_KEY]);
		const stored: StoredLedger = known.success
			? known.data
			: { version: VERSION, seed: randomUUID(), entries: {} };
		context[CONTEXT_KEY] = stored;
		return new Ledger(context, stored, runIndex, host.getExecutionId() ?? '', sealingKey);
	}

	key({ itemIndex, operation, accountFingerprint, logicalRequest }: LedgerKeyParts): string {
		const hash = createHash('sha256').update(JSON.stringify(logicalRequest)).digest('hex');
		return `${this.runIndex}.${itemIndex}.${operation}.${accountFingerprint}.${hash.slice(0, 24)}`;
	}

	/** The place of an item's part; those of an item begin with the item's own. */
	partKey(key: string, index: number, logicalRequest: WireObject): string {
		const hash = createHash('sha256').update(JSON.stringify(logicalRequest)).digest('hex');
		return `${key}.${index}.${hash.slice(0, 16)}`;
	}

	/** The same for every try at the same item, in this execution and its retries. */
	idempotencyKey(key: string): string {
		return createHash('sha256').update(`${this.stored.seed}\n${key}`).digest('hex').slice(0, 32);
	}

	get(key: string): LedgerEntry | undefined {
		const entry = this.storedEntry(key);
		if (entry === undefined) return undefined;
		const opened = openUrls({ receipt: entry.receipt, rows: entry.rows }, this.sealingKey);
		if (opened === undefined) return undefined;
		const isOfThisExecution = entry.executionId === this.executionId;
		return {
			...opened,
			...(entry.failure && isOfThisExecution && { failure: toError(entry.failure) }),
			isBegun: entry.isBegun,
			isOfThisExecution,
		};
	}

	keepReceipt(key: string, receipt: Receipt): void {
		this.put(key, { receipt: sealUrls(receipt, this.sealingKey) });
	}

	/**
	 * Keeps a finished item, and of its receipt a job's id, by which a lost file can be fetched again. False when it
	 * cannot be kept: in memory mode a binary has no id, so the reference would be the audio itself.
	 */
	keepRows(key: string, rows: readonly Row[]): boolean {
		const holdsAudio = rows.some(({ binary = {} }) => Object.values(binary).some(({ id }) => !id));
		if (holdsAudio) return false;
		const { receipt } = this.storedEntry(key) ?? {};
		const kept = rows.map(({ json, binary }) => ({
			json,
			...(binary && { binary: { ...binary } }),
		}));
		this.put(key, {
			// Whatever else a receipt holds, such as a URL of the audio, stands in the rows or has expired by then.
			receipt: receipt?.jobId === undefined ? undefined : receipt,
			rows: sealUrls(kept, this.sealingKey),
		});
		return true;
	}

	/** Keeps a terminal failure. A job that failed is no longer worth waiting for. */
	keepFailure(key: string, { message, action, details }: FishSpeechError): void {
		const { receipt, isBegun } = this.storedEntry(key) ?? {};
		this.put(key, {
			receipt: details.reason === 'jobFailed' ? undefined : receipt,
			isBegun,
			failure: { error: message, message: action, details },
		});
	}

	/**
	 * Keeps that an item was begun: in parts, or with an unknown outcome that the user allows to repeat. A failure of the
	 * execution that this one retries is forgotten, since the entry counts as this execution's from now on.
	 */
	keepBegun(key: string): void {
		this.put(key, { receipt: this.storedEntry(key)?.receipt, isBegun: true });
	}

	/** Forgets a finished item whose file is gone. */
	forgetRows(key: string): void {
		const { receipt } = this.storedEntry(key) ?? {};
		if (receipt === undefined) delete this.stored.entries[key];
		else this.put(key, { receipt });
	}

	/** Forgets calls that are no longer needed: the parts of an item that is finished as a whole. */
	forget(keys: Iterable<string>): void {
		for (const key of keys) delete this.stored.entries[key];
	}

	/** Forgets what this run of the node has remembered: it is in the node's output now. */
	clear(): void {
		for (const key of Object.keys(this.stored.entries))
			if (key.startsWith(`${this.runIndex}.`)) delete this.stored.entries[key];
		if (Object.keys(this.stored.entries).length === 0) delete this.context[CONTEXT_KEY];
	}

	private put(key: string, entry: Partial<StoredEntry>): void {
		const known = Object.entries({ ...entry, executionId: this.executionId });
		this.stored.entries[key] = Object.fromEntries(known.filter(([, value]) => value !== undefined));
	}

	private storedEntry(key: string): StoredEntry | undefined {
		const stored = this.stored.entries[key];
		// Most keys are new, and a parse that fails costs as much as the rest of the item's bookkeeping.
		if (stored === undefined) return undefined;
		const parsed = storedEntry.safeParse(stored);
		return parsed.success ? parsed.data : undefined;
	}
}

function toError({
	error,
	message,
	details,
}: NonNullable<StoredEntry['failure']>): FishSpeechError {
	return new FishSpeechError(error, { action: message, details });
}
