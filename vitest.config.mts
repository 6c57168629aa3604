import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

/** The same chance for every push, so that a red run is about its change; the nightly run has another one each time. */
const seed = process.env['FAULTS_SEED'] ?? '20261127';

/** What would take for ever fails; what a busy machine delays does not. */
const PATIENCE_MS = 120_000;
/** A poll ends as soon as its condition holds: the limit is for what never comes. */
const POLLS = { poll: { timeout: 20_000 } };

const shared = { environment: 'node' as const, env: { FAULTS_SEED: seed } };

export default defineConfig({
	test: {
		// By default, one core is left idle for the main process, which has next to nothing to do.
		maxWorkers: availableParallelism(),
		projects: [
			{
				// Its ES modules are no valid ones for Node, which would have vitest transform a hundred files.
				resolve: { alias: { 'n8n-workflow': require.resolve('n8n-workflow') } },
				test: {
					...shared,
					name: 'unit',
					setupFiles: ['test/support/propertySeed.mts'],
					include: ['test/unit/**/*.test.mts', 'test/sandbox/**/*.test.mts'],
					testTimeout: PATIENCE_MS,
					expect: POLLS,
				},
			},
			// npm and ESLint take their time over the whole package.
			{
				test: {
					...shared,
					name: 'verify',
					include: ['test/verify/**/*.test.mts'],
					// Under "test", n8n's lint rules take every file for one of their own fixtures.
					env: { ...shared.env, NODE_ENV: 'production' },
					testTimeout: 120_000,
					hookTimeout: 60_000,
				},
			},
			{
				test: {
					...shared,
					name: 'engine',
					include: [
						'test/engine/**/*.test.mts',
						'test/support/**/*.test.mts',
						'test/faults/*.test.mts',
						'test/live/**/*.test.mts',
					],
					// n8n-core is CommonJS with process-wide containers: one process per file keeps them apart.
					pool: 'forks',
					testTimeout: PATIENCE_MS,
					hookTimeout: PATIENCE_MS,
					expect: POLLS,
				},
			},
		],
	},
});
