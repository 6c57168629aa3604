import { Readable } from 'node:stream';
import type { IBinaryData } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { MediaBody } from '../../../../nodes/shared/api/http/media';
import { mediaSink } from '../../../../nodes/shared/host/media/binaryStore';

const PIECE_BYTES = 256 * 1024;

/** What n8n's store is handed for a body. */
async function handedOver(content: Buffer, expectedBytes: number | undefined) {
	const taken: unknown[] = [];
	const prepareBinaryData = async (body: unknown): Promise<IBinaryData> => {
		taken.push(body);
		if (body instanceof Readable) for await (const chunk of body) void chunk;
		return { data: '', mimeType: 'audio/mpeg' };
	};
	const media: MediaBody = {
		contentType: 'audio/mpeg',
		expectedBytes,
		stream: ({ onEnd, onChunk }) => {
			const half = Math.ceil(content.length / 2);
			const source = Readable.from([content.subarray(0, half), content.subarray(half)]);
			source.on('data', (chunk: Buffer) => onChunk?.(chunk)).pause();
			return source.once('end', () => onEnd(content.length));
		},
	};
	const sink = mediaSink({ helpers: { prepareBinaryData } }, { fileName: 'a', format: 'mp3' });
	const { bytes } = await sink(media);
	return { body: taken[0], bytes };
}

describe('media on their way to the store of n8n', () => {
	it.each([
		['of few bytes', 10],
		['of as many bytes as fit', PIECE_BYTES],
	])('are handed over in one piece when they are %s', async (_size, length) => {
		const content = Buffer.alloc(length, 'audio');
		expect(await handedOver(content, length)).toEqual({ body: content, bytes: length });
	});

	it.each([
		['larger', PIECE_BYTES + 1, PIECE_BYTES + 1],
		['of unknown length', 10, undefined],
	])('stream when they are %s', async (_size, length, expectedBytes) => {
		const { body, bytes } = await handedOver(Buffer.alloc(length, 'audio'), expectedBytes);
		expect(body).toBeInstanceOf(Readable);
		expect(bytes).toBe(length);
	});
});
