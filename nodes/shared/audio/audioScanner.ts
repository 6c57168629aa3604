import type { AudioParser, AudioScanner } from './audioScan';
import { createByteScanner } from './byteScanner';
import { createMp3Parser } from './mp3Scan';
import { createWavParser } from './wavScan';

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
