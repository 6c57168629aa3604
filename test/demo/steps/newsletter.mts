import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import { playingSeconds, requestsOf, saveFile, showTable, type Cell } from '../results.mts';
import { say } from '../progress.mts';
import type { Step } from '../stage.mts';

const workflow = 'examples/newsletter-to-speech.json';
const speechNode = 'Speak Section';

/** The example workflow as it is: sections of a newsletter become audio files. */
export const newsletter: Step = {
	title: `Newsletter to speech (${workflow})`,

	async run(stage) {
		const { sandbox } = stage;
		say('The service turns the second call away once, so that a retry can be seen.');
		sandbox.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 2 },
			do: { kind: 'status', status: 429, retryAfter: 1 },
		});
		const result = await stage.runFile(workflow, speechNode);

		const rows: Cell[][] = [];
		for (const [item, row] of result.outputOf(speechNode).entries()) {
			const file = await saveFile(stage, row, 'newsletter');
			const seconds = await playingSeconds(file);
			const { voiceId, creditsUsed } = row.json;
			rows.push([
				item,
				String(voiceId),
				`${seconds.toFixed(1)} s`,
				String(creditsUsed ?? ''),
				requestsOf(result, item, '/speech/tts'),
				file.name,
			]);
		}
		showTable(['Item', 'Voice', 'Duration', 'Credits', 'Requests', 'File'], rows);
		const paid = sandbox.control.charges().length;
		if (paid !== rows.length) throw new Error(`${rows.length} files, but ${paid} charges`);
		say(`${rows.length} files, ${paid} charges: the call that was turned away was not paid.`);
	},
};
