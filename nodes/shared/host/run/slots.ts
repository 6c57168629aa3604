/** Gives a slot back; a second call does nothing. */
export type ReleaseSlot = () => void;

/**
 * A fixed number of slots. Those who wait in `run` get a free slot first come, first served. When nobody waits,
 * `startNext` may use it: it takes the slot and returns true, or returns false when it has nothing to start.
 */
export class Slots {
	private free: number;
	private readonly waiting: Array<(release: ReleaseSlot) => void> = [];

	constructor(
		size: number,
		private readonly startNext: (take: () => ReleaseSlot) => boolean = () => false,
	) {
		this.free = size;
	}

	async run<T>(task: () => Promise<T>): Promise<T> {
		const release = await new Promise<ReleaseSlot>((resolve) => {
			this.waiting.push(resolve);
			this.fill();
		});
		try {
			return await task();
		} finally {
			release();
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

	private take(): ReleaseSlot {
		let isHeld = true;
		this.free--;
		return () => {
			if (!isHeld) return;
			isHeld = false;
			this.free++;
			this.fill();
		};
	}
}
