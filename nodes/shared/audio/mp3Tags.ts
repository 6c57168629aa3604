const ID3V2_HEADER_BYTES = 10;
const ID3V2_FOOTER_FLAG = 0x10;
const ID3V1_BYTES = 128;
const APE_HEADER_BYTES = 32;
const APE_SIZE_OFFSET = 12;
const ID3V2 = Buffer.from('ID3');
const ID3V1 = Buffer.from('TAG');
const APE = Buffer.from('APETAGEX');
const LYRICS = Buffer.from('LYRICSBEGIN');
const TAGS = [ID3V2, ID3V1, APE, LYRICS];

/** Enough to see how long a tag is. */
export const TAG_HEADER_BYTES = APE_HEADER_BYTES;

/** Whether a tag begins at `at`. */
export function startsTag(bytes: Buffer, at: number): boolean {
	return TAGS.some((id) => startsWith(bytes, at, id));
}

/**
 * Length of the tag at `at`; `undefined` where none begins, or none that says its length (Lyrics3 does at its end, so
 * it is passed over like garbage).
 */
export function tagBytes(bytes: Buffer, at: number): number | undefined {
	if (startsWith(bytes, at, ID3V2) && at + ID3V2_HEADER_BYTES <= bytes.length) {
		const hasFooter = (bytes.readUInt8(at + 5) & ID3V2_FOOTER_FLAG) !== 0;
		return ID3V2_HEADER_BYTES * (hasFooter ? 2 : 1) + readSyncSafe(bytes, at + 6);
	}
	if (startsWith(bytes, at, APE) && at + APE_HEADER_BYTES <= bytes.length)
		return APE_HEADER_BYTES + bytes.readUInt32LE(at + APE_SIZE_OFFSET);
	return startsWith(bytes, at, ID3V1) ? ID3V1_BYTES : undefined;
}

function startsWith(bytes: Buffer, at: number, id: Buffer): boolean {
	if (bytes[at] !== id[0] || at + id.length > bytes.length) return false;
	return bytes.compare(id, 0, id.length, at, at + id.length) === 0;
}

/** ID3v2 writes sizes in bytes of seven bits, so that no frame sync appears in them. */
function readSyncSafe(bytes: Buffer, at: number): number {
	return [0, 1, 2, 3].reduce((size, index) => size * 128 + (bytes.readUInt8(at + index) & 0x7f), 0);
}
