import type { ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { getProfile } from '../../../nodes/shared/fishspeech/profile.ts';
import { createSpeechJob } from '../../../nodes/shared/fishspeech/speechJobs.ts';
import { createTranscription } from '../../../nodes/shared/fishspeech/transcriptions.ts';
import { clientOf, failureOf } from '../../support/apiClients.mts';
import { startHttpServer, type HttpServer } from '../../support/servers/httpServer.mts';
import { SimulatedClock } from './simulatedClock.mts';

const MIB = 1024 ** 2;
let server: HttpServer | undefined;

afterEach(async () => {
	await server?.close();
	server = undefined;
});

/** A client of a server that answers everything in this way. */
async function answeredBy(answer: (response: ServerResponse) => void) {
	server = await startHttpServer((_request, response) => answer(response));
	return await clientOf(`${server.origin}/api/open/v1`, { requestTimeoutMs: 30_000 });
}

const answeredWith = async (text: string) => await answeredBy((response) => response.end(text));
const zipped = (text: string | Buffer) => (response: ServerResponse) =>
	response.writeHead(200, { 'content-encoding': 'gzip' }).end(zlib.gzipSync(text));
const nested = (depth: number) => `{"id":"task_1","data":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const jobOf = async (client: Awaited<ReturnType<typeof clientOf>>) =>
	await createSpeechJob(client, { text: 'Hello' });

describe('an answer that is too large', () => {
	it('is refused by its Content-Length, before any of it is read', async () => {
		const client = await answeredBy((response) => {
			response.writeHead(200, { 'content-length': 9 * MIB }).write('{');
		});
		const { message } = await failureOf(getProfile(client));
		expect(message).toContain('answered 200 with JSON of more than 8 MiB');
	});

	it('is refused while it is read, where it does not say how long it is', async () => {
		const client = await answeredBy((response) => {
			response.on('error', () => undefined).write(Buffer.alloc(9 * MIB, ' '));
		});
		expect((await failureOf(getProfile(client))).message).toContain('JSON of more than 8 MiB');
	});

	it('is refused by its size once it is decompressed', async () => {
		const client = await answeredBy(zipped(Buffer.alloc(60 * MIB, ' ')));
		const before = process.memoryUsage().rss;
		expect((await failureOf(getProfile(client))).message).toContain('JSON of more than 8 MiB');
		expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
	});

	it.each([
		['depth', nested(64), 'more than 64 levels deep'],
		[
			'number of values',
			`{"id":"task_1","data":[${'{},'.repeat(150_000)}{}]}`,
			'of more than 50000 values',
		],
		['size', `{"id":"task_1","data":"${' '.repeat(9 * MIB)}"}`, 'of more than 8 MiB'],
	])('by its %s may have been charged when it answers a create', async (_what, text, problem) => {
		const { message, details } = await failureOf(jobOf(await answeredWith(text)));
		expect(message).toContain(problem);
		expect(message).toContain('more than this node accepts');
		expect(details).toMatchObject({
			reason: 'unexpectedResponse',
			outcomeUnknown: true,
			kind: 'terminal',
		});
	});

	it('leaves room for what a service sends', async () => {
		expect(await jobOf(await answeredWith(nested(62)))).toMatchObject({ jobId: 'task_1' });
	});

	it('may be larger as a transcript', async () => {
		const text = `{"text":"${'word '.repeat((10 * MIB) / 5)}","segments":[${'{"start":1},'.repeat(200_000)}{}]}`;
		const client = await answeredBy(zipped(text));
		const transcript = await createTranscription(client, {
			audioUrl: 'https://a.example.org/a.mp3',
		});
		expect(transcript.segments).toHaveLength(200_001);
	});
});

describe('an answer that takes its time', () => {
	const REQUEST_TIMEOUT_MS = 100;

	/** A client of a server whose answers never end, and the clock of both: time passes only between two pieces. */
	async function dripping(status: number) {
		const clock = new SimulatedClock();
		const drip = async (response: ServerResponse) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			while (!response.closed) {
				response.write(' ');
				await clock.pass(20);
			}
		};
		server = await startHttpServer((_request, response) => void drip(response));
		const baseUrl = `${server.origin}/api/open/v1`;
		const client = await clientOf(baseUrl, { requestTimeoutMs: REQUEST_TIMEOUT_MS }, clock);
		return { client, clock };
	}

	it('is given up after ten times the request time-out, however often it sends something', async () => {
		const { client, clock } = await dripping(200);
		const { message, details } = await failureOf(jobOf(client));
		expect(message).toContain('was still sending its answer after ten times the request time-out');
		expect(details).toMatchObject({ reason: 'timeout', outcomeUnknown: true });
		expect(clock.elapsedMs).toBeGreaterThanOrEqual(10 * REQUEST_TIMEOUT_MS);
	});

	it('is not waited for longer when it says an error', async () => {
		const { client } = await dripping(400);
		expect((await failureOf(jobOf(client))).details).toMatchObject({ httpStatus: 400 });
	});
});

describe('a large integer', () => {
	it('keeps its digits as the ID of a job and in what the service sent', async () => {
		const job = await jobOf(await answeredWith('{"id":9007199254740993,"status":"queued","n":1}'));
		expect(job).toMatchObject({ jobId: '9007199254740993', raw: { id: '9007199254740993', n: 1 } });
	});
});
