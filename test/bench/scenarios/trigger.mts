import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import { startLab } from '../../support/lab/lab.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';

const JOBS = 10_000;
const POLLS = 20;

/** What a poll costs that finds nothing new in a long list. */
export const trigger: Scenario = {
	name: 'trigger',
	run: async (): Promise<Figure[]> => {
		const lab = await startLab();
		try {
			lab.control.addOldLipSyncJobs(JOBS);
			const finished = lab.trigger({ event: 'lipSyncJobFinished' });
			await finished.activate();
			const requests = () =>
				lab.control.requests(ENDPOINTS.listLipSyncJobs).length +
				lab.control.requests(ENDPOINTS.getLipSyncJob).length;
			const counts: number[] = [];
			const startedMs = performance.now();
			for (let poll = 0; poll < POLLS; poll++) {
				const before = requests();
				await finished.poll();
				counts.push(requests() - before);
			}
			return [
				{
					name: `requests of a poll over ${JOBS} jobs of which none is new, worst`,
					value: Math.max(...counts),
					unit: '',
					limit: { atMost: 2 },
					beside: { polls: POLLS, 'ms/poll': (performance.now() - startedMs) / POLLS },
				},
			];
		} finally {
			await lab.close();
		}
	},
};
