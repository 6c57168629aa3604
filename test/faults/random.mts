/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export class Random {
	private state: number;

	constructor(readonly seed: number) {
		this.state = seed >>> 0;
	}

	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = this.state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	below(limit: number): number {
		return Math.floor(this.next() * limit);
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<T>(list: readonly T[]): T {
		const found = list[this.below(list.length)];
		if (found === undefined) throw new RangeError('nothing to pick from');
		return found;
	}
}

/** The seed that `FAULTS_SEED` names, to repeat a run, or a new one. */
export function newSeed(): number {
	const given = process.env.FAULTS_SEED;
	return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}
