import { expect, it } from 'vitest';
import { timesOfLines } from '../../../nodes/FishSpeechTextToSpeech/dialogue/lineTimes.ts';
import { readScript } from '../../../nodes/FishSpeechTextToSpeech/dialogue/readScript.ts';
import { cuesOfSpeech } from '../../../nodes/shared/text/subtitles/speechCues.ts';
import { encodeMp3 } from '../../support/audio.mts';
import { joinWithPlan } from '../audio/joining.mts';

it('a dialogue says when each line is spoken, in the row and in the subtitles alike', async () => {
	const { lines } = readScript('Anna: Hello Ben.\nBen: Good morning!\nAnna: Shall we begin?');
	const files: Buffer[] = [];
	for (const seconds of [0.9, 1.3, 1.1])
		files.push(await encodeMp3({ bitrate: 48, sampleRate: 24_000, seconds }));
	const { plan } = await joinWithPlan(files, { pauseMs: 300 });
	const times = timesOfLines(lines, plan.times);
	expect(times.map(({ speaker }) => speaker)).toEqual(['Anna', 'Ben', 'Anna']);
	expect(times[0]?.startSeconds).toBe(0);
	expect(times[2]?.endSeconds).toBeCloseTo(plan.durationSeconds, 3);
	for (const [index, { startSeconds }] of times.entries()) {
		const before = times[index - 1];
		// Twelve or thirteen frames of 24 ms.
		if (before !== undefined) expect(startSeconds - before.endSeconds).toBeCloseTo(0.3, 1);
	}
	const cues = cuesOfSpeech(
		lines.map(({ text }, index) => ({
			text,
			startSeconds: plan.times[index]?.startSeconds ?? NaN,
			durationSeconds: plan.times[index]?.durationSeconds ?? NaN,
		})),
	);
	expect(cues.map(({ startMs, endMs }) => [startMs / 1000, endMs / 1000])).toEqual(
		times.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]),
	);
});
