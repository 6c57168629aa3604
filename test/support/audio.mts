import { MPEGDecoder } from 'mpg123-decoder';
import { parseBuffer } from 'music-metadata';
import { createMp3Encoder } from 'wasm-media-encoders';

/** Real audio for tests: made by LAME, read back by mpg123 and music-metadata. */

type Encoder = Awaited<ReturnType<typeof createMp3Encoder>>;
type Mp3Encoding = Parameters<Encoder['configure']>[0];

export type SampleRate = NonNullable<Mp3Encoding['outputSampleRate']>;

export interface ToneOptions {
	readonly sampleRate?: SampleRate;
	readonly channels?: 1 | 2;
	readonly seconds?: number;
	readonly frequencyHz?: number;
}

export interface Mp3Options extends ToneOptions {
	/** Constant bitrate; variable without it. */
	readonly bitrate?: NonNullable<Mp3Encoding['bitrate']>;
}

/** A tone that swells, so that a variable bitrate varies; one array for each channel. */
export function tone(options: ToneOptions = {}): Float32Array[] {
	const { sampleRate = 44_100, channels = 1, seconds = 0.5, frequencyHz = 440 } = options;
	const samples = new Float32Array(Math.round(sampleRate * seconds)).map((_, index) => {
		const time = index / sampleRate;
		const overtone = 0.3 * Math.sin(2 * Math.PI * frequencyHz * 3.7 * time * (1 + time));
		return (
			(0.5 * Math.sin(2 * Math.PI * frequencyHz * time) + overtone) * Math.sin(Math.PI * time) ** 2
		);
	});
	return Array.from({ length: channels }, () => samples);
}

let encoder: Promise<Encoder> | undefined;

/** A tone as LAME encodes it: frames only, no tags and no Xing header. */
export async function encodeMp3({ bitrate, ...options }: Mp3Options = {}): Promise<Buffer> {
	encoder ??= createMp3Encoder();
	const lame = await encoder;
	const { sampleRate = 44_100, channels = 1 } = options;
	lame.configure({
		sampleRate,
		outputSampleRate: sampleRate,
		channels,
		...(bitrate === undefined ? { vbrQuality: 4 } : { bitrate }),
	});
	// The encoder owns what it returns.
	const body = Buffer.from(lame.encode(tone(options)));
	return Buffer.concat([body, Buffer.from(lame.finalize())]);
}

export interface DecodedMp3 {
	readonly sampleRate: number;
	readonly channels: readonly Float32Array[];
	readonly samples: number;
	readonly problems: readonly string[];
}

/** What a player would play; without trimming of encoder delay unless it is to be `gapless`. */
export async function decodeMp3(file: Uint8Array, { gapless = false } = {}): Promise<DecodedMp3> {
	const decoder = new MPEGDecoder({ enableGapless: gapless });
	await decoder.ready;
	try {
		const { channelData, samplesDecoded, sampleRate, errors } = decoder.decode(file);
		return {
			sampleRate,
			channels: channelData,
			samples: samplesDecoded,
			problems: errors.map(({ message }) => message),
		};
	} finally {
		decoder.free();
	}
}

/** The duration a parser finds; from the headers alone, or by counting frames. */
export async function parsedSeconds(
	file: Uint8Array,
	mimeType: 'audio/mpeg' | 'audio/wav',
	counting: 'headers' | 'frames' = 'headers',
): Promise<number> {
	const { format } = await parseBuffer(file, mimeType, { duration: counting === 'frames' });
	return format.duration ?? NaN;
}

export interface LameTag {
	readonly frames: number;
	readonly delaySamples: number;
	readonly paddingSamples: number;
	/** Nine characters, e.g. of LAME or Lavc. */
	readonly encoder?: string;
}

/** The silent frame that encoders put first: "Xing" or "Info", a frame count, and their own fields behind them. */
export function infoFrame(
	firstFrame: Uint8Array,
	{ frames, delaySamples, paddingSamples, encoder = 'LAME3.100' }: LameTag,
	{ id = 'Info', hasToc = true } = {},
): Buffer {
	const isMpeg1 = ((firstFrame[1] ?? 0) & 8) !== 0;
	const isMono = (firstFrame[3] ?? 0) >> 6 === 3;
	const header = Buffer.from(firstFrame.subarray(0, 4));
	// Without a checksum, and 128 kbit/s (MPEG-2: 80) to have room at any sample rate.
	header.writeUInt8(header.readUInt8(1) | 1, 1);
	header.writeUInt8((header.readUInt8(2) & 0x0d) | 0x90, 2);
	const rates = [44_100, 48_000, 32_000];
	const divisor = isMpeg1 ? 1 : ((firstFrame[1] ?? 0) & 16) !== 0 ? 2 : 4;
	const sampleRate = (rates[((firstFrame[2] ?? 0) >> 2) & 3] ?? NaN) / divisor;
	const bytes = Math.floor(((isMpeg1 ? 144 * 128 : 72 * 80) * 1000) / sampleRate);
	const frame = Buffer.alloc(bytes);
	header.copy(frame);
	let at = 4 + (isMpeg1 ? (isMono ? 17 : 32) : isMono ? 9 : 17);
	at += frame.write(id, at, 'latin1');
	at = frame.writeUInt32BE(hasToc ? 5 : 1, at);
	at = frame.writeUInt32BE(frames, at);
	if (hasToc) at += 100;
	frame.write(encoder, at, 'latin1');
	frame.writeUIntBE(delaySamples * 4096 + paddingSamples, at + 21, 3);
	return frame;
}

/** An ID3v2.3 tag with a picture, whose bytes hold what looks like the beginning of a frame. */
export function id3v2Picture(pictureBytes: number): Buffer {
	const picture = Buffer.alloc(pictureBytes, Buffer.from([0xff, 0xfb, 0x90, 0x64, 0x00]));
	const body = Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), picture]);
	const size = Buffer.alloc(4);
	size.writeUInt32BE(body.length);
	const frame = Buffer.concat([Buffer.from('APIC'), size, Buffer.alloc(2), body]);
	return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), syncSafe(frame.length), frame]);
}

/** An ID3v2.4 tag with one text frame, and a footer if wanted. */
export function id3v2(title: string, { footer = false } = {}): Buffer {
	const text = Buffer.concat([Buffer.from([3]), Buffer.from(title, 'utf8')]);
	const frame = Buffer.concat([Buffer.from('TIT2'), syncSafe(text.length), Buffer.alloc(2), text]);
	const flags = footer ? 0x10 : 0;
	const headed = (id: string) =>
		Buffer.concat([Buffer.from(id), Buffer.from([4, 0, flags]), syncSafe(frame.length)]);
	return Buffer.concat([headed('ID3'), frame, ...(footer ? [headed('3DI')] : [])]);
}

function syncSafe(size: number): Buffer {
	return Buffer.from([21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f));
}

export function id3v1(title: string): Buffer {
	const tag = Buffer.alloc(128);
	tag.write(`TAG${title}`, 'latin1');
	return tag;
}

/** An APEv2 tag with header and footer, as it stands at the end of MP3 files. */
export function apeTag(title: string): Buffer {
	const value = Buffer.from(title, 'utf8');
	const item = Buffer.concat([uint32(value.length), uint32(0), Buffer.from('Title\0'), value]);
	const headed = (flags: number) =>
		Buffer.concat([
			Buffer.from('APETAGEX'),
			...[2000, item.length + 32, 1, flags].map(uint32),
			Buffer.alloc(8),
		]);
	return Buffer.concat([headed(0xa0000000), item, headed(0x80000000)]);
}

function uint32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
}

export interface WavOptions {
	readonly sampleRate?: number;
	readonly channels?: number;
	readonly bitsPerSample?: number;
	/** 1 = PCM, 3 = float. */
	readonly formatTag?: number;
	readonly extensible?: boolean;
	/** Chunks before the samples. */
	readonly before?: readonly Buffer[];
	/** Chunks after the samples. */
	readonly after?: readonly Buffer[];
	/** What the headers say, where that is not the truth. */
	readonly dataSize?: number;
	readonly riffSize?: number;
}

/** A WAV file around the bytes of its samples. */
export function wavFile(samples: Uint8Array, options: WavOptions = {}): Buffer {
	const { sampleRate = 16_000, channels = 1, bitsPerSample = 16, formatTag = 1 } = options;
	const { extensible = false, before = [], after = [], dataSize, riffSize } = options;
	const blockBytes = (channels * bitsPerSample) / 8;
	const format = Buffer.alloc(extensible ? 40 : 16);
	format.writeUInt16LE(extensible ? 0xfffe : formatTag, 0);
	format.writeUInt16LE(channels, 2);
	format.writeUInt32LE(sampleRate, 4);
	format.writeUInt32LE(sampleRate * blockBytes, 8);
	format.writeUInt16LE(blockBytes, 12);
	format.writeUInt16LE(bitsPerSample, 14);
	if (extensible) {
		format.writeUInt16LE(22, 16);
		format.writeUInt16LE(bitsPerSample, 18);
		format.writeUInt16LE(formatTag, 24);
		Buffer.from('000000001000800000aa00389b71', 'hex').copy(format, 26);
	}
	const chunks = [
		wavChunk('fmt ', format),
		...before,
		wavChunk('data', samples, dataSize),
		...after,
	];
	const body = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
	return Buffer.concat([Buffer.from('RIFF'), uint32(riffSize ?? body.length), body]);
}

/** A RIFF chunk, padded to an even length. */
export function wavChunk(id: string, body: Uint8Array, size = body.length): Buffer {
	return Buffer.concat([Buffer.from(id), uint32(size), body, Buffer.alloc(body.length % 2)]);
}

/** The tone as 16-bit samples, channels interleaved. */
export function tonePcm(options: ToneOptions = {}): Buffer {
	const channels = tone(options);
	const samples = channels[0]?.length ?? 0;
	const bytes = Buffer.alloc(samples * channels.length * 2);
	for (let sample = 0; sample < samples; sample += 1) {
		channels.forEach((values, channel) => {
			const offset = (sample * channels.length + channel) * 2;
			bytes.writeInt16LE(Math.round((values[sample] ?? 0) * 0x7fff), offset);
		});
	}
	return bytes;
}

/** The bytes as a stream gives them: in chunks of the sizes listed, over and over. */
export async function* inChunks(
	bytes: Uint8Array,
	sizes: readonly number[] = [65_536],
): AsyncGenerator<Uint8Array> {
	let position = 0;
	for (let index = 0; position < bytes.length; index += 1) {
		const size = Math.max(1, sizes[index % sizes.length] ?? 1);
		yield bytes.subarray(position, position + size);
		position += size;
	}
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of stream) chunks.push(chunk);
	return Buffer.concat(chunks);
}
