import { AudioProblem, audioBytes, largestUint32 } from './audioScan';
import type { AudioParser, AudioScan } from './audioScan';
import { frameFor, frameHeaderBytes, readFrameHeader } from './mp3Frame';
import type { Mp3Frame } from './mp3Frame';

const id3v1Bytes = 128;
const id3v2HeaderBytes = 10;
const apeHeaderBytes = 32;
const syncByte = 0xff;
const [xing, info, vbri] = ['Xing', 'Info', 'VBRI'].map((id) => Buffer.from(id).readUInt32BE(0));
const idBytes = 4;
const vbriOffset = 36;
const checksumBytes = 2;
const tocEntries = 100;
/** Tag, flags, frames, bytes, TOC. */
const infoBytes = 16 + tocEntries;
/** Where players look for LAME's own fields: left empty, so that they do not read them out of the next frame. */
const encoderFieldBytes = 40;
/** Frame count, byte count and TOC are there. */
const infoFlags = 7;

/** Finds the Layer III frames of an MP3, and leaves out ID3, APE tags and frames that hold only a Xing, Info or VBRI header. */
export function createMp3Parser(): AudioParser {
	const audio: Array<[start: number, end: number]> = [];
	let first: Mp3Frame | undefined;
	let isConstantBitrate = true;
	let samples = 0;
	let endsInFrame = false;

	function takeFrame(frame: Mp3Frame, position: number): void {
		if (first === undefined) first = frame;
		if (frame.sampleRate !== first.sampleRate || frame.channels !== first.channels) {
			throw new AudioProblem('unsupported', 'changes its sample rate or channels on the way');
		}
		isConstantBitrate &&= frame.bitrateKbps === first.bitrateKbps;
		samples += frame.samples;
		const last = audio.at(-1);
		if (last !== undefined && last[1] === position) last[1] += frame.bytes;
		else audio.push([position, position + frame.bytes]);
	}

	return {
		peekBytes: vbriOffset + checksumBytes + idBytes,
		step(window, at, position) {
			const tag = tagBytes(window, at);
			endsInFrame = tag === undefined;
			if (tag !== undefined) return tag;
			const frame =
				at + frameHeaderBytes > window.length
					? undefined
					: readFrameHeader(window.readUInt32BE(at));
			if (frame === undefined) {
				throw new AudioProblem(
					'broken',
					`has no MP3 frame at byte ${position} where one must begin`,
				);
			}
			if (!isInfoFrame(frame, window, at)) takeFrame(frame, position);
			return frame.bytes;
		},
		finish(streamBytes, missingBytes) {
			if (missingBytes > 0) {
				throw new AudioProblem(
					'broken',
					`is cut off inside its last ${endsInFrame ? 'MP3 frame' : 'tag'}`,
				);
			}
			if (first === undefined) throw new AudioProblem('broken', 'holds no MP3 frame');
			return {
				encoding: 'mp3',
				sampleRate: first.sampleRate,
				channels: first.channels,
				...(isConstantBitrate && { bitrateKbps: first.bitrateKbps }),
				samples,
				streamBytes,
				audio,
			};
		},
	};
}

/** Length of the tag at `at`; nothing when there is none. */
function tagBytes(window: Buffer, at: number): number | undefined {
	if (window[at] === syncByte) return undefined;
	const id = window.toString('latin1', at, at + 8);
	if (id.startsWith('ID3') && at + id3v2HeaderBytes <= window.length) {
		const hasFooter = (window.readUInt8(at + 5) & 0x10) !== 0;
		return id3v2HeaderBytes * (hasFooter ? 2 : 1) + readSyncSafe(window, at + 6);
	}
	if (id.startsWith('TAG')) return id3v1Bytes;
	if (id === 'APETAGEX' && at + apeHeaderBytes <= window.length) {
		return apeHeaderBytes + window.readUInt32LE(at + 12);
	}
	return undefined;
}

/** ID3v2 writes sizes in bytes of seven bits, so that no frame sync appears in them. */
function readSyncSafe(window: Buffer, at: number): number {
	return [0, 1, 2, 3].reduce(
		(size, index) => size * 128 + (window.readUInt8(at + index) & 0x7f),
		0,
	);
}

/** A frame without sound of its own: encoders put frame count and seek table where its data would be. */
function isInfoFrame(frame: Mp3Frame, window: Buffer, at: number): boolean {
	const idAt = (offset: number) =>
		Math.min(frame.bytes, window.length - at) < offset + idBytes
			? 0
			: window.readUInt32BE(at + offset);
	const plain = idAt(frameHeaderBytes + frame.sideBytes);
	const afterChecksum = idAt(frameHeaderBytes + checksumBytes + frame.sideBytes);
	return (
		plain === xing ||
		plain === info ||
		afterChecksum === xing ||
		afterChecksum === info ||
		idAt(vbriOffset) === vbri
	);
}

/**
 * The one header of the joined file: a silent frame with the exact frame count, byte count and seek table of the whole
 * ("Info" for constant bitrate, "Xing" otherwise), from which players take duration and seek positions.
 * Nothing when its counts would not fit.
 */
export function mp3Header(first: AudioScan, scans: readonly AudioScan[]): Buffer | undefined {
	const isConstantBitrate =
		first.bitrateKbps !== undefined &&
		scans.every((scan) => scan.bitrateKbps === first.bitrateKbps);
	const { header, frame } = frameFor(first, infoBytes + encoderFieldBytes, first.bitrateKbps);
	const parts = scans.map((scan) => ({ samples: scan.samples, bytes: audioBytes(scan) }));
	const totalSamples = parts.reduce((sum, { samples }) => sum + samples, 0);
	const totalBytes = parts.reduce((sum, { bytes }) => sum + bytes, frame.bytes);
	if (totalBytes > largestUint32) return undefined;

	const file = Buffer.alloc(frame.bytes);
	file.writeUInt32BE(header, 0);
	let at = frameHeaderBytes + frame.sideBytes;
	at += file.write(isConstantBitrate ? 'Info' : 'Xing', at, 'latin1');
	at = file.writeUInt32BE(infoFlags, at);
	at = file.writeUInt32BE(totalSamples / frame.samples, at);
	at = file.writeUInt32BE(totalBytes, at);
	seekTable(parts, frame.bytes, totalSamples, totalBytes).copy(file, at);
	return file;
}

/** For each hundredth of the duration the 256th of the file it begins in; inside a part, bytes are taken as even. */
function seekTable(
	parts: ReadonlyArray<{ readonly samples: number; readonly bytes: number }>,
	headerBytes: number,
	totalSamples: number,
	totalBytes: number,
): Buffer {
	const table = Buffer.alloc(tocEntries);
	let samplesBefore = 0;
	let bytesBefore = headerBytes;
	let entry = 0;
	for (const { samples, bytes } of parts) {
		const sampleOf = (hundredth: number) => (hundredth / tocEntries) * totalSamples;
		for (; entry < tocEntries && sampleOf(entry) < samplesBefore + samples; entry += 1) {
			const position = bytesBefore + ((sampleOf(entry) - samplesBefore) / samples) * bytes;
			table[entry] = Math.min(255, Math.floor((position / totalBytes) * 256));
		}
		samplesBefore += samples;
		bytesBefore += bytes;
	}
	return table;
}
