import { performance } from 'node:perf_hooks';

/** What one run cost. */
export interface Sample {
	readonly wallMs: number;
	/** User and system time of the whole process, n8n's and libuv's threads included. */
	readonly cpuMs: number;
}

export type Contender<T> = () => Promise<T>;

/** Runs `work` on a heap that owes nothing to what ran before. */
export async function measured(work: () => unknown): Promise<Sample> {
	globalThis.gc?.();
	const startedAt = performance.now();
	const before = process.cpuUsage();
	await work();
	const { user, system } = process.cpuUsage(before);
	return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1_000 };
}

/**
 * Runs all contenders once in each round, after one round that does not count. Rounds begin with another contender each,
 * so that whatever else the machine does meets all of them alike.
 */
export async function interleaved<Name extends string, T>(
	rounds: number,
	contenders: Readonly<Record<Name, Contender<T>>>,
): Promise<Record<Name, T[]>> {
	const names = Object.keys(contenders) as Name[];
	const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
		Name,
		T[]
	>;
	for (let round = -1; round < rounds; round++) {
		for (let turn = 0; turn < names.length; turn++) {
			const name = names[(turn + round + 1) % names.length];
			if (name === undefined) continue;
			const sample = await contenders[name]();
			if (round >= 0) samples[name].push(sample);
		}
	}
	return samples;
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
	if (low === undefined || high === undefined) throw new RangeError('no values');
	return (low + high) / 2;
}

export function medianOf<T>(samples: readonly T[], of: (sample: T) => number): number {
	return median(samples.map(of));
}
