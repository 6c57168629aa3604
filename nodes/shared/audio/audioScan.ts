import { z } from 'zod/v4';

import type { ByteParser, ByteScanner } from './byteScanner';

/** Bytes [start, end) of a stream. */
const byteRange = z.tuple([z.number(), z.number()]).readonly();

/** What a scan finds out about a file; plain data, so that it can be kept with the file. */
export const audioScan = z.object({
	format: z.enum(['mp3', 'wav']),
	encoding: z.enum(['mp3', 'pcm', 'float']),
	sampleRate: z.number(),
	channels: z.number(),
	/** WAV only: as many as a sample takes in the file. */
	bitsPerSample: z.number().optional(),
	/** MP3 only; absent when frames differ in it (VBR). */
	bitrateKbps: z.number().optional(),
	/** Samples of one channel in the ranges of `audio`. */
	samples: z.number(),
	/** As a player shows it: without the delay and padding that the encoder says it has added. */
	durationSeconds: z.number(),
	/** Length of the whole file. */
	streamBytes: z.number(),
	/** The audio itself, without headers, tags and garbage. One range unless something stands inside the file. */
	audio: z.array(byteRange).readonly(),
	/** Why it cannot be joined although it can be measured; completes "part 3 …". */
	obstacle: z.string().optional(),
});

export type AudioScan = Readonly<z.infer<typeof audioScan>>;

/** `undefined` where nothing that passed by is MP3 or WAV audio. */
export type AudioScanner = ByteScanner<AudioScan | undefined>;
export type AudioParser = ByteParser<AudioScan | undefined>;

/** Bytes of audio in a file. */
export function audioBytes({ audio }: Pick<AudioScan, 'audio'>): number {
	return audio.reduce((sum, [start, end]) => sum + end - start, 0);
}
