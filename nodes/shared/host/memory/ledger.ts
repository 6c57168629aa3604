import { createHash, randomUUID } from 'crypto';
import { jsonParse, type IContextObject } from 'n8n-workflow';

import { ServiceError } from '../../api/errors';
import type { WireObject } from '../../api/wire';
import { definedFields, type Row } from '../rows';
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
	/** The once key that was recorded for this item and not taken back, as {@link onceKeyId} writes it. */
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

/** What identifies a call. */
export interface LedgerKeyParts {
	readonly itemIndex: number;
	readonly operation: string;
	readonly accountFingerprint: string;
	readonly logicalRequest: WireObject;
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

/** What earlier tries have left. */
interface EarlierPlaces {
	/** The place of an item's call, by item and once key. */
	readonly byOnceKey: ReadonlyMap<string, string>;
	/** The places of equal parts. */
	readonly parts: ReadonlyMap<string, readonly string[]>;
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
	/** Keys of this run. */
	private readonly own = new Set<string>();
	private placesOfEarlier: EarlierPlaces | undefined;

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
	}

	/** The place of an item's call: what stands before the last full stop is the item's, what follows is the request's. */
	key({ itemIndex, operation, accountFingerprint, logicalRequest }: LedgerKeyParts): string {
		const account = hashOf(accountFingerprint).slice(0, 16);
		const item = `${this.runPrefix}${itemIndex}.${operation}.${account}`;
		return this.take(`${item}.${hashOf(logicalRequest).slice(0, 32)}`);
	}

	/**
	 * The place of a part of an item, which is found again when something else of the item has changed. Only calls of a tool
	 * share no parts: many may run at once. Of equal parts, those that are paid for come first.
	 */
	partKey(key: string, logicalRequest: WireObject): string {
		const owner = this.place.runIndex === undefined ? key : itemOf(key);
		const base = `${owner}/${hashOf(logicalRequest).slice(0, 32)}`;
		const { parts } = this.earlier();
		const paid = parts.get(base)?.find((place) => {
			const { rows, receipt } = this.get(place) ?? {};
			return (rows ?? receipt) !== undefined && !this.process.keysInUse.has(place);
		});
		return this.take(paid ?? base);
	}

	/** Where an earlier try keeps what this once key was used for: under another request, if that has changed since. */
	placeHolding(key: string, onceKey: string): string {
		const id = onceKeyId(onceKey);
		const { heldOnceKey, receipt, rows, isFinishedInMemory } = this.get(key) ?? {};
		if (heldOnceKey === id || (receipt ?? rows ?? isFinishedInMemory) !== undefined) return key;
		const place = this.earlier().byOnceKey.get(`${itemOf(key)} ${id}`) ?? key;
		return this.process.keysInUse.has(place) ? key : place;
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
		const { runIndex, context } = this.place;
		const isOfRun = (key: string) =>
			runIndex === undefined ? this.own.has(key) : key.startsWith(this.runPrefix);
		this.forget(Object.keys(this.stored.entries).filter(isOfRun));
		if (Object.keys(this.stored.entries).length === 0) delete context[CONTEXT_KEY];
	}

	/** Ends the run: the next try may take its places. */
	close(): void {
		for (const key of this.own) this.process.keysInUse.delete(key);
	}

	private get stored(): StoredLedger {
		return this.process.stored;
	}

	private get runPrefix(): string {
		return `${this.place.runIndex ?? 'tool'}.`;
	}

	/** Read once: what this run adds has places of its own. */
	private earlier(): EarlierPlaces {
		if (this.placesOfEarlier !== undefined) return this.placesOfEarlier;
		const byOnceKey = new Map<string, string>();
		const parts = new Map<string, string[]>();
		for (const place of Object.keys(this.stored.entries)) {
			const slash = place.indexOf('/');
			const { heldOnceKey } = slash < 0 ? (this.storedEntry(place) ?? {}) : {};
			if (heldOnceKey !== undefined) byOnceKey.set(`${itemOf(place)} ${heldOnceKey}`, place);
			if (slash < 0) continue;
			const [hash = ''] = place.slice(slash).split('~', 1);
			const base = place.slice(0, slash) + hash;
			parts.set(base, [...(parts.get(base) ?? []), place]);
		}
		this.placesOfEarlier = { byOnceKey, parts };
		return this.placesOfEarlier;
	}

	/** Two equal calls that run at the same time, as parts and calls of a tool may, get one place each. */
	private take(base: string): string {
		const { keysInUse } = this.process;
		let key = base;
		for (let other = 2; keysInUse.has(key); other++) key = `${base}~${other}`;
		keysInUse.add(key);
		this.own.add(key);
		return key;
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

/** Stands for a once key, so that the ledger shows none: 32 hex digits. */
export function onceKeyId(onceKey: string): string {
	return hashOf(onceKey).slice(0, 32);
}

/** Whether n8n keeps a file of these rows in memory: then a binary has no ID, and the reference is the file itself. */
export function isInMemory(rows: readonly Row[]): boolean {
	return rows.some(({ files = {} }) => Object.values(files).some(({ id }) => !id));
}

/** What a call's place says of its item: all but the request. */
function itemOf(key: string): string {
	return key.slice(0, key.lastIndexOf('.'));
}

function hashOf(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
