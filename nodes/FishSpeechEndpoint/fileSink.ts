import { bareType } from '../shared/api/http/bodyType';
import type { MediaSink } from '../shared/api/http/media';
import type { BinaryStore, StoredMedia } from '../shared/host/media/binaryStore';
import { fileNamePart } from '../shared/host/media/fileNames';

/** Extensions that are not the second half of their MIME type. */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
	['image/jpeg', 'jpg'],
	['image/svg+xml', 'svg'],
	['image/x-icon', 'ico'],
	['application/octet-stream', 'bin'],
	['application/gzip', 'gz'],
	['text/plain', 'txt'],
]);

/** Stores a file of any kind under the name of its endpoint, with an extension that follows its type. */
export function fileSink(binaries: BinaryStore, template: string): MediaSink<StoredMedia> {
	const segments = template.split('/').filter((segment) => !/[{}]/.test(segment));
	const fileName = fileNamePart(segments.at(-1) ?? '') || 'file';
	return async (media) =>
		await binaries.sink({ fileName, format: extensionOf(media.contentType) })(media);
}

function extensionOf(contentType: string | undefined): string {
	const type = bareType(contentType);
	const [, subtype = ''] = type.split('/');
	return EXTENSIONS.get(type) ?? (/^[a-z0-9]{1,10}$/.test(subtype) ? subtype : 'bin');
}
