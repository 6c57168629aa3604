import type { ChunkReader } from '../../shared/host/media/binaryStore';

/** How many bytes may still be kept. */
export interface ByteBudget {
	leftBytes: number;
}

/** What a chunk takes besides its bytes: a body may come in very many. */
export const CHUNK_OVERHEAD_BYTES = 256;

/** Shared by all executions in this process. */
const OF_PROCESS: ByteBudget = { leftBytes: 32 * 1024 * 1024 };

/**
 * The audio of a speech's parts, kept in memory while it goes to the store, so that joining does not read it back. A
 * speech that is too long for what is left of the budget keeps nothing.
 */
export class AudioAtHand {
	private readonly parts = new Map<number, Buffer[]>();
	private isTooLong = false;

	constructor(private readonly budget: ByteBudget = OF_PROCESS) {}

	/** For one try at a part: what an earlier try has left of it goes. */
	reader(partIndex: number): ChunkReader {
		this.drop(partIndex);
		if (this.isTooLong) return () => undefined;
		const chunks: Buffer[] = [];
		this.parts.set(partIndex, chunks);
		return (chunk) => {
			// What belongs to nobody any more would never give its budget back.
			if (this.parts.get(partIndex) !== chunks) return;
			const bytes = chunk.length + CHUNK_OVERHEAD_BYTES;
			if (bytes > this.budget.leftBytes) {
				this.isTooLong = true;
				this.clear();
				return;
			}
			this.budget.leftBytes -= bytes;
			// A copy, because the chunk may be a small piece of a large buffer.
			chunks.push(Buffer.from(chunk));
		};
	}

	/** The chunks of a part, or `undefined` when they are not kept. */
	get(partIndex: number): readonly Buffer[] | undefined {
		return this.parts.get(partIndex);
	}

	/** Must be called in the end: the budget is everybody's. */
	clear(): void {
		for (const partIndex of this.parts.keys()) this.drop(partIndex);
	}

	private drop(partIndex: number): void {
		for (const { length } of this.parts.get(partIndex) ?? [])
			this.budget.leftBytes += length + CHUNK_OVERHEAD_BYTES;
		this.parts.delete(partIndex);
	}
}
