import { runInChild } from '../child.mts';
import { interleaved, median } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';

const MIB = 1024 ** 2;

/** Resident memory of a process before its batch, and the most it had during it. */
export interface MemoryReport {
	readonly beforeBytes: number;
	readonly peakBytes: number;
}

export const memory: Scenario = {
	name: 'memory',
	run: async ({ rounds }): Promise<Figure[]> => {
		const growthMib = async (contender: 'ours' | 'helper') => {
			const report = await runInChild<MemoryReport>('memoryProbe.mts', [contender]);
			return (report.peakBytes - report.beforeBytes) / MIB;
		};
		const { ours, helper } = await interleaved(rounds, {
			ours: async () => await growthMib('ours'),
			helper: async () => await growthMib('helper'),
		});
		return [
			{
				name: 'peak RSS growth, 60 files of 20 MiB at concurrency 5',
				value: median(ours),
				unit: 'MiB',
				limit: { atMost: 64 },
				beside: {
					'worst MiB': Math.max(...ours),
					'helper and arraybuffer, one at a time MiB': median(helper),
				},
			},
		];
	},
};
