import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { peek, watchedStream } from '../../../nodes/shared/api/http/mediaBody.ts';
import type { Deadline } from '../../../nodes/shared/api/http/deadline.ts';
import { TransportFailure } from '../../../nodes/shared/api/http/transport.ts';

const audio = Buffer.alloc(200_000, 'sound');

/** A body that arrives in pieces, as from a socket, and what its observer was told. */
function watching(body: Readable, headers: Record<string, string> = {}) {
	const told = { bytes: undefined as number | undefined, errors: [] as unknown[], chunks: 0 };
	const deadline: Deadline = {
		signal: new AbortController().signal,
		timedOut: false,
		isOverdue: false,
		limitWhole: () => undefined,
		touch: () => {
			told.chunks++;
		},
		dispose: () => undefined,
	};
	body.on('error', () => undefined);
	const open = () =>
		watchedStream({ status: 200, headers, body }, deadline, {
			onEnd: (bytes) => {
				told.bytes = bytes;
			},
			onError: (error) => told.errors.push(error),
		});
	return { told, open };
}

function pieces(content: Buffer): Readable {
	const body = new PassThrough();
	let at = 0;
	const send = () => {
		if (at >= content.length) body.end();
		else if (body.write(content.subarray(at, (at += 30_000)))) setImmediate(send);
		else body.once('drain', send);
	};
	send();
	return body;
}

async function soon(): Promise<void> {
	for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a watched body', () => {
	it.each([
		['iterates over it', async (stream: Readable) => await buffer(stream)],
		[
			'pipes it',
			async (stream: Readable) => {
				const target = new PassThrough();
				const read = buffer(target);
				await pipeline(stream, target);
				return await read;
			},
		],
	])('loses nothing when its reader comes late and %s', async (_, read) => {
		const body = pieces(audio);
		const { told, open } = watching(body, { 'content-length': String(audio.length) });
		await peek(body);
		const stream = open();
		await soon();
		expect(told.chunks).toBe(0);
		expect(await read(stream)).toEqual(audio);
		expect(told.bytes).toBe(audio.length);
		expect(told.chunks).toBeGreaterThan(1);
		expect(told.errors).toEqual([]);
	});

	it('tells of a body that ends short of its length', async () => {
		const { told, open } = watching(pieces(audio), { 'content-length': '200001' });
		await buffer(open());
		expect(told.bytes).toBeUndefined();
		expect(told.errors).toEqual([expect.any(TransportFailure)]);
	});

	it('hands a break on to its reader', async () => {
		const body = new PassThrough();
		const { told, open } = watching(body);
		const stream = open();
		const reading = buffer(stream);
		body.write(audio);
		const broken = new Error('broken');
		body.destroy(broken);
		await expect(reading).rejects.toBe(broken);
		expect(told.errors).toEqual([broken]);
	});

	it('leaves it to a reader that gives up to say why', async () => {
		const body = new PassThrough();
		const { told, open } = watching(body);
		const stream = open();
		body.write(audio);
		const givenUp = Object.assign(new Error('given up'), { name: 'AbortError' });
		stream.destroy(givenUp);
		await soon();
		expect(told.errors).toEqual([]);
	});

	it('is decoded on its way when a proxy has encoded it', async () => {
		const { told, open } = watching(pieces(gzipSync(audio)), { 'content-encoding': 'gzip' });
		expect(await buffer(open())).toEqual(audio);
		expect(told.bytes).toBe(audio.length);
	});

	it('is an empty stream when it was over before', async () => {
		const body = Readable.from([]);
		const { told, open } = watching(body);
		expect(await peek(body)).toHaveLength(0);
		expect(await buffer(open())).toHaveLength(0);
		expect(told.bytes).toBe(0);
	});
});
