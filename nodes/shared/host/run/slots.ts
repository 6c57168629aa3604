/** A share of what may go on at the same time. */
export interface Slot {
	/** Gives the slot back; a second call does nothing. */
	readonly release: () => void;
	/**
	 * Lets others use the slot while its holder works on for itself, until `release`. At most as many are lent at the same
	 * time as there are slots; without one to lend, the call does nothing.
	 */
	readonly lend: () => void;
}

/**
 * A fixed number of slots. Those who wait in `run` get a free slot first come, first served. When nobody waits,
 * `startNext` may use it: it takes the slot and returns true, or returns false when it has nothing to start.
 */
export class Slots {
	private free: number;
	private lent = 0;
	private readonly waiting: Array<(slot: Slot) => void> = [];

	constructor(
		private readonly size: number,
		private readonly startNext: (take: () => Slot) => boolean = () => false,
	) {
		this.free = size;
	}

	async run<T>(task: (slot: Slot) => Promise<T>): Promise<T> {
		const slot = await new Promise<Slot>((resolve) => {
			this.waiting.push(resolve);
			this.fill();
		});
		try {
			return await task(slot);
		} finally {
			slot.release();
		}
	}

	/** Gives out what is free. */
	fill(): void {
		while (this.free > 0) {
			const next = this.waiting.shift();
			if (next !== undefined) next(this.take());
			else if (!this.startNext(() => this.take())) return;
		}
	}

	private take(): Slot {
		let state: 'held' | 'lent' | 'released' = 'held';
		this.free--;
		return {
			release: () => {
				if (state === 'held') this.giveBack();
				else if (state === 'lent') this.lent--;
				state = 'released';
			},
			lend: () => {
				if (state !== 'held' || this.lent >= this.size) return;
				state = 'lent';
				this.lent++;
				this.giveBack();
			},
		};
	}

	private giveBack(): void {
		this.free++;
		this.fill();
	}
}
