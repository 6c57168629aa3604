/** A stretch of a joined file: a part's audio, or the silence between two. */
export interface Stretch {
	/** Samples of one channel. */
	readonly samples: number;
	readonly bytes: number;
}

/** What the headers of both formats count in. */
export const LARGEST_UINT32 = 0xffffffff;

export function sumOf(stretches: readonly Stretch[], what: keyof Stretch): number {
	return stretches.reduce((sum, stretch) => sum + stretch[what], 0);
}
