import { defineConfig } from 'vitest/config';

/** The whole fault matrix, on two cores. */
export default defineConfig({
	test: {
		environment: 'node',
		include: ['test/faults/*.test.mts', 'test/faults/shards/*.test.mts'],
		pool: 'forks',
		poolOptions: { forks: { minForks: 1, maxForks: 2 } },
		testTimeout: 3_600_000,
		hookTimeout: 60_000,
	},
});
