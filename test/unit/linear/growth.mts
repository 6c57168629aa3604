/** Sizes between which linear work takes eight times as long, and quadratic work sixty-four times. */
const SMALL = 10_000;
const LARGE = 80_000;
/** Between the two, with room for a busy machine on either side. */
const MOST_GROWTH = 22;
/** Quadratic work on the large input takes seconds, so what is this fast needs no comparison. */
const FAST_ENOUGH_MS = 50;
const RUNS = 5;
const ATTEMPTS = 3;

/**
 * Milliseconds of the processor, of the fastest of several runs. Not by the clock: on a busy machine a long run is
 * interrupted and a short one is not, which looks like growth.
 */
function fastestMs(run: () => unknown, enoughMs: number): number {
	let fastest = Number.POSITIVE_INFINITY;
	for (let runs = 0; runs < RUNS && fastest > enoughMs; runs += 1) {
		const started = process.cpuUsage();
		run();
		const { user, system } = process.cpuUsage(started);
		fastest = Math.min(fastest, Math.max(0.05, (user + system) / 1_000));
	}
	return fastest;
}

/**
 * What is wrong with how the time of `run` grows with the size of its input; `undefined` when it is linear. `scale` makes
 * both inputs smaller or larger. Measured anew before anything is called quadratic.
 */
export function growthProblem(
	run: (input: string) => unknown,
	inputOf: (length: number) => string,
	scale = 1,
): string | undefined {
	const large = inputOf(LARGE * scale);
	const small = inputOf(SMALL * scale);
	let problem: string | undefined;
	for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
		const largeMs = fastestMs(() => run(large), FAST_ENOUGH_MS * scale);
		if (largeMs <= FAST_ENOUGH_MS * scale) return undefined;
		const smallMs = fastestMs(() => run(small), 0);
		const growth = largeMs / smallMs;
		if (growth <= MOST_GROWTH) return undefined;
		problem = `${(large.length / small.length).toFixed(1)} times the input takes ${growth.toFixed(1)} times as long (${smallMs.toFixed(2)} and ${largeMs.toFixed(2)} ms)`;
	}
	return problem;
}
