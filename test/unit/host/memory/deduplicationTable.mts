import type { IExecuteFunctions } from 'n8n-workflow';
import type { SimulatedClock } from '../../api/simulatedClock.mts';

/** How long a call of the store takes, in milliseconds: to read, and from then on to write. */
export interface StorePace {
	readonly readMs: readonly [least: number, most: number];
	readonly writeMs: readonly [least: number, most: number];
}

/** As much of n8n as once keys need. */
export type KeyHost = IExecuteFunctions;

/**
 * n8n's deduplication store as processes beside each other see it: one list for the node, read, changed, and written as a
 * whole, without a lock. The first write is an insert, which fails when another one was faster.
 */
export class DeduplicationTable {
	/** The list; `undefined` until it is first written. */
	private list: readonly string[] | undefined;
	/** How many inserts came too late. */
	lostInserts = 0;
	/** How many writes came over a write that they had not read. */
	blindWrites = 0;
	calls = 0;
	/** Thrown by the next calls of the store, one each. */
	readonly outages: Error[] = [];

	constructor(
		private readonly clock: SimulatedClock,
		private readonly pace: StorePace,
	) {}

	get keys(): readonly string[] {
		return (this.list ?? []).filter((key) => !/^(claim|release):/.test(key));
	}

	get tokens(): number {
		return (this.list ?? []).length - this.keys.length;
	}

	/** A node in a process of its own: within one, the package has its calls queue up by the node's ID. */
	hostIn(processName: string): KeyHost {
		const host = {
			getWorkflow: () => ({ id: 'workflow' }),
			getNode: () => ({ id: processName }),
			helpers: {
				checkProcessedAndRecord: this.record.bind(this),
				removeProcessed: this.remove.bind(this),
			},
		};
		return host as unknown as KeyHost;
	}

	private async record(
		items: readonly string[],
		_scope: string,
		{ maxEntries }: { readonly maxEntries: number },
	): Promise<{ new: string[]; processed: string[] }> {
		const read = await this.read();
		const known = new Set(read);
		const fresh = items.filter((item) => !known.has(item));
		await this.write(read, [...(read ?? []), ...fresh].slice(-maxEntries));
		return { new: fresh, processed: items.filter((item) => known.has(item)) };
	}

	private async remove(items: readonly string[]): Promise<void> {
		const read = await this.read();
		if (read === undefined) return;
		const removed = new Set(items);
		await this.write(
			read,
			read.filter((item) => !removed.has(item)),
		);
	}

	private async read(): Promise<readonly string[] | undefined> {
		this.calls++;
		await this.clock.sleep(this.between(this.pace.readMs));
		const outage = this.outages.shift();
		if (outage !== undefined) throw outage;
		return this.list;
	}

	private async write(read: readonly string[] | undefined, list: readonly string[]): Promise<void> {
		await this.clock.sleep(this.between(this.pace.writeMs));
		if (read === undefined && this.list !== undefined) {
			this.lostInserts++;
			throw new Error(
				'UNIQUE constraint failed: processed_data.workflowId, processed_data.context',
			);
		}
		if (read !== this.list) this.blindWrites++;
		this.list = list;
	}

	private between([least, most]: readonly [number, number]): number {
		return least + (most - least) * this.clock.random();
	}
}
