import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { repositoryRoot } from '../support/engine/host.mts';
import { filesOfCurrentHost, remainingTests } from './losses.mts';
import { oldestHostFolder } from './oldestHost.mts';

/** The engine suite once more, on the oldest n8n-core that the README promises. */
export default defineConfig({
	root: repositoryRoot,
	test: {
		name: 'compat',
		environment: 'node',
		include: ['test/engine/**/*.test.mts'],
		exclude: [...filesOfCurrentHost],
		testNamePattern: remainingTests,
		globalSetup: [path.join(import.meta.dirname, 'globalSetup.mts')],
		env: { ENGINE_CORE_FROM: oldestHostFolder },
		pool: 'forks',
		testTimeout: 30_000,
		hookTimeout: 60_000,
	},
});
