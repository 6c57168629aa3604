import { expectedBytes } from './decoding';
import type { StreamObserver } from './mediaBody';
import type { Answer } from './exchange';
import type { ByteStream } from './transport';

/** A media body, open for reading. */
export interface MediaBody {
	readonly contentType: string | undefined;
	/** What the answer says of its length; `undefined` where it says nothing, or is compressed. */
	readonly expectedBytes: number | undefined;
	/** The body as it arrives; see {@link StreamObserver}. */
	stream(observer: Omit<StreamObserver, 'onError'>): ByteStream;
}

/** Takes a media body to where it is kept, and returns what stands for it there. */
export type MediaSink<T> = (media: MediaBody) => Promise<T>;

/** The media in an answer, or the end of the try when the body is something else. */
export async function readMedia<T>(answer: Answer, sink: MediaSink<T>): Promise<T> {
	const type = await answer.bodyType();
	if (type === 'media') return await sink(mediaOf(answer));
	if (type === 'json') throw answer.lacks('media', await answer.json());
	throw answer.unreadable(type === 'html' ? 'an HTML page' : 'a body that is not media');
}

/** The same for files of every kind: pictures, documents, archives. Text, JSON and HTML are none. */
export async function readFile<T>(answer: Answer, sink: MediaSink<T>): Promise<T> {
	return (await isFile(answer)) ? await sink(mediaOf(answer)) : await readMedia(answer, sink);
}

/** Whether a body is a file, by its type and its first bytes. */
export async function isFile(answer: Answer): Promise<boolean> {
	const type = await answer.bodyType();
	if (type === 'media') return true;
	const declared = answer.headers['content-type']?.trim().toLowerCase() ?? '';
	// A drawing (SVG) begins like a page.
	if (type === 'html') return declared.startsWith('image/svg');
	return type === 'other' && /^(application|image|font|model)\//.test(declared);
}

/** Text of a kind that says so itself: subtitles, tables, XML. What looks like a page is none, unless it says that it is XML. */
export async function isText(answer: Answer): Promise<boolean> {
	const type = await answer.bodyType();
	const declared = answer.headers['content-type']?.trim().toLowerCase() ?? '';
	if (/^[a-z]+\/([\w.-]+\+)?xml\b/.test(declared)) return !declared.includes('xhtml');
	return type === 'other' && declared.startsWith('text/');
}

export function mediaOf(answer: Answer): MediaBody {
	const { headers, stream } = answer;
	return { contentType: headers['content-type'], expectedBytes: expectedBytes(answer), stream };
}
