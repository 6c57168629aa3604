import { AudioProblem, audioBytes, largestUint32 } from './audioScan';
import type { AudioParser, AudioScan, ByteRange } from './audioScan';

const riffHeaderBytes = 12;
const chunkHeaderBytes = 8;
const formatBytes = 16;
const extensibleFormatBytes = 40;
const pcm = 1;
const ieeeFloat = 3;
const extensible = 0xfffe;
/** Writers that cannot seek leave a size near these ends; no file of ours is that long. */
const unknownSizeFrom = 0x7fff0000;

type WavFormat = Pick<AudioScan, 'encoding' | 'sampleRate' | 'channels'> & {
	readonly bitsPerSample: number;
	/** Of one sample of all channels. */
	readonly blockBytes: number;
};

/** Finds format and samples of a RIFF/WAVE file (PCM and float, WAVE_FORMAT_EXTENSIBLE too), other chunks left out. */
export function createWavParser(): AudioParser {
	let riffBytes = 0;
	let format: WavFormat | undefined;
	let data: { readonly start: number; readonly bytes: number | undefined } | undefined;

	return {
		peekBytes: chunkHeaderBytes + extensibleFormatBytes,
		step(window, at, position) {
			if (position === 0) {
				riffBytes = readRiffHeader(window);
				return riffHeaderBytes;
			}
			// Only the samples count, so whatever follows them may even be broken.
			if (data !== undefined) return Infinity;
			// Chunks begin at even positions.
			if (position % 2 === 1) return 1;
			if (at + chunkHeaderBytes > window.length)
				throw new AudioProblem('broken', 'ends inside a RIFF chunk header');
			const id = window.toString('latin1', at, at + 4);
			const size = window.readUInt32LE(at + 4);
			const body = position + chunkHeaderBytes;
			if (id === 'fmt ') format = readFormat(window.subarray(at + chunkHeaderBytes), size);
			if (id === 'data') {
				const isUnknown = size >= unknownSizeFrom || (size === 0 && isStreamed(riffBytes, body));
				data = { start: body, bytes: isUnknown ? undefined : size };
				if (isUnknown) return Infinity;
			}
			return chunkHeaderBytes + size;
		},
		finish(streamBytes, missingBytes) {
			if (data === undefined || format === undefined) {
				throw new AudioProblem('broken', `is a WAV without ${format ? 'samples' : 'a format'}`);
			}
			const { blockBytes, ...described } = format;
			const bytes = data.bytes ?? streamBytes - data.start;
			if (missingBytes > 0 || bytes % blockBytes !== 0) {
				throw new AudioProblem('broken', 'is a WAV that is cut off inside its samples');
			}
			const audio: ByteRange = [data.start, data.start + bytes];
			return { ...described, samples: bytes / blockBytes, streamBytes, audio: [audio] };
		},
	};
}

function readRiffHeader(window: Buffer): number {
	const id = window.toString('latin1', 0, 4);
	if (id === 'RF64' || id === 'BW64' || id === 'RIFX') {
		throw new AudioProblem('unsupported', `is a WAV of the kind ${id}`);
	}
	if (id !== 'RIFF' || window.toString('latin1', 8, riffHeaderBytes) !== 'WAVE') {
		throw new AudioProblem('broken', 'is no WAV file');
	}
	return window.readUInt32LE(4);
}

/** Whether the RIFF header, too, was written before anything was known: it does not even reach the samples. */
function isStreamed(riffBytes: number, dataStart: number): boolean {
	return riffBytes >= unknownSizeFrom || riffBytes + chunkHeaderBytes <= dataStart;
}

function readFormat(body: Buffer, size: number): WavFormat {
	if (size < formatBytes || body.length < formatBytes) {
		throw new AudioProblem('broken', 'is a WAV whose format cannot be read');
	}
	const tag = body.readUInt16LE(0);
	const isExtensible = tag === extensible && Math.min(size, body.length) >= extensibleFormatBytes;
	// The sub-format is a GUID that begins with the plain format's tag.
	const encoding = encodingOf(isExtensible ? body.readUInt16LE(24) : tag);
	const channels = body.readUInt16LE(2);
	const sampleRate = body.readUInt32LE(4);
	const blockBytes = body.readUInt16LE(12);
	const bitsPerSample = body.readUInt16LE(14);
	if (encoding === undefined) throw new AudioProblem('unsupported', 'is a compressed WAV');
	if (
		channels === 0 ||
		sampleRate === 0 ||
		blockBytes !== channels * Math.ceil(bitsPerSample / 8)
	) {
		throw new AudioProblem('broken', 'is a WAV whose format contradicts itself');
	}
	return { encoding, sampleRate, channels, bitsPerSample, blockBytes };
}

function encodingOf(tag: number): 'pcm' | 'float' | undefined {
	if (tag === pcm) return 'pcm';
	return tag === ieeeFloat ? 'float' : undefined;
}

/** The one RIFF header of the joined file; nothing when its sizes would not fit. */
export function wavHeader(first: AudioScan, scans: readonly AudioScan[]): Buffer | undefined {
	const { encoding, channels, sampleRate, bitsPerSample = 0 } = first;
	const blockBytes = channels * Math.ceil(bitsPerSample / 8);
	const dataBytes = scans.reduce((sum, scan) => sum + audioBytes(scan), 0);
	const headerBytes = riffHeaderBytes + 2 * chunkHeaderBytes + formatBytes;
	const fileBytes = headerBytes + dataBytes + wavTrailer(scans).length;
	if (fileBytes > largestUint32) return undefined;

	const file = Buffer.alloc(headerBytes);
	let at = file.write('RIFF', 0, 'latin1');
	at = file.writeUInt32LE(fileBytes - chunkHeaderBytes, at);
	at += file.write('WAVEfmt ', at, 'latin1');
	at = file.writeUInt32LE(formatBytes, at);
	at = file.writeUInt16LE(encoding === 'float' ? ieeeFloat : pcm, at);
	at = file.writeUInt16LE(channels, at);
	at = file.writeUInt32LE(sampleRate, at);
	at = file.writeUInt32LE(sampleRate * blockBytes, at);
	at = file.writeUInt16LE(blockBytes, at);
	at = file.writeUInt16LE(bitsPerSample, at);
	at += file.write('data', at, 'latin1');
	file.writeUInt32LE(dataBytes, at);
	return file;
}

/** A chunk of odd length is padded to an even one. */
export function wavTrailer(scans: readonly AudioScan[]): Buffer {
	return Buffer.alloc(scans.reduce((sum, scan) => sum + audioBytes(scan), 0) % 2);
}
