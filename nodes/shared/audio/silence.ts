import type { AudioScan } from './audioScan';
import { frameFor } from './mp3Frame';
import type { Stretch } from './stretch';
import { UNSIGNED_BITS, blockBytesOf } from './wavScan';

/** Silence in the layout of a file, to be put between frames or samples. */
export interface Silence extends Stretch {
	/** The bytes, in pieces that may be the same memory again and again. */
	chunks(): Iterable<Buffer>;
}

const CHUNK_BYTES = 65_536;
const MIDDLE_OF_UNSIGNED = 0x80;

/**
 * As near to `ms` as the layout of the scanned file allows: to a sample in a WAV, to a frame in an MP3, of which 0 ms
 * alone gives none.
 */
export function silence(scan: AudioScan, ms: number): Silence {
	const { unit, unitSamples } = scan.format === 'mp3' ? mp3Unit(scan) : wavUnit(scan);
	const wanted = (ms * scan.sampleRate) / 1000 / unitSamples;
	const units = ms > 0 ? Math.max(1, Math.round(wanted)) : 0;
	return {
		samples: units * unitSamples,
		bytes: units * unit.length,
		chunks: () => repeat(unit, units),
	};
}

/** A frame that plays nothing and takes nothing from the frames before it: zeros after the header. */
function mp3Unit(scan: AudioScan): { unit: Buffer; unitSamples: number } {
	const { buffer, frame } = frameFor(scan, 0);
	return { unit: buffer, unitSamples: frame.samples };
}

function wavUnit(scan: AudioScan): { unit: Buffer; unitSamples: number } {
	const isUnsigned = scan.encoding === 'pcm' && scan.bitsPerSample === UNSIGNED_BITS;
	const unit = Buffer.alloc(blockBytesOf(scan), isUnsigned ? MIDDLE_OF_UNSIGNED : 0);
	return { unit, unitSamples: 1 };
}

function* repeat(unit: Buffer, units: number): Generator<Buffer> {
	const unitsPerChunk = Math.max(1, Math.floor(CHUNK_BYTES / unit.length));
	const chunk = Buffer.alloc(Math.min(units, unitsPerChunk) * unit.length, unit);
	for (let left = units; left > 0; left -= unitsPerChunk)
		yield left >= unitsPerChunk ? chunk : chunk.subarray(0, left * unit.length);
}
