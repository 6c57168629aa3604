import { caught } from '../caught';
import type { Deadline } from './deadline';
import {
	assertWhole,
	BodyTooLarge,
	decoded,
	expectedBytes,
	isEncoded,
	UnreadableBody,
} from './decoding';
import { TransportFailure, type ByteStream, type TransportResponse } from './transport';

/** Larger media are refused. No audio or clip of a service comes near this size. */
const LARGEST_MEDIA_BYTES = 2 * 1024 ** 3;
const LARGEST_MEDIA = 'a body of more than 2 GiB';

export interface StreamObserver {
	/** The length in bytes, once all of it was read. */
	readonly onEnd: (bytes: number) => void;
	readonly onError: (error: unknown) => void;
	/** Sees every chunk on its way; must not keep it. */
	readonly onChunk?: (chunk: Uint8Array) => void;
}

/**
 * The body as a stream of decoded bytes that touches the deadline with every chunk. `onError` is told when the connection
 * breaks, `Content-Length` is not met or the limit is passed, and the stream ends in that error. Only a body that ends
 * short without an error may look whole to its reader; no HTTP library is known to let that pass.
 */
export function watchedStream(
	response: TransportResponse,
	deadline: Deadline,
	observer: StreamObserver,
): ByteStream {
	// A body that is over emits nothing more to be watched.
	const isOver = response.body.readableEnded || response.body.destroyed;
	return isOver || isEncoded(response.headers)
		? decodedStream(response, deadline, observer)
		: observedBody(response, deadline, observer);
}

/**
 * The body itself, watched while somebody else reads it: a stream around it would cost more than the rest of the call.
 * A stream that was paused stays so when it gets a listener, and emits whatever its reader takes from it.
 */
function observedBody(
	response: TransportResponse,
	deadline: Deadline,
	{ onEnd, onError, onChunk }: StreamObserver,
): ByteStream {
	const { body } = response;
	const expected = expectedBytes(response);
	let bytes = 0;
	return body
		.pause()
		.on('data', (chunk: Buffer) => {
			deadline.touch();
			bytes += chunk.length;
			if (bytes > LARGEST_MEDIA_BYTES) body.destroy(new BodyTooLarge(LARGEST_MEDIA));
			onChunk?.(chunk);
		})
		.on('end', () => {
			try {
				assertWhole(bytes, expected);
				onEnd(bytes);
			} catch (error) {
				onError(error);
			}
		})
		.on('error', (error) => {
			// undici's word for a body that its reader gave up, for a reason that the reader itself says.
			if (error.name !== 'AbortError') onError(error);
		})
		.on('newListener', (event) => {
			// Whoever listens for data expects it to flow, which a stream that was paused does not do by itself.
			if (event === 'data') body.resume();
		});
}

function decodedStream(
	response: TransportResponse,
	deadline: Deadline,
	{ onEnd, onError, onChunk }: StreamObserver,
): ByteStream {
	const expected = expectedBytes(response);
	const watched = async function* (): AsyncGenerator<Uint8Array> {
		let bytes = 0;
		try {
			for await (const chunk of decoded(response, response.body)) {
				deadline.touch();
				bytes += chunk.length;
				if (bytes > LARGEST_MEDIA_BYTES) throw new BodyTooLarge(LARGEST_MEDIA);
				onChunk?.(chunk);
				yield chunk;
			}
			assertWhole(bytes, expected);
			onEnd(bytes);
		} catch (error) {
			onError(error);
			throw caught(error);
		}
	};
	const stream = streamFrom(watched(), response.body);
	// A stream that is destroyed before its reader has come would end the process; the reader still finds it broken.
	stream.on('error', () => undefined);
	return stream;
}

/** Node's `Readable`, reached through one of its instances because its module may not be imported here. */
interface ReadableClass {
	from(source: AsyncIterable<Uint8Array>, options: { objectMode: boolean }): ByteStream;
}

/**
 * A stream out of a generator, made by the class of any other stream. Not with `compose`: on Node 20 a composed stream
 * ends the process when its source breaks before it is read, and never ends when its source closes without an error.
 */
export function streamFrom(
	source: AsyncIterable<Uint8Array>,
	{ constructor }: ByteStream,
): ByteStream {
	if (!isReadableClass(constructor)) throw new UnreadableBody('a body that is not a stream');
	return constructor.from(source, { objectMode: false });
}

/** All that comes, as one buffer. */
export async function inOnePiece(source: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of source)
		chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
	return Buffer.concat(chunks);
}

function isReadableClass(value: unknown): value is ReadableClass {
	return typeof value === 'function' && 'from' in value && typeof value.from === 'function';
}

/** The first bytes of a body, which stay in it. Empty when the body is. */
export async function peek(body: ByteStream): Promise<Buffer> {
	for (;;) {
		const chunk: unknown = body.read();
		if (Buffer.isBuffer(chunk)) {
			body.unshift(chunk);
			return chunk;
		}
		if (body.readableEnded) return Buffer.alloc(0);
		// No event would come any more.
		if (body.destroyed) throw new TransportFailure('cutOff', undefined);
		await new Promise<void>((resolve, reject) => {
			const settle = (error?: unknown) => {
				body.off('readable', onReadable).off('end', onReadable);
				body.off('error', settle).off('close', onClose);
				if (error === undefined) resolve();
				else reject(error);
			};
			const onReadable = () => settle();
			const onClose = () => settle(new TransportFailure('cutOff', undefined));
			body.on('readable', onReadable).on('end', onReadable);
			body.on('error', settle).on('close', onClose);
		});
	}
}
