import { defineConfig } from 'vitest/config';

const shared = { environment: 'node' as const };

export default defineConfig({
	test: {
		projects: [
			{ test: { ...shared, name: 'unit', include: ['test/unit/**/*.test.mts', 'test/sandbox/**/*.test.mts'] } },
			{
				test: {
					...shared,
					name: 'engine',
					include: ['test/engine/**/*.test.mts'],
					// n8n-core is CommonJS with process-wide containers: one process per file keeps them apart.
					pool: 'forks',
					testTimeout: 30_000,
					hookTimeout: 60_000,
				},
			},
		],
	},
});
