import { createByteScanner, type ByteParser, type ByteScanner } from './byteScanner';
import { createMp3Parser } from './mp3Scan';
import { createWavParser } from './wavScan';

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

/** How files of other kinds begin. An MP3 may begin with anything, so what is known must be ruled out. */
const OTHER_BEGINNINGS = [
	'OggS',
	'fLaC',
	'FORM',
	'caff',
	'RIFF',
	'RIFX',
	'RF64',
	'BW64',
	'#!AMR',
	'\x1aE\xdf\xa3',
];
const MP4_BRAND_OFFSET = 4;
const SIGNATURE_BYTES = 12;

/**
 * Scans MP3 and WAV, told apart by their bytes, since what arrives is not always what was asked for. Time grows with
 * the bytes alone, memory is bounded, whatever is sent.
 */
export function createAudioScanner(): AudioScanner {
	const mp3 = createMp3Parser();
	let parser: AudioParser | undefined;
	return createByteScanner({
		lookAheadBytes: mp3.lookAheadBytes,
		step(window, at) {
			if (at + window.start === 0) parser = parserFor(window.bytes, mp3);
			return parser === undefined ? Infinity : parser.step(window, at);
		},
		finish: (streamBytes) => parser?.finish(streamBytes),
	});
}

function parserFor(bytes: Buffer, mp3: AudioParser): AudioParser | undefined {
	const signature = bytes.toString('latin1', 0, SIGNATURE_BYTES);
	if (/^RIFF[^]{4}WAVE/.test(signature)) return createWavParser();
	const isOther =
		OTHER_BEGINNINGS.some((beginning) => signature.startsWith(beginning)) ||
		signature.startsWith('ftyp', MP4_BRAND_OFFSET);
	return isOther ? undefined : mp3;
}
