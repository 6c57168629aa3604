import { say } from '../progress.mts';
import { playingSeconds, requestsOf, saveFile, showTable } from '../results.mts';
import type { Step } from '../stage.mts';

const workflow = 'test/demo/workflows/dialogue.json';
const folder = 'dialogue';

/** A script in two voices, joined into one file, with its subtitles. */
export const dialogue: Step = {
	title: 'A dialogue in two voices, with subtitles',

	async run(stage) {
		const result = await stage.runFile(workflow);
		const [row] = result.outputOf('Speak Dialogue');
		const audio = await saveFile(stage, row, folder);
		const subtitles = await saveFile(stage, row, folder, 'subtitles');
		const { lines, creditsUsed } = row?.json ?? {};
		showTable(
			['Lines', 'Duration', 'Credits', 'Requests', 'File', 'Subtitles'],
			[
				[
					String(lines),
					`${(await playingSeconds(audio)).toFixed(1)} s`,
					String(creditsUsed ?? ''),
					requestsOf(result, 0, '/speech/tts'),
					audio.name,
					subtitles.name,
				],
			],
		);
		say(subtitles.bytes.toString('utf8').trimEnd());
	},
};
