import { TransportFailure, type TransportResponse } from './transport';

/** A 2xx body that is not what was asked for (contract §9, rule 8). */
export class UnreadableBody extends Error {}

/** A body above a limit of this package, which the message describes: "JSON of more than 8 MiB". */
export class BodyTooLarge extends Error {}

/** A body that ends early without an error was cut off. */
export function assertWhole(bytes: number, expected: number | undefined): void {
	if (expected !== undefined && bytes !== expected) throw new TransportFailure('cutOff', undefined);
}

/** The length that a body should have; unknown where it is encoded. */
export function expectedBytes({ headers }: Pick<TransportResponse, 'headers'>): number | undefined {
	const length = headers['content-length'];
	if (length === undefined || isEncoded(headers)) return undefined;
	return /^\d+$/.test(length) ? Number(length) : undefined;
}

export function isEncoded(headers: TransportResponse['headers']): boolean {
	return !['', 'identity'].includes(contentEncoding(headers));
}

function contentEncoding(headers: TransportResponse['headers']): string {
	return (headers['content-encoding'] ?? '').trim().toLowerCase();
}

/** The bytes of a body. We ask for `identity`, but a proxy may still encode the answer. */
export async function* decoded(
	{ headers }: TransportResponse,
	source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	if (!isEncoded(headers)) {
		yield* source;
		return;
	}
	const encoding = contentEncoding(headers);
	if (encoding !== 'gzip' && encoding !== 'x-gzip' && encoding !== 'deflate')
		throw new UnreadableBody(`a body encoded as "${encoding.slice(0, 20)}"`);
	const stream = new DecompressionStream(encoding === 'deflate' ? 'deflate' : 'gzip');
	const writer = stream.writable.getWriter();
	const feeding = (async () => {
		// A chunk may be a view on shared memory, which the stream does not take.
		for await (const chunk of source) await writer.write(Buffer.from(chunk));
		await writer.close();
	})().catch(async (error: unknown) => await writer.abort(error));
	const reader = stream.readable.getReader();
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) break;
			yield value;
		}
		await feeding;
	} finally {
		// A reader that stops early ends the feeding and the source with it. A break has been reported already.
		await reader.cancel().catch(() => undefined);
	}
}
