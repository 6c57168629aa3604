import { FRAME_HEADER_BYTES, type Mp3Frame } from './mp3Frame';

const XING = Buffer.from('Xing').readUInt32BE();
const INFO = Buffer.from('Info').readUInt32BE();
const VBRI = Buffer.from('VBRI').readUInt32BE();
const ID_BYTES = 4;
const VBRI_OFFSET = 36;
const CHECKSUM_BYTES = 2;
/** Bytes of the fields that each flag of a Xing header announces: frames, bytes, seek table, quality. */
const FIELD_BYTES = [4, 4, 100, 4];
/** From the encoder's name to its delay and padding (LAME, and Lavc after it). */
const DELAY_OFFSET = 21;
const DELAY_BYTES = 3;

/** A frame without sound of its own: encoders put counts and a seek table where its data would be. */
export interface InfoFrame {
	/** How many frames follow, where it says so. */
	readonly frames?: number;
	/** Samples that the encoder has added before and after the sound, where it says so. */
	readonly delaySamples?: number;
	readonly paddingSamples?: number;
}

/** Reads the frame at `at` as one of those; `undefined` where it holds sound. */
export function readInfoFrame(frame: Mp3Frame, bytes: Buffer, at: number): InfoFrame | undefined {
	const end = Math.min(at + frame.bytes, bytes.length);
	const plain = at + FRAME_HEADER_BYTES + frame.sideBytes;
	const checked = plain + CHECKSUM_BYTES;
	if (hasXing(bytes, plain, end)) return readXing(bytes.subarray(plain + ID_BYTES, end));
	if (hasXing(bytes, checked, end)) return readXing(bytes.subarray(checked + ID_BYTES, end));
	return hasId(VBRI, bytes, at + VBRI_OFFSET, end) ? {} : undefined;
}

function hasXing(bytes: Buffer, at: number, end: number): boolean {
	return hasId(XING, bytes, at, end) || hasId(INFO, bytes, at, end);
}

function hasId(id: number, bytes: Buffer, at: number, end: number): boolean {
	// Asked for every frame of a file, and answered by the first byte in nearly all.
	return bytes[at] === id >>> 24 && at + ID_BYTES <= end && bytes.readUInt32BE(at) === id;
}

function readXing(fields: Buffer): InfoFrame {
	const flags = fields.length < 4 ? 0 : fields.readUInt32BE(0);
	const has = (flag: number) => (flags & (1 << flag)) !== 0;
	const frames = has(0) && fields.length >= 8 ? fields.readUInt32BE(4) : undefined;
	const encoder = FIELD_BYTES.reduce((at, bytes, flag) => (has(flag) ? at + bytes : at), 4);
	const delay = encoder + DELAY_OFFSET;
	// An encoder that says nothing leaves its name empty.
	if (delay + DELAY_BYTES > fields.length || fields[encoder] === 0) return { frames };
	const both = fields.readUIntBE(delay, DELAY_BYTES);
	return { frames, delaySamples: both >>> 12, paddingSamples: both & 0xfff };
}
