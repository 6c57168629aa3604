import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

interface Recorded {
	readonly mode: string;
	readonly hashes: string[];
}

/** Waits of a call of the store, as a database would make it wait. */
export interface StorePace {
	read(): Promise<void>;
	write(): Promise<void>;
}

/**
 * n8n's deduplication store, mode `entries`, with its semantics: one list per workflow and scope, node scope by the
 * node's id, oldest entries dropped beyond `maxEntries`, written before the call returns. A key repeated within one
 * call is new each time, as in n8n. With a file the store outlives the process. With a pace it is the slow database that n8n
 * may have: a read, and later a write of the whole list, without a lock; of two first writes at once the second fails.
 * A node's id may name the process it runs in behind an `@`, so that one process can stand for several.
 */
export class DeduplicationStore implements IDataDeduplicator {
	/** How long calls take; without it they are done at once. */
	pace: StorePace | undefined;
	/** First writes that came too late, and writes over something that they had not read. */
	readonly races = { lostInserts: 0, blindWrites: 0 };
	private memory: Record<string, Recorded> = {};

	constructor(private readonly file?: string) {}

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		requireEntriesMode(options);
		const key = keyOf(scope, contextData);
		const recorded = await this.read(key);
		if (recorded && recorded.mode !== options.mode) throw new Error('saved in another mode');
		const known = new Set(recorded?.hashes);
		const fresh = items.filter((item) => !known.has(hashOf(item)));
		const hashes = [...(recorded?.hashes ?? []), ...fresh.map(hashOf)];
		await this.write(key, recorded, {
			mode: options.mode,
			hashes: options.maxEntries ? hashes.slice(-options.maxEntries) : hashes,
		});
		return { new: fresh, processed: items.filter((item) => known.has(hashOf(item))) };
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<void> {
		requireEntriesMode(options);
		const key = keyOf(scope, contextData);
		const recorded = await this.read(key);
		if (!recorded) return;
		const hashes = [...recorded.hashes];
		for (const item of items) {
			const index = hashes.indexOf(hashOf(item));
			if (index !== -1) hashes.splice(index, 1);
		}
		await this.write(key, recorded, { ...recorded, hashes });
	}

	async clearAllProcessedItems(
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
	): Promise<void> {
		const lists = this.load();
		delete lists[keyOf(scope, contextData)];
		this.save(lists);
	}

	async getProcessedDataCount(
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
	): Promise<number> {
		return this.load()[keyOf(scope, contextData)]?.hashes.length ?? 0;
	}

	/** Empties the store, as a fresh n8n database would be. */
	clear(): void {
		Object.assign(this.races, { lostInserts: 0, blindWrites: 0 });
		this.save({});
	}

	private async read(key: string): Promise<Recorded | undefined> {
		if (this.pace !== undefined) await this.pace.read();
		return this.load()[key];
	}

	private async write(key: string, read: Recorded | undefined, written: Recorded): Promise<void> {
		if (this.pace !== undefined) await this.pace.write();
		const lists = { ...this.load() };
		const now = lists[key];
		if (read === undefined && now !== undefined && this.pace !== undefined) {
			this.races.lostInserts++;
			throw new Error(
				'UNIQUE constraint failed: processed_data.workflowId, processed_data.context',
			);
		}
		if (this.pace !== undefined && now !== read) this.races.blindWrites++;
		lists[key] = written;
		this.save(lists);
	}

	private load(): Record<string, Recorded> {
		if (this.file === undefined) return this.memory;
		if (!existsSync(this.file)) return {};
		const lists: Record<string, Recorded> = JSON.parse(readFileSync(this.file, 'utf8'));
		return lists;
	}

	private save(lists: Record<string, Recorded>): void {
		this.memory = lists;
		if (this.file === undefined) return;
		// A killed process must leave either the old or the new list, as a database would.
		const next = `${this.file}.${process.pid}`;
		writeFileSync(next, JSON.stringify(lists));
		renameSync(next, this.file);
	}
}

function requireEntriesMode({ mode }: ICheckProcessedOptions): void {
	if (mode !== 'entries') throw new Error(`the test store knows mode "entries", not "${mode}"`);
}

function keyOf(scope: DeduplicationScope, { workflow, node }: ICheckProcessedContextData): string {
	if (scope !== 'node') return `${workflow.id}|`;
	if (!node)
		throw new Error("No node information has been provided and so cannot use scope 'node'");
	return `${workflow.id}|n:${node.id.split('@', 1)[0]}`;
}

function hashOf(item: DeduplicationItemTypes): string {
	return createHash('md5').update(item.toString()).digest('base64');
}
