import { AudioJoinError } from './audioJoinError';
import type { AudioJoinReason } from './audioJoinError';

/** Bytes [start, end) of a stream. */
export type ByteRange = readonly [start: number, end: number];

/** What joining needs to know about a part; plain data, so it can be kept with the part. */
export interface AudioScan {
	readonly encoding: 'mp3' | 'pcm' | 'float';
	readonly sampleRate: number;
	readonly channels: number;
	/** WAV only. */
	readonly bitsPerSample?: number;
	/** MP3 only; absent when frames differ in it (VBR). */
	readonly bitrateKbps?: number;
	/** Of one channel. */
	readonly samples: number;
	readonly streamBytes: number;
	/** The audio itself, without headers and tags. One range unless tags stand inside the file. */
	readonly audio: readonly ByteRange[];
}

/** What both formats count in. */
export const largestUint32 = 0xffffffff;

/** Bytes of audio in a part. */
export function audioBytes({ audio }: Pick<AudioScan, 'audio'>): number {
	return audio.reduce((sum, [start, end]) => sum + end - start, 0);
}

/** Reads a part as it passes by. */
export interface AudioScanner {
	/** Takes the next bytes. Never throws: a scan must not spoil the download that it watches. */
	push(chunk: Uint8Array): void;
	/** @throws AudioJoinError when what passed by cannot be joined */
	finish(): AudioScan;
}

/** The part of a scanner that knows a format. */
export interface AudioParser {
	/** How many bytes `step` wants to see ahead; it sees fewer only at the end of the stream. */
	readonly peekBytes: number;
	/**
	 * Reads what begins at `at` in `window` (at `position` in the stream) and returns how many bytes on the next thing
	 * begins; Infinity when nothing after it matters.
	 */
	step(window: Buffer, at: number, position: number): number;
	/** The result, `missingBytes` after the end of the last thing read having not arrived. */
	finish(streamBytes: number, missingBytes: number): AudioScan;
}

/** What a parser throws; the scanner adds the part. */
export class AudioProblem extends Error {
	constructor(
		readonly reason: AudioJoinReason,
		problem: string,
	) {
		super(problem);
	}
}

/** A scanner that hops from one thing to the next and holds no more than the few bytes a parser wants to see ahead. */
export function createScanner(parser: AudioParser, partIndex: number): AudioScanner {
	let rest = Buffer.alloc(0);
	let skip = 0;
	let streamBytes = 0;
	let problem: unknown;

	function read(window: Buffer, isEnd: boolean): void {
		let at = 0;
		const windowStart = streamBytes - window.length;
		while (at < window.length) {
			const hop = Math.min(skip, window.length - at);
			at += hop;
			skip -= hop;
			if (at === window.length) break;
			if (window.length - at < parser.peekBytes && !isEnd) break;
			skip = parser.step(window, at, windowStart + at);
		}
		// Copied, because the chunk belongs to the stream.
		rest = Buffer.from(window.subarray(at));
	}

	function attempt<Result>(work: () => Result): Result | undefined {
		if (problem !== undefined) return undefined;
		try {
			return work();
		} catch (error) {
			problem = error;
			return undefined;
		}
	}

	return {
		push(chunk) {
			streamBytes += chunk.length;
			const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
			attempt(() => read(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]), false));
		},
		finish() {
			const scan = attempt(() => {
				read(rest, true);
				return parser.finish(streamBytes, Number.isFinite(skip) ? skip : 0);
			});
			if (scan !== undefined) return scan;
			if (problem instanceof AudioProblem) {
				throw new AudioJoinError(partIndex, problem.reason, problem.message);
			}
			throw problem;
		},
	};
}
