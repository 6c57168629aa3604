import zlib from 'node:zlib';
import { startHttpServer } from '../../support/servers/httpServer.mts';
import { clientOf } from '../../support/apiClients.mts';
import type { FuzzedEndpoint } from './endpoints.mts';

/** Twice the size may cost this much, with room for the noise of a small measurement. */
export const MOST_GROWTH = 2.5;
const SIZE_BYTES = 500_000;
const RUNS = 3;
const ATTEMPTS = 3;
/** Below these the measurement is noise: a quarter of what an answer of a megabyte may cost, which is twice the size. */
const NEGLIGIBLE_MS = 25;
const NEGLIGIBLE_BYTES = 25 * 1024 ** 2;

/** What an answer costs: the longest time for which it blocks the loop, and the heap that is new while it is read. */
interface Cost {
	readonly ms: number;
	readonly bytes: number;
}

/** A hostile answer: the text of a body of about this size. */
export interface HostileShape {
	readonly name: string;
	readonly gzip?: boolean;
	body(bytes: number): string;
}

const repeated = (text: string, bytes: number) => text.repeat(Math.ceil(bytes / text.length));

/** Bodies that make a reader work: in each the hostile part is as large as the answer. */
export const HOSTILE_SHAPES: readonly HostileShape[] = [
	{ name: 'a long text in each field', body: (bytes) => fields(repeated('a', bytes / 6)) },
	{ name: 'URLs without an end', body: (bytes) => fields(repeated('http://', bytes / 6)) },
	{
		name: 'a field name of underscores',
		body: (bytes) => `{"id":"a","${repeated('_', bytes)}-":1}`,
	},
	{ name: 'many fields', body: (bytes) => `{"id":"a",${list(bytes, (at) => `"_f_${at}":"x"`)}}` },
	{
		name: 'many items',
		body: (bytes) => `{"items":[${list(bytes, (at) => `{"id":"v${at}"}`)}],"data":[{"id":"a"}]}`,
	},
	{
		name: 'many jobs',
		body: (bytes) => `{"data":{"tasks":[${list(bytes, (at) => `{"id":"j${at}"}`)}]}}`,
	},
	{
		name: 'many segments',
		body: (bytes) =>
			`{"text":"x","segments":[${list(bytes, () => '{"start":0,"end":1,"text":"a"}')}]}`,
	},
	{
		name: 'lists in lists',
		body: (bytes) => `{"id":"a","data":${repeated('[', bytes / 2)}${repeated(']', bytes / 2)}}`,
	},
	{ name: 'lists that are never closed', body: (bytes) => repeated('[', bytes) },
	{
		name: 'large integers',
		body: (bytes) => `{"id":"a","data":[${list(bytes, (at) => `90071992547409931${at}`)}]}`,
	},
	{ name: 'one large integer', body: (bytes) => `{"id":${repeated('9', bytes)}}` },
	{ name: 'white space', body: (bytes) => `${repeated(' ', bytes)}<` },
	{ name: 'an echo of what was sent', body: (bytes) => fields(repeated(ECHOED, bytes / 6)) },
	{
		name: 'almost an echo',
		body: (bytes) => fields(repeated(`${ECHOED.slice(0, 23)}~`, bytes / 6)),
	},
	{ name: 'white space, compressed', gzip: true, body: (bytes) => repeated(' ', bytes) },
];

/** Sent with each call, and hidden in what comes back. */
export const ECHOED = 'a text of many words that was sent and must not be shown ';

function fields(text: string): string {
	const value = JSON.stringify(text);
	return `{"id":"a","status":${value},"message":${value},"code":${value},"requestId":${value},"url":${value},"text":${value}}`;
}

function list(bytes: number, entry: (at: number) => string): string {
	const count = Math.ceil(bytes / (entry(10_000).length + 1));
	return Array.from({ length: count }, (_, at) => entry(at)).join(',');
}

/**
 * What an endpoint does with an answer of one size and of twice that size, over the real client and a real server. Returns
 * what is wrong with the growth of time and memory, and `undefined` when both grow with the size.
 */
export async function growthOf(
	{ call }: FuzzedEndpoint,
	{ body, gzip = false }: HostileShape,
	status = 200,
): Promise<string | undefined> {
	let answer = Buffer.alloc(0);
	const server = await startHttpServer((_request, response) => {
		const encoding = gzip ? { 'content-encoding': 'gzip' } : {};
		response.writeHead(status, { 'content-type': 'application/json', ...encoding }).end(answer);
	});
	try {
		const client = await clientOf(`${server.origin}/api/open/v1`, {
			requestTimeoutMs: 60_000,
			secrets: [{ value: ECHOED.repeat(20), label: '[text]' }],
		});
		const costOf = async (bytes: number): Promise<Cost> => {
			answer = gzip ? zlib.gzipSync(body(bytes)) : Buffer.from(body(bytes));
			return await cheapest(async () => await call(client));
		};
		let problem: string | undefined;
		for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
			const one = await costOf(SIZE_BYTES);
			const two = await costOf(2 * SIZE_BYTES);
			problem = growthProblem(one, two);
			if (problem === undefined) return undefined;
		}
		return problem;
	} finally {
		await server.close();
	}
}

function growthProblem(one: Cost, two: Cost): string | undefined {
	if (two.ms > NEGLIGIBLE_MS && two.ms > MOST_GROWTH * one.ms)
		return `${one.ms.toFixed(1)} ms, and ${two.ms.toFixed(1)} ms for twice the size`;
	if (two.bytes > NEGLIGIBLE_BYTES && two.bytes > MOST_GROWTH * one.bytes)
		return `${one.bytes} bytes, and ${two.bytes} bytes for twice the size`;
	return undefined;
}

/** The cheapest of several runs in each respect: a busy machine only ever adds. */
async function cheapest(run: () => Promise<unknown>): Promise<Cost> {
	const costs: Cost[] = [];
	for (let runs = 0; runs < RUNS; runs += 1) {
		const before = process.memoryUsage();
		const startedCpu = process.cpuUsage();
		// An answer may be read or refused; here only what it costs counts.
		await run().catch(() => undefined);
		const { user, system } = process.cpuUsage(startedCpu);
		const after = process.memoryUsage();
		const bytes = after.heapUsed + after.external - before.heapUsed - before.external;
		costs.push({ ms: (user + system) / 1_000, bytes: Math.max(0, bytes) });
	}
	const least = (of: (cost: Cost) => number) => Math.min(...costs.map(of));
	return { ms: least(({ ms }) => ms), bytes: least(({ bytes }) => bytes) };
}
