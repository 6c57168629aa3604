import type { ByteParser, ByteScanner } from './byteScanner';

/** Bytes [start, end) of a stream. */
export type ByteRange = readonly [start: number, end: number];

/** What a scan finds out about a file; plain data, so that it can be kept with the file. */
export interface AudioScan {
	readonly format: 'mp3' | 'wav';
	readonly encoding: 'mp3' | 'pcm' | 'float';
	readonly sampleRate: number;
	readonly channels: number;
	/** WAV only: as many as a sample takes in the file. */
	readonly bitsPerSample?: number;
	/** MP3 only; absent when frames differ in it (VBR). */
	readonly bitrateKbps?: number;
	/** Samples of one channel in the ranges of `audio`. */
	readonly samples: number;
	/** As a player shows it: without the delay and padding that the encoder says it has added. */
	readonly durationSeconds: number;
	/** Length of the whole file. */
	readonly streamBytes: number;
	/** The audio itself, without headers, tags and garbage. One range unless something stands inside the file. */
	readonly audio: readonly ByteRange[];
	/** Why it cannot be joined although it can be measured; completes "part 3 …". */
	readonly obstacle?: string;
}

/** `undefined` where nothing that passed by is MP3 or WAV audio. */
export type AudioScanner = ByteScanner<AudioScan | undefined>;
export type AudioParser = ByteParser<AudioScan | undefined>;

/** Bytes of audio in a file. */
export function audioBytes({ audio }: Pick<AudioScan, 'audio'>): number {
	return audio.reduce((sum, [start, end]) => sum + end - start, 0);
}
