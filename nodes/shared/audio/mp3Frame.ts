import { AudioProblem } from './audioScan';

/** The four bytes that begin each MPEG audio frame, as far as joining needs them (ISO 11172-3 §2.4.1.3, 13818-3). */
export interface Mp3Frame {
	readonly sampleRate: number;
	readonly channels: number;
	readonly bitrateKbps: number;
	/** The header included. */
	readonly bytes: number;
	readonly samples: number;
	/** Of the side information, which stands between header and data. */
	readonly sideBytes: number;
}

export const frameHeaderBytes = 4;

const layer3 = 1;
const mpeg1Kbps = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const mpeg2Kbps = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const mpeg1SampleRates = [44_100, 48_000, 32_000];
/** Version bits → what MPEG-1's sample rates are divided by: MPEG-2.5, reserved, MPEG-2, MPEG-1. */
const rateDivisors = [4, undefined, 2, 1];

/**
 * Reads a frame header, or nothing where none stands.
 *
 * @throws AudioProblem for frames of a kind that is not joined
 */
export function readFrameHeader(word: number): Mp3Frame | undefined {
	if (word >>> 21 !== 0x7ff) return undefined;
	const divisor = rateDivisors[(word >>> 19) & 3];
	const layer = (word >>> 17) & 3;
	const bitrateIndex = (word >>> 12) & 15;
	const baseRate = mpeg1SampleRates[(word >>> 10) & 3];
	if (divisor === undefined || layer === 0 || baseRate === undefined || bitrateIndex === 15) {
		return undefined;
	}
	if (layer !== layer3) throw new AudioProblem('unsupported', 'is MPEG audio, but not Layer III');
	if (bitrateIndex === 0) throw new AudioProblem('unsupported', 'is an MP3 of free-format bitrate');
	const isMono = ((word >>> 6) & 3) === 3;
	return describeFrame(baseRate / divisor, isMono ? 1 : 2, bitrateIndex, (word >>> 9) & 1);
}

/**
 * The smallest frame that holds `payloadBytes` after its side information, preferably of the bitrate given; with its
 * header (no checksum, stereo or mono).
 */
export function frameFor(
	{ sampleRate, channels }: Pick<Mp3Frame, 'sampleRate' | 'channels'>,
	payloadBytes: number,
	preferredKbps?: number,
): { header: number; frame: Mp3Frame } {
	const fitting = mpeg1Kbps
		.map((_, index) => ({ index, frame: describeFrame(sampleRate, channels, index, 0) }))
		.filter(({ frame }) => frame.bytes >= frameHeaderBytes + frame.sideBytes + payloadBytes);
	const chosen = fitting.find(({ frame }) => frame.bitrateKbps === preferredKbps) ?? fitting[0];
	if (chosen === undefined) throw new RangeError('no MP3 frame is that large');
	const divisor = divisorOf(sampleRate);
	const header =
		0xffe00000 |
		(rateDivisors.indexOf(divisor) << 19) |
		(layer3 << 17) |
		(1 << 16) |
		(chosen.index << 12) |
		(mpeg1SampleRates.indexOf(sampleRate * divisor) << 10) |
		(channels === 1 ? 3 << 6 : 0);
	return { header: header >>> 0, frame: chosen.frame };
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
	const bitrateKbps = (isMpeg1 ? mpeg1Kbps : mpeg2Kbps)[bitrateIndex] ?? 0;
	const samples = isMpeg1 ? 1152 : 576;
	const bytes = Math.floor((samples * bitrateKbps * 125) / sampleRate) + paddingBytes;
	const sideBytes = isMpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
	return { sampleRate, channels, bitrateKbps, bytes, samples, sideBytes };
}
