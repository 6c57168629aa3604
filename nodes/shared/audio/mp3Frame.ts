import type { AudioScan } from './audioScan';

/** What the four bytes that begin each Layer III frame say (ISO 11172-3 §2.4.1.3, 13818-3). */
export interface Mp3Frame {
	readonly sampleRate: number;
	readonly channels: number;
	readonly bitrateKbps: number;
	/** The header included. */
	readonly bytes: number;
	readonly samples: number;
	/** Length of the side information between header and data. */
	readonly sideBytes: number;
}

export const FRAME_HEADER_BYTES = 4;
/** 320 kbit/s at 32 kHz, padded. */
export const LARGEST_FRAME_BYTES = 1_441;

const LAYER_3 = 1;
const MPEG1_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const MPEG1_SAMPLE_RATES = [44_100, 48_000, 32_000];
/** Version bits → what MPEG-1's sample rates are divided by: MPEG-2.5, reserved, MPEG-2, MPEG-1. */
const RATE_DIVISORS = [4, undefined, 2, 1];

/** Frames by the ten bits of their header that matter, read once: a file repeats a few of them thousands of times. */
const known = new Array<Mp3Frame | null | undefined>(1024).fill(undefined);

/** Reads a frame header; `undefined` where none stands, or one of Layer I, Layer II or free-format bitrate. */
export function readFrameHeader(word: number): Mp3Frame | undefined {
	if (word >>> 21 !== 0x7ff || ((word >>> 17) & 3) !== LAYER_3) return undefined;
	const isMono = ((word >>> 6) & 3) === 3;
	const key = (((word >>> 19) & 3) << 8) | (((word >>> 9) & 0x7f) << 1) | (isMono ? 1 : 0);
	let frame = known[key];
	if (frame === undefined) {
		frame = describeHeader(word, isMono ? 1 : 2) ?? null;
		known[key] = frame;
	}
	return frame ?? undefined;
}

function describeHeader(word: number, channels: number): Mp3Frame | undefined {
	const divisor = RATE_DIVISORS[(word >>> 19) & 3];
	const bitrateIndex = (word >>> 12) & 15;
	const baseRate = MPEG1_SAMPLE_RATES[(word >>> 10) & 3];
	const isUsable = bitrateIndex > 0 && bitrateIndex < 15;
	if (divisor === undefined || baseRate === undefined || !isUsable) return undefined;
	return describeFrame(baseRate / divisor, channels, bitrateIndex, (word >>> 9) & 1);
}

/**
 * The smallest frame that holds `payloadBytes` after its side information, preferably of the bitrate given. `buffer`
 * holds its header (no checksum, stereo or mono) and zeros, which play nothing.
 */
export function frameFor(
	{ sampleRate, channels, bitrateKbps }: Pick<AudioScan, 'sampleRate' | 'channels' | 'bitrateKbps'>,
	payloadBytes: number,
): { buffer: Buffer; frame: Mp3Frame } {
	const fitting = MPEG1_KBPS.map((_, index) => ({
		index,
		frame: describeFrame(sampleRate, channels, index, 0),
	})).filter(({ frame }) => frame.bytes >= FRAME_HEADER_BYTES + frame.sideBytes + payloadBytes);
	const chosen = fitting.find(({ frame }) => frame.bitrateKbps === bitrateKbps) ?? fitting[0];
	if (chosen === undefined) throw new RangeError('no MP3 frame is that large');
	const divisor = divisorOf(sampleRate);
	const header =
		0xffe00000 |
		(RATE_DIVISORS.indexOf(divisor) << 19) |
		(LAYER_3 << 17) |
		(1 << 16) |
		(chosen.index << 12) |
		(MPEG1_SAMPLE_RATES.indexOf(sampleRate * divisor) << 10) |
		(channels === 1 ? 3 << 6 : 0);
	const buffer = Buffer.alloc(chosen.frame.bytes);
	buffer.writeUInt32BE(header >>> 0);
	return { buffer, frame: chosen.frame };
}

function divisorOf(sampleRate: number): number {
	if (sampleRate >= 32_000) return 1;
	return sampleRate >= 16_000 ? 2 : 4;
}

function describeFrame(
	sampleRate: number,
	channels: number,
	bitrateIndex: number,
	paddingBytes: number,
): Mp3Frame {
	const isMpeg1 = divisorOf(sampleRate) === 1;
	const bitrateKbps = (isMpeg1 ? MPEG1_KBPS : MPEG2_KBPS)[bitrateIndex] ?? 0;
	const samples = isMpeg1 ? 1152 : 576;
	const bytes = Math.floor((samples * bitrateKbps * 125) / sampleRate) + paddingBytes;
	const sideBytes = isMpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
	return { sampleRate, channels, bitrateKbps, bytes, samples, sideBytes };
}
