/** MPEG-1 Layer III at 128 kbit/s and 48 kHz, no padding: a frame that is 384 bytes long without rounding. */
const FRAME_HEADER = Buffer.from([0xff, 0xfb, 0x94, 0x00]);
const FRAME_BYTES = 384;

/** A silent MP3 of whole frames, as long as `bytes` allow; below one frame, its beginning. */
export function speechLike(bytes: number): Buffer {
	const frame = Buffer.alloc(FRAME_BYTES);
	FRAME_HEADER.copy(frame);
	const frames = Math.max(1, Math.floor(bytes / FRAME_BYTES));
	return Buffer.concat(Array.from({ length: frames }, () => frame)).subarray(0, bytes);
}
