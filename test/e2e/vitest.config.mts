import path from 'node:path';
import { defineConfig } from 'vitest/config';

const MINUTE_MS = 60_000;

export default defineConfig({
	root: path.resolve(import.meta.dirname, '../..'),
	test: {
		name: 'e2e',
		environment: 'node',
		// Those of `nightly` have a configuration of their own.
		include: ['test/e2e/*.e2e.test.mts'],
		globalSetup: ['test/e2e/global-setup.mts'],
		// Each file has an n8n of its own, and two at a time take longer than one after the other.
		fileParallelism: false,
		pool: 'forks',
		// Longer than what each step may take on a machine that has other work.
		testTimeout: 3 * MINUTE_MS,
		// Chromium may have to be installed in one.
		hookTimeout: 10 * MINUTE_MS,
	},
});
