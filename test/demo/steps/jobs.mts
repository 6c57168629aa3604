import { say } from '../progress.mts';
import { playingSeconds, requestsOf, saveFile, showTable, type Cell } from '../results.mts';
import type { Step } from '../stage.mts';

const workflow = 'test/demo/workflows/jobs.json';
const jobPath = '/speech/tts/jobs';

/** Jobs that take a while, all waited for at the same time, with the account's balance before and after. */
export const jobs: Step = {
	title: 'Jobs, with the balance before and after',

	async run(stage) {
		const result = await stage.runFile(workflow);

		const rows: Cell[][] = [];
		for (const [item, row] of result.outputOf('Create Job').entries()) {
			const file = await saveFile(stage, row, 'jobs');
			const { jobId, state, voiceId, creditsUsed } = row.json;
			rows.push([
				item,
				`${String(jobId)} ${String(state)}`,
				String(voiceId),
				`${(await playingSeconds(file)).toFixed(1)} s`,
				String(creditsUsed ?? ''),
				requestsOf(result, item, jobPath) + requestsOf(result, item, `${jobPath}/{id}`),
				file.name,
			]);
		}
		showTable(['Item', 'Job', 'Voice', 'Duration', 'Credits', 'Requests', 'File'], rows);

		const [before, after] = ['Balance Before', 'Balance After'].map((node) =>
			Number(result.outputOf(node)[0]?.json['apiQuotaRemaining']),
		);
		say(`API quota before: ${before}, after: ${after}.`);
	},
};
