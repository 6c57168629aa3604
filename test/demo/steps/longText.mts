import { say } from '../progress.mts';
import { playingSeconds, requestsOf, saveFile, showTable } from '../results.mts';
import type { Step } from '../stage.mts';

const workflow = 'test/demo/workflows/long-text.json';

/** A text that is cut, spoken in parts and joined into one file. */
export const longText: Step = {
	title: 'A long text as one file',

	async run(stage) {
		const result = await stage.runFile(workflow);
		const [row] = result.outputOf('Speak in Parts');
		const file = await saveFile(stage, row, 'long-text');
		const { characters, parts, creditsUsed } = row?.json ?? {};
		const seconds = `${(await playingSeconds(file)).toFixed(1)} s`;
		showTable(
			['Characters', 'Parts', 'Duration', 'Credits', 'Requests', 'File'],
			[
				[
					String(characters),
					String(parts),
					seconds,
					String(creditsUsed ?? ''),
					requestsOf(result, 0, '/speech/tts'),
					file.name,
				],
			],
		);
		say('Cut at paragraphs and sentences; joined frame by frame, with one header.');
	},
};
