import type { IBinaryData } from 'n8n-workflow';

import { bareType } from '../../api/http/bodyType';

/** File extension and MIME type of the media that the service is known to send. */
const MEDIA_TYPES: ReadonlyArray<readonly [mimeType: string, extension: string, aliases?: RegExp]> =
	[
		['audio/mpeg', 'mp3', /^audio\/(mp3|x-mp3|mpeg3|x-mpeg)$/],
		['audio/wav', 'wav', /^audio\/(x-wav|wave|vnd\.wave|x-pn-wav)$/],
		['audio/ogg', 'ogg', /^(audio\/vorbis|application\/ogg)$/],
		['audio/opus', 'opus'],
		['audio/flac', 'flac', /^audio\/x-flac$/],
		['audio/aac', 'aac', /^audio\/x-aac$/],
		['audio/mp4', 'm4a', /^audio\/(x-m4a|m4a)$/],
		['audio/webm', 'weba'],
		['video/mp4', 'mp4', /^video\/x-mp4$/],
		['video/webm', 'webm'],
		['video/quicktime', 'mov'],
	];

/** Extensions of media that this package only hands over. */
const FURTHER_EXTENSIONS: ReadonlyArray<readonly [extension: string, mimeType: string]> = [
	['oga', 'audio/ogg'],
	['m4v', 'video/mp4'],
	['mkv', 'video/x-matroska'],
	['avi', 'video/x-msvideo'],
];

/** MIME types that programs give to files they know nothing about; the last is n8n's own. */
const MEANINGLESS_TYPES = ['', 'application/octet-stream', 'binary/octet-stream', 'text/plain'];

/** The MIME type of an input file, by its extension where its MIME type says nothing; `undefined` when neither does. */
export function inputMimeType(binary: IBinaryData): string | undefined {
	const { mimeType, fileName, fileExtension } = binary;
	// Nodes that build their binaries by hand leave it out, whatever the types say.
	const type = bareType(String(mimeType ?? ''));
	const known = mediaTypeOf(type);
	if (known !== undefined) return known[0];
	if (!MEANINGLESS_TYPES.includes(type)) return type;
	const extension = (/\.([^.]+)$/.exec(fileName ?? '')?.[1] ?? fileExtension)?.toLowerCase();
	if (extension === undefined) return undefined;
	const byExtension =
		MEDIA_TYPES.find(([, other]) => other === extension)?.[0] ??
		FURTHER_EXTENSIONS.find(([other]) => other === extension)?.[1];
	return byExtension ?? (type || undefined);
}

/** Bytes of an input file; `undefined` if the store does not tell. */
export function inputSizeBytes({ id, data, bytes, fileSize }: IBinaryData): number | undefined {
	if (bytes !== undefined) return bytes;
	if (id === undefined) return Buffer.byteLength(data, 'base64');
	// Older hosts tell the size only in words, of which one is exact.
	return fileSize === '0 B' ? 0 : undefined;
}

export interface MediaName {
	/** What the user or the node calls the file, with or without an extension. */
	readonly fileName: string;
	/** The format that was asked for, which counts where the response does not say. */
	readonly format: string;
}

/** File name and MIME type of a body: by its `Content-Type`, then by the format that was asked for. */
export function nameMedia(
	contentType: string | undefined,
	{ fileName, format }: MediaName,
): { fileName: string; mimeType: string } {
	const type = bareType(contentType);
	const isOfMedia = /^(audio|video)\//.test(type);
	// A medium of another type than was asked for stays what it says that it is, even where it is not known here.
	const known = mediaTypeOf(type) ?? (isOfMedia ? undefined : mediaTypeFor(format));
	const extension = known?.[1] ?? format;
	return {
		fileName: `${stemOf({ fileName, format })}.${extension}`,
		mimeType: known?.[0] ?? (type || 'application/octet-stream'),
	};
}

function mediaTypeOf(type: string): (typeof MEDIA_TYPES)[number] | undefined {
	return MEDIA_TYPES.find(([mimeType, , aliases]) => mimeType === type || aliases?.test(type));
}

function mediaTypeFor(format: string): (typeof MEDIA_TYPES)[number] | undefined {
	return MEDIA_TYPES.find(([, extension]) => extension === format);
}

/** A file's name without the extension of its media. */
export function stemOf({ fileName, format }: MediaName): string {
	const isMedia = MEDIA_TYPES.some(([, other]) => fileName.toLowerCase().endsWith(`.${other}`));
	return isMedia || fileName.endsWith(`.${format}`) ? fileName.replace(/\.[^.]*$/, '') : fileName;
}
