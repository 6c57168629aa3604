import type { AudioParser, AudioScan } from './audioScan';
import type { ByteWindow } from './byteScanner';

export const RIFF_HEADER_BYTES = 12;
export const CHUNK_HEADER_BYTES = 8;
export const FORMAT_BYTES = 16;
export const PCM = 1;
export const IEEE_FLOAT = 3;
/** PCM of so many bits counts from 0, with silence in the middle; wider PCM is signed. */
export const UNSIGNED_BITS = 8;
const EXTENSIBLE = 0xfffe;
const EXTENSIBLE_FORMAT_BYTES = 40;
const SUB_FORMAT_OFFSET = 24;
const LARGEST_SAMPLE_BYTES = 8;
/** Writers that cannot seek leave a size near these ends; files that long are read to their end as well. */
const UNKNOWN_SIZE_FROM = 0x7fff0000;
const CHUNK_ID = /^[\x20-\x7e]{4}$/;
const ID_BYTES = 4;

type WavFormat = Pick<AudioScan, 'encoding' | 'sampleRate' | 'channels'> & {
	readonly bitsPerSample: number;
};

/**
 * Finds format and samples of a RIFF/WAVE file (PCM and float, WAVE_FORMAT_EXTENSIBLE too), other chunks left out.
 * Sizes in the header are not trusted: samples end where the file ends if it is shorter than they say, and go on
 * where a size cannot be meant or contradicts the file's.
 */
export function createWavParser(): AudioParser {
	let riffEnd = 0;
	let format: WavFormat | undefined;
	let data: { start: number; end: number } | undefined;

	/** Whether the file's size, too, was written before anything was known: it does not even reach the samples. */
	function isStreamed(dataStart: number): boolean {
		return riffEnd === Infinity || riffEnd <= dataStart;
	}

	function readChunk({ bytes, start }: ByteWindow, at: number): number {
		const position = start + at;
		if (position % 2 === 1 && isPadding(bytes, at)) return 1;
		if (at + CHUNK_HEADER_BYTES > bytes.length) return Infinity;
		const id = idAt(bytes, at);
		const size = bytes.readUInt32LE(at + ID_BYTES);
		const body = position + CHUNK_HEADER_BYTES;
		if (id === 'fmt ') format ??= readFormat(bytes.subarray(at + CHUNK_HEADER_BYTES), size);
		if (id === 'data') {
			const isUnknown = size >= UNKNOWN_SIZE_FROM || (size === 0 && isStreamed(body));
			data = { start: body, end: isUnknown ? Infinity : body + size };
		}
		return id === 'data' && data?.end === Infinity ? Infinity : CHUNK_HEADER_BYTES + size;
	}

	/** What follows the samples tells whether their size was right. */
	function readBehind(samples: { end: number }, { bytes, start }: ByteWindow, at: number): void {
		const isPadded = samples.end % 2 === 1 && isPadding(bytes, at);
		const next = isPadded ? at + 1 : at;
		const size = next + CHUNK_HEADER_BYTES > bytes.length ? 0 : bytes.readUInt32LE(next + ID_BYTES);
		const chunkEnd = start + next + CHUNK_HEADER_BYTES + size;
		const isChunk = CHUNK_ID.test(idAt(bytes, next)) && chunkEnd <= riffEnd + 1;
		if (!isChunk && riffEnd > samples.end + 1) samples.end = riffEnd;
	}

	return {
		lookAheadBytes: CHUNK_HEADER_BYTES + EXTENSIBLE_FORMAT_BYTES,
		step(window, at) {
			if (window.start + at === 0) {
				const size = window.bytes.readUInt32LE(ID_BYTES);
				riffEnd = size >= UNKNOWN_SIZE_FROM ? Infinity : CHUNK_HEADER_BYTES + size;
				return RIFF_HEADER_BYTES;
			}
			if (data === undefined) return readChunk(window, at);
			readBehind(data, window, at);
			return Infinity;
		},
		finish(streamBytes) {
			if (data === undefined || format === undefined) return undefined;
			const { start } = data;
			const blockBytes = blockBytesOf(format);
			const bytes = Math.max(0, Math.min(data.end, streamBytes) - start);
			const samples = Math.floor(bytes / blockBytes);
			return {
				format: 'wav',
				...format,
				samples,
				durationSeconds: samples / format.sampleRate,
				streamBytes,
				audio: [[start, start + samples * blockBytes]],
			};
		},
	};
}

/** Bytes of one sample of all channels. */
export function blockBytesOf({
	channels,
	bitsPerSample = 0,
}: Pick<AudioScan, 'channels' | 'bitsPerSample'>): number {
	return (channels * bitsPerSample) / 8;
}

/** Chunks begin at even positions, but some writers leave the padding out. */
function isPadding(bytes: Buffer, at: number): boolean {
	return bytes[at] === 0 || !CHUNK_ID.test(idAt(bytes, at));
}

function idAt(bytes: Buffer, at: number): string {
	return bytes.toString('latin1', at, at + ID_BYTES);
}

/** `undefined` for a compressed format. Where the fields contradict one another, the bits of a sample count. */
function readFormat(body: Buffer, size: number): WavFormat | undefined {
	if (size < FORMAT_BYTES || body.length < FORMAT_BYTES) return undefined;
	const tag = body.readUInt16LE(0);
	const isExtensible = tag === EXTENSIBLE && Math.min(size, body.length) >= EXTENSIBLE_FORMAT_BYTES;
	// The sub-format is a GUID that begins with the plain format's tag.
	const encoding = encodingOf(isExtensible ? body.readUInt16LE(SUB_FORMAT_OFFSET) : tag);
	const channels = body.readUInt16LE(2);
	const sampleRate = body.readUInt32LE(4);
	const byteRate = body.readUInt32LE(8);
	const blockBytes = body.readUInt16LE(12);
	const validBits = body.readUInt16LE(14);
	if (encoding === undefined || channels === 0 || sampleRate === 0 || validBits === 0)
		return undefined;
	const fewestBytes = Math.ceil(validBits / 8);
	const claimedBytes = blockBytes / channels;
	// A sample may lie in more bytes than it needs, at their upper end: to a reader it is one of so many bits.
	const isPadded = Number.isInteger(claimedBytes) && byteRate === sampleRate * blockBytes;
	const sampleBytes = isPadded ? Math.max(claimedBytes, fewestBytes) : fewestBytes;
	if (sampleBytes > LARGEST_SAMPLE_BYTES) return undefined;
	return { encoding, sampleRate, channels, bitsPerSample: sampleBytes * 8 };
}

function encodingOf(tag: number): 'pcm' | 'float' | undefined {
	if (tag === PCM) return 'pcm';
	return tag === IEEE_FLOAT ? 'float' : undefined;
}
