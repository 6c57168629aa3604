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

/**
 * n8n's deduplication store, mode `entries`, with its semantics: one list per workflow and scope, node scope by the
 * node's id, oldest entries dropped beyond `maxEntries`, written before the call returns. A key repeated within one
 * call is new each time, as in n8n. With a file the store outlives the process.
 */
export class DeduplicationStore implements IDataDeduplicator {
	private memory: Record<string, Recorded> = {};

	constructor(private readonly file?: string) {}

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		requireEntriesMode(options);
		const lists = this.load();
		const key = keyOf(scope, contextData);
		const recorded = lists[key];
		if (recorded && recorded.mode !== options.mode) throw new Error('saved in another mode');
		const known = new Set(recorded?.hashes);
		const fresh = items.filter((item) => !known.has(hashOf(item)));
		const hashes = [...(recorded?.hashes ?? []), ...fresh.map(hashOf)];
		lists[key] = {
			mode: options.mode,
			hashes: options.maxEntries ? hashes.slice(-options.maxEntries) : hashes,
		};
		this.save(lists);
		return { new: fresh, processed: items.filter((item) => known.has(hashOf(item))) };
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		contextData: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<void> {
		requireEntriesMode(options);
		const lists = this.load();
		const recorded = lists[keyOf(scope, contextData)];
		if (!recorded) return;
		for (const item of items) {
			const index = recorded.hashes.indexOf(hashOf(item));
			if (index !== -1) recorded.hashes.splice(index, 1);
		}
		this.save(lists);
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
		this.save({});
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
	return `${workflow.id}|n:${node.id}`;
}

function hashOf(item: DeduplicationItemTypes): string {
	return createHash('md5').update(item.toString()).digest('base64');
}
