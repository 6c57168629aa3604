import { randomUUID } from 'crypto';
import { jsonParse, type IContextObject } from 'n8n-workflow';

import { ServiceError } from '../../api/errors';
import type { WireObject } from '../../api/wire';
import { definedFields, type Row } from '../rows';
import { hashOf, LedgerKeys, type LedgerKeyParts } from './ledgerKeys';
import type { Receipt } from './receipts';
import { seal, unseal } from './seal';
import {
	CONTEXT_KEY,
	sealedContent,
	storedEntry,
	storedIn,
	type SealedContent,
	type StoredEntry,
	type StoredLedger,
} from './storedLedger';

/** What the ledger remembers of one call that can cost or change something. */
export interface LedgerEntry {
	/** Outranks a failure. */
	readonly receipt?: Receipt;
	/** A finished item. */
	readonly rows?: readonly Row[];
	/** How the parameters shaped the rows. With another shape, they are made again from the receipt. */
	readonly shape?: string;
	/** A terminal failure. Counts only in the execution in which it happened: "Retry" means that something was fixed. */
	readonly failure?: ServiceError;
	/** The once key that was recorded for this item and not taken back, as `onceKeyId` writes it. */
	readonly heldOnceKey?: string;
	/** Something of the item was paid for, or may have been: its once key is not given back. */
	readonly mayBeCharged?: boolean;
	/** Finished, with files that n8n keeps in memory, so that they are gone with the execution. */
	readonly isFinishedInMemory?: boolean;
	/** The execution of the failure, where it is not the one that wrote the entry. */
	readonly failureOf?: string;
	/** The execution that has paid for what this one could no longer fetch. */
	readonly paidIn?: string;
	/** How often the service has finally refused the item. After each refusal, the next try is another request. */
	readonly refusals?: number;
	/** Tells apart the calls of a tool, which n8n does not. */
	readonly nonce?: string;
}

export interface RememberedEntry extends LedgerEntry {
	/** Whether this execution wrote the entry; if not, its files may vanish with the execution that did. */
	readonly isOfThisExecution: boolean;
	/** Whether its failure is. */
	readonly hasFailedHere: boolean;
}

/** Whose memory it is, and where it is kept. */
export interface LedgerPlace {
	/** Lives as long as the execution, and is saved with it. */
	readonly context: IContextObject;
	/** `undefined` for tools: n8n counts each of their tries as a run. */
	readonly runIndex: number | undefined;
	readonly executionId: string;
	readonly sealingKey: Buffer;
}

/** What cannot be saved with an execution, and the keys of calls under way. Gone with the execution's data. */
interface InProcess {
	/** The ledger in the context. Calls of a tool that run at the same time share it. */
	readonly stored: StoredLedger;
	/** Rows whose files n8n keeps in memory: the reference would be the audio itself. */
	readonly rows: Map<string, readonly Row[]>;
	readonly keysInUse: Set<string>;
}

const inProcess = new WeakMap<IContextObject, InProcess>();

/**
 * Remembers in the execution's data what was paid for, because n8n runs a failed node again with all of its items.
 * Survives n8n's tries and "Retry" of a failed execution; not Stop, a killed process, or a renamed node.
 */
export class Ledger {
	private readonly process: InProcess;
	private readonly keys: LedgerKeys;

	/** The ledger in this node's context; an empty one if there is none or it has another version. */
	constructor(private readonly place: LedgerPlace) {
		const { context } = place;
		const known = inProcess.get(context);
		// Another call that is done may have emptied the context; those under way still share the ledger.
		const isCurrent =
			known !== undefined && (context[CONTEXT_KEY] === known.stored || known.keysInUse.size > 0);
		this.process = isCurrent
			? known
			: {
					stored: storedIn(context),
					rows: known?.rows ?? new Map(),
					keysInUse: known?.keysInUse ?? new Set(),
				};
		context[CONTEXT_KEY] = this.process.stored;
		inProcess.set(context, this.process);
		this.keys = new LedgerKeys(place.runIndex, this.process.keysInUse, {
			all: () => Object.keys(this.stored.entries),
			isPaid: (key) => {
				const { receipt, rows, isFinishedInMemory } = this.get(key) ?? {};
				return (receipt ?? rows ?? isFinishedInMemory) !== undefined;
			},
			onceKeyOf: (key) => this.storedEntry(key)?.heldOnceKey,
		});
	}

	/** Where an item's call is remembered. */
	key(parts: LedgerKeyParts): string {
		return this.keys.ofItem(parts);
	}

	/** The same for a part of an item. */
	partKey(key: string, logicalRequest: WireObject): string {
		return this.keys.ofPart(key, logicalRequest);
	}

	/** See {@link LedgerKeys.holding}. */
	keyHolding(key: string, onceKey: string): string {
		return this.keys.holding(key, onceKey);
	}

	/** The item goes on with another request, at whose place nothing is paid for. Parts that belong to the call go with it. */
	move(from: string, to: string): void {
		const { entries } = this.stored;
		const { rows } = this.process;
		const refusals = this.storedEntry(to)?.refusals ?? 0;
		for (const place of Object.keys(entries)) {
			if (place !== from && !place.startsWith(`${from}/`)) continue;
			const target = to + place.slice(from.length);
			const inMemory = rows.get(place);
			entries[target] = entries[place];
			if (inMemory !== undefined) rows.set(target, inMemory);
			this.forget([place]);
		}
		// A key under which this request was refused is not sent again.
		const known = this.storedEntry(to);
		if (known !== undefined && refusals > (known.refusals ?? 0))
			entries[to] = { ...known, refusals };
	}

	/**
	 * The same for every try at the same item, in this execution and its retries, until the service has finally refused
	 * it: a server that keys its answers would repeat the refusal.
	 */
	idempotencyKey(key: string): string {
		const isTool = this.place.runIndex === undefined;
		const entry = this.storedEntry(key);
		const nonce = entry?.nonce ?? (isTool ? randomUUID() : '');
		if (entry?.nonce === undefined && isTool) this.keep(key, { nonce });
		return hashOf([this.stored.seed, key, nonce, entry?.refusals ?? 0]).slice(0, 32);
	}

	get(key: string): RememberedEntry | undefined {
		const entry = this.storedEntry(key);
		if (entry === undefined) return undefined;
		const { sealed, executionId, ...open } = entry;
		const content = sealed === undefined ? {} : this.unsealed(sealed);
		// Sealed for another token, or changed since.
		if (content === undefined) return undefined;
		const { failure, ...rest } = content;
		const hasFailedHere = (entry.failureOf ?? executionId) === this.place.executionId;
		return {
			...open,
			...rest,
			rows: rest.rows ?? this.process.rows.get(key),
			...(failure && {
				failure: new ServiceError(failure.message, failure.action, failure.details, {
					nextTry: failure.nextTry,
					// Somebody has pressed Retry after a fix.
					isOfStore: hasFailedHere ? failure.isOfStore : undefined,
				}),
			}),
			isOfThisExecution: executionId === this.place.executionId,
			hasFailedHere,
		};
	}

	/** The other execution that wrote an entry; `undefined` when it was this one, or there is none. */
	otherWriterOf(key: string): string | undefined {
		const executionId = this.storedEntry(key)?.executionId;
		return executionId === this.place.executionId ? undefined : executionId;
	}

	/** Adds to what is known about a call, and removes what is given as `undefined`. The entry is this execution's from now on. */
	keep(key: string, changes: LedgerEntry): void {
		const known = this.get(key);
		const hasFailedHere = known?.hasFailedHere ?? true;
		// A failure of the execution that this one retries is forgotten, unless it may have been charged.
		const isSettled = changes.receipt !== undefined || changes.rows !== undefined;
		const mayBeCharged = !isSettled && known?.failure?.details.outcomeUnknown === true;
		const isKept = hasFailedHere || mayBeCharged;
		const failure = isKept ? known?.failure : undefined;
		const isOld = failure !== undefined && !hasFailedHere && changes.failure === undefined;
		const failureOf = isOld ? (known?.failureOf ?? this.otherWriterOf(key)) : undefined;
		const isRefusal = changes.failure?.details.outcomeUnknown === false;
		const refusals = isRefusal ? (known?.refusals ?? 0) + 1 : known?.refusals;
		this.put(key, { ...known, failure, failureOf, refusals, ...changes });
	}

	/** Forgets what another execution has paid for. Returns false, and forgets nothing, when it was this one. */
	forgetOlder(key: string): boolean {
		const paidIn = this.otherWriterOf(key);
		if (paidIn === undefined) return false;
		this.keep(key, { receipt: undefined, rows: undefined, mayBeCharged: true, paidIn });
		return true;
	}

	/** Forgets calls that are no longer needed: the parts of an item that is finished as a whole. */
	forget(keys: Iterable<string>): void {
		for (const key of keys) {
			delete this.stored.entries[key];
			this.process.rows.delete(key);
		}
	}

	/** Forgets what this run of the node has remembered: it is in the node's output now. */
	clear(): void {
		const { context } = this.place;
		this.forget(Object.keys(this.stored.entries).filter((key) => this.keys.isOfRun(key)));
		if (Object.keys(this.stored.entries).length === 0) delete context[CONTEXT_KEY];
	}

	/** Ends the run: the next try may take its keys. */
	close(): void {
		this.keys.release();
	}

	private get stored(): StoredLedger {
		return this.process.stored;
	}

	private put(
		key: string,
		{ receipt: accepted, rows, shape, failure, ...rest }: LedgerEntry,
	): void {
		const isOfProcess = rows !== undefined && isInMemory(rows);
		if (isOfProcess) this.process.rows.set(key, rows);
		else this.process.rows.delete(key);
		const content = {
			receipt: accepted,
			rows: isOfProcess ? undefined : rows,
			shape,
			failure: failure && {
				message: failure.message,
				action: failure.action,
				details: failure.details,
				isOfStore: failure.traits.isOfStore,
				nextTry: failure.traits.nextTry,
			},
		};
		const isEmpty = Object.values(content).every((value) => value === undefined);
		const sealed = isEmpty ? undefined : seal(JSON.stringify(content), this.place.sealingKey);
		const { heldOnceKey, mayBeCharged, failureOf, paidIn, refusals, nonce } = rest;
		const open = { heldOnceKey, mayBeCharged, failureOf, paidIn, refusals, nonce };
		const isFinishedInMemory = isOfProcess || rest.isFinishedInMemory;
		const { executionId } = this.place;
		const entry = { ...open, isFinishedInMemory, sealed, executionId };
		this.stored.entries[key] = definedFields(entry);
		this.place.context[CONTEXT_KEY] = this.stored;
	}

	private storedEntry(key: string): StoredEntry | undefined {
		const stored = this.stored.entries[key];
		// Most keys are new, and a parse that fails costs as much as the rest of the item's bookkeeping.
		if (stored === undefined) return undefined;
		return storedEntry.safeParse(stored).data;
	}

	private unsealed(sealed: string): SealedContent | undefined {
		const text = unseal(sealed, this.place.sealingKey);
		return text === undefined ? undefined : sealedContent.safeParse(jsonParse(text)).data;
	}
}

/** Whether n8n keeps a file of these rows in memory: then a binary has no ID, and the reference is the file itself. */
export function isInMemory(rows: readonly Row[]): boolean {
	return rows.some(({ files = {} }) => Object.values(files).some(({ id }) => !id));
}
