import path from 'node:path';
import { defineConfig } from 'vitest/config';

const MINUTE_MS = 60_000;

export default defineConfig({
	root: path.resolve(import.meta.dirname, '../..'),
	test: {
		name: 'queue',
		environment: 'node',
		include: ['test/queue/**/*.queue.test.mts'],
		globalSetup: ['test/queue/globalSetup.mts'],
		// Each file has a cluster of its own, and one has enough processes.
		fileParallelism: false,
		pool: 'forks',
		testTimeout: 3 * MINUTE_MS,
		// Four processes on a machine that may have other work.
		hookTimeout: 6 * MINUTE_MS,
	},
});
