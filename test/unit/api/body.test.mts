import { PassThrough, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Deadline } from '../../../nodes/shared/api/http/deadline.ts';
import { readErrorText } from '../../../nodes/shared/api/http/errorText.ts';
import { readJsonBody } from '../../../nodes/shared/api/http/jsonBody.ts';
import { ANSWER_LIMITS } from '../../../nodes/shared/api/http/jsonScan.ts';
import { peek, watchedStream } from '../../../nodes/shared/api/http/mediaBody.ts';
import type { ByteStream, TransportResponse } from '../../../nodes/shared/api/http/transport.ts';

/** A deadline that counts signs of life. */
function countingDeadline(): Deadline & { touches: number } {
	return {
		touches: 0,
		signal: new AbortController().signal,
		timedOut: false,
		isOverdue: false,
		limitWhole: () => undefined,
		touch() {
			this.touches++;
		},
		dispose: () => undefined,
	};
}

const bodyOf = (...chunks: readonly string[]): ByteStream =>
	Readable.from(
		chunks.map((chunk) => Buffer.from(chunk)),
		{ objectMode: false },
	);

const responseOf = (body: ByteStream, headers: Record<string, string> = {}): TransportResponse => ({
	status: 200,
	headers,
	body,
});

/** Reads a watched stream to its end or its error. */
async function drain(response: TransportResponse) {
	const seen: { ended?: number; error?: unknown; text: string } = { text: '' };
	const stream = watchedStream(response, countingDeadline(), {
		onEnd: (bytes) => {
			seen.ended = bytes;
		},
		onError: (error) => {
			seen.error = error;
		},
	});
	try {
		for await (const chunk of stream) seen.text += Buffer.from(chunk).toString();
	} catch (error) {
		seen.error ??= error;
	}
	return seen;
}

describe('the first bytes of a body', () => {
	it('are seen without being taken away', async () => {
		const body = bodyOf('abc', 'def');
		for (let look = 0; look < 2; look++) expect((await peek(body)).toString()).toMatch(/^abc/);
		expect((await body.toArray()).join('')).toBe('abcdef');
	});

	it('are waited for', async () => {
		const body = new PassThrough();
		const peeking = peek(body);
		await turn();
		body.end('late');
		expect((await peeking).toString()).toBe('late');
	});

	it('are none of an empty body', async () => {
		expect(await peek(bodyOf())).toHaveLength(0);
	});

	it('are refused when the body breaks while they are waited for', async () => {
		const body = new PassThrough();
		const peeking = peek(body);
		body.destroy(new Error('cut'));
		await expect(peeking).rejects.toThrow('cut');
	});

	it.each([
		['with an error', new Error('cut')],
		['without one', undefined],
	])('are refused when the body broke before, %s', async (_how, error) => {
		const body = new PassThrough();
		body.on('error', () => undefined);
		body.destroy(error);
		await turn();
		await expect(peek(body)).rejects.toMatchObject({ kind: 'cutOff' });
	});

	it('leave no listener behind', async () => {
		const body = new PassThrough();
		const before = body.eventNames().map((name) => [name, body.listenerCount(name)]);
		const peeking = peek(body);
		body.write('a');
		await peeking;
		expect(body.eventNames().map((name) => [name, body.listenerCount(name)])).toEqual(before);
	});
});

describe('a watched stream', () => {
	it('gives every byte and then its length', async () => {
		expect(await drain(responseOf(bodyOf('ab', 'c'), { 'content-length': '3' }))).toEqual({
			text: 'abc',
			ended: 3,
		});
	});

	it.each(['2', '4'])(
		'ends in an error when its length of three was said to be %s',
		async (length) => {
			const seen = await drain(responseOf(bodyOf('abc'), { 'content-length': length }));
			expect(seen).toMatchObject({ error: { kind: 'cutOff' } });
			expect(seen.ended).toBeUndefined();
		},
	);

	it.each(['', 'abc', '-1', '1e2'])('does not hold a body to the length "%s"', async (length) => {
		expect(await drain(responseOf(bodyOf('abc'), { 'content-length': length }))).toMatchObject({
			ended: 3,
		});
	});

	it('counts decoded bytes, and does not compare them with the encoded length', async () => {
		const encoded = zlib.gzipSync('x'.repeat(1_000));
		const headers = { 'content-encoding': 'gzip', 'content-length': String(encoded.length) };
		const seen = await drain(responseOf(Readable.from([encoded]), headers));
		expect(seen.ended).toBe(1_000);
	});

	it('ends its source when its reader has had enough', async () => {
		const cases: ReadonlyArray<readonly [Buffer, Record<string, string>]> = [
			[Buffer.alloc(65_536), {}],
			[zlib.gzipSync(Buffer.alloc(1_000_000)), { 'content-encoding': 'gzip' }],
		];
		for (const [piece, headers] of cases) {
			const body = Readable.from(
				(async function* () {
					for (;;) yield piece;
				})(),
				{ objectMode: false },
			);
			const stream = watchedStream(responseOf(body, headers), countingDeadline(), {
				onEnd: () => undefined,
				onError: () => undefined,
			});
			for await (const _chunk of stream) break;
			await expect.poll(() => body.destroyed).toBe(true);
		}
	});

	it('is still broken for a reader that comes after the break', async () => {
		const body = new PassThrough();
		body.write('abc');
		const stream = watchedStream(responseOf(body), countingDeadline(), {
			onEnd: () => undefined,
			onError: () => undefined,
		});
		body.on('error', () => undefined);
		body.destroy(new Error('cut'));
		await turn();
		await expect(stream.toArray()).rejects.toThrow('cut');
	});
});

describe('the text of a body', () => {
	it('is put together from chunks that cut a character', async () => {
		const bytes = Buffer.from('{"text":"Grüße 世界"}');
		const chunks = Array.from(bytes, (byte) => Buffer.from([byte]));
		const deadline = countingDeadline();
		expect(await readJsonBody(responseOf(Readable.from(chunks)), deadline, ANSWER_LIMITS)).toEqual({
			type: 'object',
			value: { text: 'Grüße 世界' },
		});
		expect(deadline.touches).toBe(bytes.length);
	});

	it('of an error is what came until it broke', async () => {
		const body = new PassThrough();
		const reading = readErrorText(responseOf(body), countingDeadline());
		body.write('half');
		await turn();
		body.destroy(new Error('cut'));
		expect(await reading).toBe('half');
	});
});
