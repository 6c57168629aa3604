import { gzipSync } from 'node:zlib';
import { FUZZED_ENDPOINTS } from '../../faults/fuzz/endpoints.mts';
import { ECHOED, HOSTILE_SHAPES } from '../../faults/fuzz/growth.mts';
import { clientOf } from '../../support/apiClients.mts';
import { startHttpServer } from '../../support/servers/httpServer.mts';
import { median } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';

const ANSWER_BYTES = 1024 ** 2;
const MIB = 1024 ** 2;

/** What one answer costs: the longest time for which nothing else ran, and the memory that came on top. */
interface Cost {
	readonly blockedMs: number;
	readonly addedBytes: number;
}

/** Answers of a megabyte that make the readers work, of every endpoint, through the real client. */
export const answers: Scenario = {
	name: 'hostile answers',
	run: async ({ rounds }): Promise<Figure[]> => {
		let body = Buffer.alloc(0);
		let encoding: Record<string, string> = {};
		const server = await startHttpServer((_request, response) => {
			response.writeHead(200, { 'content-type': 'application/json', ...encoding }).end(body);
		});
		try {
			const client = await clientOf(`${server.origin}/api/open/v1`, {
				requestTimeoutMs: 60_000,
				secrets: [{ value: ECHOED.repeat(20), label: '[text]' }],
			});
			const costs: Array<Cost & { name: string }> = [];
			for (const shape of HOSTILE_SHAPES) {
				const text = Buffer.from(shape.body(ANSWER_BYTES));
				body = shape.gzip === true ? gzipSync(text) : text;
				encoding = shape.gzip === true ? { 'content-encoding': 'gzip' } : {};
				for (const endpoint of FUZZED_ENDPOINTS) {
					const samples: Cost[] = [];
					for (let round = 0; round < rounds; round++)
						samples.push(await costOf(async () => await endpoint.call(client)));
					costs.push({
						name: `${shape.name}, ${endpoint.name}`,
						blockedMs: median(samples.map(({ blockedMs }) => blockedMs)),
						addedBytes: median(samples.map(({ addedBytes }) => addedBytes)),
					});
				}
			}
			return [
				worstOf('an answer of 1 MB blocks the loop, worst', 'ms', costs, (cost) => cost.blockedMs),
				worstOf(
					'an answer of 1 MB adds memory, worst',
					'MiB',
					costs,
					(cost) => cost.addedBytes / MIB,
				),
			];
		} finally {
			await server.close();
		}
	},
};

function worstOf<T extends { readonly name: string }>(
	name: string,
	unit: string,
	costs: readonly T[],
	of: (cost: T) => number,
): Figure {
	const [worst] = [...costs].sort((a, b) => of(b) - of(a));
	if (worst === undefined) throw new RangeError('no answers');
	return {
		name,
		value: of(worst),
		unit,
		limit: { atMost: 100 },
		beside: { answers: costs.length, worst: worst.name, median: median(costs.map(of)) },
	};
}

/** Looks at clock and memory whenever the loop is free. The server's own work counts too: it is in the same process. */
async function costOf(call: () => Promise<unknown>): Promise<Cost> {
	globalThis.gc?.();
	const beforeBytes = memoryBytes();
	let isOver = false;
	let blockedMs = 0;
	let peakBytes = beforeBytes;
	let lastMs = performance.now();
	const look = () => {
		const nowMs = performance.now();
		blockedMs = Math.max(blockedMs, nowMs - lastMs);
		peakBytes = Math.max(peakBytes, memoryBytes());
		lastMs = performance.now();
		if (!isOver) setImmediate(look);
	};
	setImmediate(look);
	// An answer may be read or refused; here only what it costs counts.
	await call().catch(() => undefined);
	isOver = true;
	look();
	return { blockedMs, addedBytes: peakBytes - beforeBytes };
}

function memoryBytes(): number {
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}
