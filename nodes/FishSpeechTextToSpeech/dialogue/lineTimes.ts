import type { PartTime } from '../../shared/audio/joinPlan';
import type { ScriptLine } from './readScript';

const MILLISECONDS_PER_SECOND = 1000;

/**
 * When each line is spoken in the joined file, to the millisecond; what a row says of it, without its text. Lines and
 * times are in the same order, one time for each line.
 */
export function timesOfLines(lines: readonly ScriptLine[], times: readonly PartTime[]) {
	return times.flatMap(({ startSeconds, durationSeconds }, index) => {
		const line = lines[index];
		if (line === undefined) return [];
		const endSeconds = rounded(startSeconds + durationSeconds);
		return [{ speaker: line.speaker, startSeconds: rounded(startSeconds), endSeconds }];
	});
}

function rounded(seconds: number): number {
	return Math.round(seconds * MILLISECONDS_PER_SECOND) / MILLISECONDS_PER_SECOND;
}
