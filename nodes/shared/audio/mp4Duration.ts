import { createByteScanner, type ByteScanner, type ByteWindow } from './byteScanner';

const BOX_HEADER_BYTES = 8;
const LARGE_BOX_HEADER_BYTES = 16;
const SIZE_IS_LARGE = 1;
const SIZE_TO_END = 0;
/** As long as the longest of the two forms of `mvhd` is up to its duration. */
const MVHD_BYTES = BOX_HEADER_BYTES + 32;
const UNKNOWN_DURATIONS = [0, 0xffffffff, 0xffffffffffffffffn];

/** Measures an MP4, in seconds, by the `mvhd` of its `moov` (ISO 14496-12 §8.2.2), wherever that stands; `undefined` for everything else. */
export function mp4DurationMeter(): ByteScanner<number | undefined> {
	let seconds: number | undefined;
	return createByteScanner({
		lookAheadBytes: MVHD_BYTES,
		step({ bytes, start }: ByteWindow, at) {
			const header = bytes.subarray(at, at + MVHD_BYTES);
			if (header.length < BOX_HEADER_BYTES) return Infinity;
			const type = header.toString('latin1', 4, BOX_HEADER_BYTES);
			if (start + at === 0 && type !== 'ftyp') return Infinity;
			// Its boxes follow, as if they stood beside it.
			if (type === 'moov') return BOX_HEADER_BYTES;
			if (type !== 'mvhd') return boxBytes(header);
			seconds = readMvhd(header.subarray(BOX_HEADER_BYTES));
			return Infinity;
		},
		finish: () => seconds,
	});
}

function boxBytes(header: Buffer): number {
	const size = header.readUInt32BE(0);
	if (size === SIZE_TO_END) return Infinity;
	if (size !== SIZE_IS_LARGE) return size < BOX_HEADER_BYTES ? Infinity : size;
	if (header.length < LARGE_BOX_HEADER_BYTES) return Infinity;
	const large = Number(header.readBigUInt64BE(BOX_HEADER_BYTES));
	return large < LARGE_BOX_HEADER_BYTES ? Infinity : large;
}

function readMvhd(body: Buffer): number | undefined {
	const isLong = body[0] === 1;
	const timescaleOffset = isLong ? 20 : 12;
	const durationOffset = timescaleOffset + 4;
	if (body.length < durationOffset + (isLong ? 8 : 4)) return undefined;
	const timescale = body.readUInt32BE(timescaleOffset);
	const duration = isLong
		? body.readBigUInt64BE(durationOffset)
		: body.readUInt32BE(durationOffset);
	const isKnown = timescale > 0 && !UNKNOWN_DURATIONS.some((unknown) => duration === unknown);
	return isKnown && duration > 0 ? Number(duration) / timescale : undefined;
}
