import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { makeClip } from '../../sandbox/server.mts';
import { say } from '../progress.mts';
import { playingSeconds, saveFile, showTable, type SavedFile } from '../results.mts';
import type { Step } from '../stage.mts';

const workflow = 'test/demo/workflows/dubbing.json';
const folder = 'dubbing';

/** A line is spoken, transcribed with subtitles, and put into the mouth of somebody on a video. */
export const dubbing: Step = {
	title: 'Speech, transcript with subtitles, and a lip-synced video',

	async run(stage) {
		const bytes = await makeClip({ durationSeconds: 6 });
		const { control } = stage.sandbox;
		const clip = { bytes, mimeType: 'video/mp4', extension: 'mp4' };
		const videoUrl = await control.publishFile(clip);
		const result = await stage.runFile(workflow, undefined, { videoUrl });

		const [speech] = result.outputOf('Speak');
		const [transcript] = result.outputOf('Transcribe');
		const [dubbed] = result.outputOf('Lip Sync');
		const audio = await saveFile(stage, speech, folder);
		const subtitles = await saveFile(stage, transcript, folder, 'subtitles');
		const video = await saveFile(stage, dubbed, folder);

		say(`Heard: ${String(transcript?.json['text'])}`);
		showTable(
			['File', 'What it is'],
			[
				[audio.name, `${(await playingSeconds(audio)).toFixed(1)} s of speech`],
				[subtitles.name, `${subtitles.bytes.toString('utf8').split(' --> ').length - 1} cues`],
				[video.name, await tracksOf(video)],
			],
		);
	},
};

/** Names the tracks of a video; throws when a player would find none. */
async function tracksOf({ name, bytes }: SavedFile): Promise<string> {
	const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
	const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
	if (video === null || audio === null) throw new Error(`${name} cannot be played`);
	const seconds = (await input.computeDuration()).toFixed(1);
	return `${seconds} s of ${await video.getCodec()} video with ${await audio.getCodec()} sound`;
}
