import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../support/engine/host.mts';
import { interleaved, medianOf, median } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';

interface LoadingReport {
	/** What every n8n has loaded already: n8n-workflow and zod. */
	readonly hostMs: number;
	readonly packageMs: number;
	readonly rssMib: number;
	readonly heapMib: number;
	readonly loadsUndici: boolean;
	readonly modules: number;
}

export const loading: Scenario = {
	name: 'loading',
	run: async ({ rounds }): Promise<Figure[]> => {
		// A process costs little here, and a single one says little.
		const { loads } = await interleaved(rounds * 4, { loads: loadInFreshProcess });
		return [
			{
				name: 'all nodes and the credential, of n8n-workflow and zod, which n8n has loaded before',
				value: medianOf(loads, ({ packageMs, hostMs }) => packageMs / hostMs),
				unit: '×',
				limit: { atMost: 0.3 },
				beside: {
					'package ms': medianOf(loads, ({ packageMs }) => packageMs),
					'n8n-workflow and zod ms': medianOf(loads, ({ hostMs }) => hostMs),
					modules: median(loads.map(({ modules }) => modules)),
				},
			},
			{
				name: 'resident memory for the same',
				value: medianOf(loads, ({ rssMib }) => rssMib),
				unit: 'MiB',
				limit: { atMost: 8 },
				beside: { 'heap MiB': medianOf(loads, ({ heapMib }) => heapMib) },
			},
			{
				name: 'processes that loaded undici with the nodes',
				value: loads.filter(({ loadsUndici }) => loadsUndici).length,
				unit: '',
				limit: { atMost: 0 },
				beside: { of: loads.length },
			},
		];
	},
};

/** In plain Node, because a loader for TypeScript would be measured too. */
async function loadInFreshProcess(): Promise<LoadingReport> {
	const probe = path.join(import.meta.dirname, '..', 'loadingProbe.cjs');
	const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', probe], {
		cwd: repositoryRoot,
	});
	return JSON.parse(stdout) as LoadingReport;
}
