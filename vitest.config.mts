import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

const shared = { environment: 'node' as const };

export default defineConfig({
	test: {
		projects: [
			{
				// Its ES modules are no valid ones for Node, which would have vitest transform a hundred files.
				resolve: { alias: { 'n8n-workflow': require.resolve('n8n-workflow') } },
				test: {
					...shared,
					name: 'unit',
					include: ['test/unit/**/*.test.mts', 'test/sandbox/**/*.test.mts'],
				},
			},
			// npm and ESLint take their time over the whole package.
			{
				test: {
					...shared,
					name: 'verify',
					include: ['test/verify/**/*.test.mts'],
					// Under "test", n8n's lint rules take every file for one of their own fixtures.
					env: { NODE_ENV: 'production' },
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
					],
					// n8n-core is CommonJS with process-wide containers: one process per file keeps them apart.
					pool: 'forks',
					testTimeout: 30_000,
					hookTimeout: 60_000,
				},
			},
		],
	},
});
