export type BodyType = 'media' | 'json' | 'html' | 'other';

const MAGIC: ReadonlyArray<readonly [offset: number, bytes: string]> = [
	[0, 'ID3'],
	[0, 'RIFF'],
	[0, 'OggS'],
	[0, 'fLaC'],
	[4, 'ftyp'],
	[0, '\x1a\x45\xdf\xa3'],
];

/**
 * What a 2xx body is, by its `Content-Type` — except that bytes which can only be media are media, whatever their label
 * (they may have been paid for), and that text labelled as media is not media.
 */
export function bodyType(contentType: string | undefined, firstBytes: Buffer): BodyType {
	if (startsLikeMedia(firstBytes)) return 'media';
	const text = firstBytes.toString('latin1', 0, 64).replace(/^(\xef\xbb\xbf)?\s*/, '');
	if (text.startsWith('<')) return 'html';
	if (/^[{[]/.test(text)) return 'json';
	const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
	if (type.includes('json')) return 'json';
	if (type === 'text/html') return 'html';
	return /^(audio|video)\/|^application\/octet-stream$|^binary\//.test(type) || type === ''
		? 'media'
		: 'other';
}

function startsLikeMedia(bytes: Buffer): boolean {
	// An MPEG audio frame begins with eleven set bits.
	if (bytes.length >= 2 && bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0) return true;
	return MAGIC.some(
		([offset, magic]) => bytes.toString('latin1', offset, offset + magic.length) === magic,
	);
}
