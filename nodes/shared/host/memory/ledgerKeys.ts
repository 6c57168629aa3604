import { createHash } from 'crypto';

import type { WireObject } from '../../api/wire';

/** What identifies a call. */
export interface LedgerKeyParts {
	readonly itemIndex: number;
	readonly operation: string;
	readonly accountFingerprint: string;
	readonly logicalRequest: WireObject;
}

/** What the ledger keeps under its keys. */
interface KeptEntries {
	all(): readonly string[];
	/** Whether something was paid for, even if it can no longer be fetched. */
	isPaid(key: string): boolean;
	/** The once key that it holds, as {@link onceKeyId} writes it. */
	onceKeyOf(key: string): string | undefined;
}

/** Keys that earlier tries have left. */
interface EarlierKeys {
	/** The key of an item's call, by item and once key. */
	readonly byOnceKey: ReadonlyMap<string, string>;
	/** The keys of equal parts. */
	readonly parts: ReadonlyMap<string, readonly string[]>;
}

/**
 * The keys of one run's calls in the ledger: of an item's call, what stands before the last full stop is the item's and
 * what follows is the request's; the key of a part has a slash. All calls that are under way share `inUse`.
 */
export class LedgerKeys {
	private readonly own = new Set<string>();
	private earlierKeys: EarlierKeys | undefined;

	constructor(
		/** `undefined` for tools. */
		private readonly runIndex: number | undefined,
		private readonly inUse: Set<string>,
		private readonly kept: KeptEntries,
	) {}

	ofItem({ itemIndex, operation, accountFingerprint, logicalRequest }: LedgerKeyParts): string {
		const account = hashOf(accountFingerprint).slice(0, 16);
		const item = `${this.runPrefix}${itemIndex}.${operation}.${account}`;
		return this.take(`${item}.${hashOf(logicalRequest).slice(0, 32)}`);
	}

	/**
	 * Found again when something else of the item has changed. Only calls of a tool share no parts: many may run at once.
	 * Of equal parts, those that are paid for come first.
	 */
	ofPart(itemKey: string, logicalRequest: WireObject): string {
		const owner = this.runIndex === undefined ? itemKey : itemOf(itemKey);
		const base = `${owner}/${hashOf(logicalRequest).slice(0, 32)}`;
		const equal = this.earlier().parts.get(base) ?? [];
		const paid = equal.find((key) => this.kept.isPaid(key) && !this.inUse.has(key));
		return this.take(paid ?? base);
	}

	/** Where an earlier try keeps what this once key was used for: under another request, if that has changed since. */
	holding(key: string, onceKey: string): string {
		const id = onceKeyId(onceKey);
		if (this.kept.onceKeyOf(key) === id || this.kept.isPaid(key)) return key;
		const other = this.earlier().byOnceKey.get(`${itemOf(key)} ${id}`) ?? key;
		return this.inUse.has(other) ? key : other;
	}

	isOfRun(key: string): boolean {
		return this.runIndex === undefined ? this.own.has(key) : key.startsWith(this.runPrefix);
	}

	/** The next try may take them. */
	release(): void {
		for (const key of this.own) this.inUse.delete(key);
	}

	private get runPrefix(): string {
		return `${this.runIndex ?? 'tool'}.`;
	}

	/** Two equal calls that run at the same time, as parts and calls of a tool may, get one key each. */
	private take(base: string): string {
		let key = base;
		for (let other = 2; this.inUse.has(key); other++) key = `${base}~${other}`;
		this.inUse.add(key);
		this.own.add(key);
		return key;
	}

	/** Read once: what this run adds is under keys of its own. */
	private earlier(): EarlierKeys {
		if (this.earlierKeys !== undefined) return this.earlierKeys;
		const byOnceKey = new Map<string, string>();
		const parts = new Map<string, string[]>();
		for (const key of this.kept.all()) {
			const slash = key.indexOf('/');
			const onceKey = slash < 0 ? this.kept.onceKeyOf(key) : undefined;
			if (onceKey !== undefined) byOnceKey.set(`${itemOf(key)} ${onceKey}`, key);
			if (slash < 0) continue;
			const [hash = ''] = key.slice(slash).split('~', 1);
			const base = key.slice(0, slash) + hash;
			parts.set(base, [...(parts.get(base) ?? []), key]);
		}
		this.earlierKeys = { byOnceKey, parts };
		return this.earlierKeys;
	}
}

/** Stands for a once key, so that the ledger shows none: 32 hex digits. */
export function onceKeyId(onceKey: string): string {
	return hashOf(onceKey).slice(0, 32);
}

export function hashOf(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function itemOf(key: string): string {
	return key.slice(0, key.lastIndexOf('.'));
}
