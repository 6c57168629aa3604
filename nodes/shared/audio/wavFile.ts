import type { AudioScan } from './audioScan';
import { LARGEST_UINT32, sumOf, type Stretch } from './stretch';
import {
	CHUNK_HEADER_BYTES,
	FORMAT_BYTES,
	IEEE_FLOAT,
	PCM,
	RIFF_HEADER_BYTES,
	blockBytesOf,
} from './wavScan';

/** The one RIFF header of a joined file; `undefined` when its sizes would not fit. */
export function wavHeader(first: AudioScan, stretches: readonly Stretch[]): Buffer | undefined {
	const { encoding, channels, sampleRate, bitsPerSample = 0 } = first;
	const blockBytes = blockBytesOf(first);
	const dataBytes = sumOf(stretches, 'bytes');
	const headerBytes = RIFF_HEADER_BYTES + 2 * CHUNK_HEADER_BYTES + FORMAT_BYTES;
	const fileBytes = headerBytes + dataBytes + wavTrailer(stretches).length;
	if (fileBytes > LARGEST_UINT32) return undefined;

	const file = Buffer.alloc(headerBytes);
	let at = file.write('RIFF', 0, 'latin1');
	at = file.writeUInt32LE(fileBytes - CHUNK_HEADER_BYTES, at);
	at += file.write('WAVEfmt ', at, 'latin1');
	at = file.writeUInt32LE(FORMAT_BYTES, at);
	at = file.writeUInt16LE(encoding === 'float' ? IEEE_FLOAT : PCM, at);
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
export function wavTrailer(stretches: readonly Stretch[]): Buffer {
	return Buffer.alloc(sumOf(stretches, 'bytes') % 2);
}
