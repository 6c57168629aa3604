import { createAudioScanner } from './audioScan';
import type { ByteScanner } from './byteScanner';

/** Takes a file's bytes as they are stored; `finish` gives its duration in seconds. */
export type DurationMeter = ByteScanner<number | undefined>;

/** Measures MP3 by its frames and WAV by its format and size; `undefined` for everything else. */
export function durationMeter(): DurationMeter {
	const scanner = createAudioScanner();
	return {
		push: (chunk) => scanner.push(chunk),
		finish: () => scanner.finish()?.durationSeconds,
	};
}
