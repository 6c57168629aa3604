import type { AudioScan } from './audioScan';
import { FRAME_HEADER_BYTES, frameFor } from './mp3Frame';
import { LARGEST_UINT32, sumOf, type Stretch } from './stretch';

const TOC_ENTRIES = 100;
/** Tag, flags, frames, bytes, seek table. */
const INFO_BYTES = 16 + TOC_ENTRIES;
/** Where players look for LAME's own fields: left empty, so that they do not read them out of the next frame. */
const ENCODER_FIELD_BYTES = 40;
/** Frame count, byte count and seek table are there. */
const INFO_FLAGS = 7;

/**
 * The one header of a joined file: a silent frame with the exact frame count, byte count and seek table of the whole
 * ("Info" for constant bitrate, "Xing" otherwise), from which players take duration and seek positions.
 * `undefined` when its counts would not fit.
 */
export function mp3Header(
	first: AudioScan,
	isConstantBitrate: boolean,
	stretches: readonly Stretch[],
): Buffer | undefined {
	const payloadBytes = INFO_BYTES + ENCODER_FIELD_BYTES;
	const { buffer, frame } = frameFor(first, payloadBytes);
	const samples = sumOf(stretches, 'samples');
	const bytes = frame.bytes + sumOf(stretches, 'bytes');
	if (bytes > LARGEST_UINT32) return undefined;

	let at = FRAME_HEADER_BYTES + frame.sideBytes;
	at += buffer.write(isConstantBitrate ? 'Info' : 'Xing', at, 'latin1');
	at = buffer.writeUInt32BE(INFO_FLAGS, at);
	at = buffer.writeUInt32BE(samples / frame.samples, at);
	at = buffer.writeUInt32BE(bytes, at);
	seekTable(stretches, frame.bytes).copy(buffer, at);
	return buffer;
}

/** For each hundredth of the duration the 256th of the file it begins in; inside a stretch, bytes are taken as even. */
function seekTable(stretches: readonly Stretch[], headerBytes: number): Buffer {
	const table = Buffer.alloc(TOC_ENTRIES);
	const totalSamples = sumOf(stretches, 'samples');
	const totalBytes = headerBytes + sumOf(stretches, 'bytes');
	const sampleOf = (hundredth: number) => (hundredth / TOC_ENTRIES) * totalSamples;
	let samplesBefore = 0;
	let bytesBefore = headerBytes;
	let entry = 0;
	for (const { samples, bytes } of stretches) {
		for (; entry < TOC_ENTRIES && sampleOf(entry) < samplesBefore + samples; entry += 1) {
			const position = bytesBefore + ((sampleOf(entry) - samplesBefore) / samples) * bytes;
			table[entry] = Math.min(255, Math.floor((position / totalBytes) * 256));
		}
		samplesBefore += samples;
		bytesBefore += bytes;
	}
	return table;
}
