export type BodyType = 'media' | 'json' | 'html' | 'other';

const MAGIC: ReadonlyArray<readonly [offset: number, bytes: string]> = [
	[0, 'ID3'],
	[0, 'RIFF'],
	[0, 'OggS'],
	[0, 'fLaC'],
	[4, 'ftyp'],
	[0, '\x1a\x45\xdf\xa3'],
];

/** Nothing says what these bytes are, or that they are media. */
const MAY_BE_MEDIA = /^$|^(audio|video)\/|^application\/octet-stream$|^binary\//;
/** Enough to tell text from samples that begin with one of its characters. */
const PROBED_BYTES = 1024;

/**
 * What a 2xx body is, by its `Content-Type` — except that bytes which can only be media are media, whatever their label
 * (they may have been paid for), and that text labelled as media is not media.
 */
export function bodyType(contentType: string | undefined, firstBytes: Buffer): BodyType {
	if (startsLikeMedia(firstBytes)) return 'media';
	const type = bareType(contentType);
	const mayBeMedia = MAY_BE_MEDIA.test(type);
	// Samples without a header may begin with any byte, a bracket too.
	if (mayBeMedia && !isText(firstBytes.subarray(0, PROBED_BYTES))) return 'media';
	const text = firstBytes.toString('latin1', 0, 64).replace(/^(\xef\xbb\xbf)?\s*/, '');
	if (text.startsWith('<')) return 'html';
	if (/^[{[]/.test(text)) return 'json';
	if (type.includes('json')) return 'json';
	if (type === 'text/html') return 'html';
	return mayBeMedia ? 'media' : 'other';
}

/** A MIME type in lower case and without parameters; empty when there is none. */
export function bareType(contentType = ''): string {
	return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** UTF-8 without control characters. The last character may be cut off. */
function isText(bytes: Buffer): boolean {
	if (bytes.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d))
		return false;
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
		return true;
	} catch {
		return false;
	}
}

function startsLikeMedia(bytes: Buffer): boolean {
	// An MPEG audio frame begins with eleven set bits.
	if (bytes.length >= 2 && bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0) return true;
	return MAGIC.some(
		([offset, magic]) => bytes.toString('latin1', offset, offset + magic.length) === magic,
	);
}
