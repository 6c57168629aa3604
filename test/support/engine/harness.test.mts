import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
	createEngine,
	DeduplicationStore,
	describeNode,
	type Engine,
	type EngineOptions,
	type RunningExecution,
	type WorkflowJson,
} from './index.mts';
import { assembleFixturePackage } from './fixturePackage.mts';

const { directory: packageDir, remove } = await assembleFixturePackage();
afterAll(remove);

const fixture: EngineOptions = {
	packageDir,
	runtimeModule: 'nodes/shared/runtime.js',
};

/** An engine with other options, alone in the process while `work` runs. */
async function withEngine<T>(
	options: EngineOptions,
	work: (engine: Engine) => Promise<T>,
): Promise<T> {
	const engine = await createEngine({ ...fixture, ...options });
	try {
		return await work(engine);
	} finally {
		await engine.close();
	}
}

/** A service that answers `{ authorization, hits }` to everything. */
async function startService() {
	let hits = 0;
	const server = createServer((request, response) => {
		hits += 1;
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ authorization: request.headers.authorization, hits }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const close = () => new Promise((resolve) => server.close(resolve));
	return { baseUrl: `http://127.0.0.1:${port}`, close };
}

describe('the engine', () => {
	let engine: Engine;

	beforeAll(async () => {
		engine = await createEngine(fixture);
	});

	afterAll(async () => {
		await engine.close();
	});

	describe('running one node', () => {
		it('runs a node of the loaded package over given items', async () => {
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'echo', text: '={{ $json.word }}!' },
				items: [{ json: { word: 'one' } }, { json: { word: 'two' } }],
			});
			expect(result.status).toBe('success');
			expect(result.error).toBeUndefined();
			expect(result.rows.map(({ text }) => text)).toEqual(['one!', 'two!']);
			const paired = result.outputs[0]?.map(({ pairedItem }) => pairedItem);
			expect(paired).toEqual([{ item: 0 }, { item: 1 }]);
		});

		it('lets the test choose mode, node id and node name', async () => {
			const result = await engine.run({
				node: 'fixture',
				mode: 'manual',
				nodeId: 'id-7',
				nodeName: 'Speak',
			});
			expect(result.rows[0]).toMatchObject({ run: 'manual', id: 'id-7', name: 'Speak' });
		});

		it('hands over a thrown error with its context, description and status', async () => {
			const result = await engine.run({ node: 'fixture', parameters: { operation: 'flaky' } });
			expect(result.status).toBe('error');
			expect(result.error).toMatchObject({
				name: 'NodeApiError',
				message: 'The service failed.',
				description: 'Try later.',
				httpCode: '503',
				context: { itemIndex: 0, details: { kind: 'retryable', reason: 'serverError' } },
			});
			expect(result.rows).toEqual([]);
		});

		it('refuses to start with an unknown node type', async () => {
			await expect(engine.run({ node: 'nothing' })).rejects.toThrow(/nothing/);
		});

		it('collects the hints of a node', async () => {
			const result = await engine.run({ node: 'fixture', parameters: { operation: 'log' } });
			expect(result.hints.map(({ message }) => message)).toEqual(['one job accepted']);
		});

		it('keeps the execution ids of overlapping runs apart, and their logs', async () => {
			const jobs = Array.from({ length: 20 }, (_, index) => `job-${index}`);
			const results = await Promise.all(
				jobs.map(async (job) => {
					const items = [{ json: { job } }];
					return await engine.run({ node: 'fixture', parameters: { operation: 'log' }, items });
				}),
			);
			expect(new Set(results.map(({ executionId }) => executionId)).size).toBe(20);
			expect(results.map(({ logs }) => logs.map(({ metadata }) => metadata['job']))).toEqual(
				jobs.map((job) => [job]),
			);
		});

		it('costs a few milliseconds a run', async () => {
			// What other processes take of the machine does not count.
			const startedAt = process.cpuUsage();
			for (let index = 0; index < 200; index++) await engine.run({ node: 'fixture' });
			const { user, system } = process.cpuUsage(startedAt);
			expect((user + system) / 1_000 / 200).toBeLessThan(10);
		});
	});

	describe('failures', () => {
		const failing = { operation: 'failItem' };
		const items = [{ json: { id: 1 } }, { json: { id: 2, bad: true } }, { json: { id: 3 } }];

		it('splits rows onto the error output with n8n’s own engine', async () => {
			const result = await engine.run({
				node: 'fixture',
				parameters: failing,
				items,
				settings: { onError: 'continueErrorOutput' },
			});
			expect(result.rows).toEqual([{ ok: true }, { ok: true }]);
			expect(result.outputs[1]?.map(({ json }) => json)).toEqual([
				{
					id: 2,
					bad: true,
					error: 'It went wrong.',
					message: 'Mend it.',
					details: { index: 1 },
				},
			]);
		});

		it('hands the input on after a throw with "continue (using regular output)"', async () => {
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'flaky' },
				items: [{ json: { id: 1 } }],
				settings: { onError: 'continueRegularOutput' },
			});
			expect(result.rows).toEqual([{ id: 1 }]);
		});

		it.each([2, 3, 5])('tries up to %i times with Retry On Fail', async (maxTries) => {
			const timers = vi.spyOn(globalThis, 'setTimeout');
			onTestFinished(() => timers.mockRestore());
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'flaky', failures: maxTries - 1 },
				settings: { retryOnFail: true, maxTries, waitBetweenTries: 0 },
			});
			expect(result.status).toBe('success');
			expect(result.rows[0]?.['tries']).toBe(maxTries);
			// n8n itself takes no wait for one of a second.
			const waitsMs = timers.mock.calls.map(([, ms = 0]) => ms);
			expect(Math.max(...waitsMs)).toBeLessThan(1_000);
		});

		it('fails when the tries are used up, with the context kept', async () => {
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'flaky', failures: 3 },
				settings: { retryOnFail: true, maxTries: 3 },
			});
			expect(result.status).toBe('error');
			expect(result.contextData).toEqual({ 'node:Node': { tries: 3 } });
		});
	});

	describe('Retry of a failed execution', () => {
		const flaky = { node: 'fixture', parameters: { operation: 'flaky', failures: 2 } };

		it('runs the failed node again from the stored record, under a new execution id', async () => {
			const first = await engine.run(flaky);
			const second = await engine.retry(first);
			const third = await engine.retry(second);
			expect(second.status).toBe('error');
			expect(second.run.mode).toBe('retry');
			expect(third.status).toBe('success');
			expect(third.rows).toEqual([{ tries: 3, executionId: third.executionId }]);
			expect(third.runsOf('Node')).toHaveLength(1);
			expect(third.runsOf('Start')).toHaveLength(1);
			expect(Number(third.executionId)).toBeGreaterThan(Number(second.executionId));
		});

		it('leaves the old execution as it was', async () => {
			const first = await engine.run(flaky);
			await engine.retry(first);
			expect(first.contextData).toEqual({ 'node:Node': { tries: 1 } });
			expect(first.error?.message).toBe('The service failed.');
		});

		it('sees a credential that was mended in between', async () => {
			const service = await startService();
			const credential = engine.credential('fixtureApi', { token: 'old', baseUrl: 'http://[bad' });
			const parameters = { operation: 'request' };
			const failed = await engine.run({ node: 'fixture', parameters, credential });
			expect(failed.status).toBe('error');
			engine.updateCredential(credential, { token: 'new', baseUrl: service.baseUrl });
			const retried = await engine.retry(failed);
			expect(retried.rows).toEqual([{ body: { authorization: 'Bearer new', hits: 1 } }]);
			await service.close();
		});

		it('refuses an execution that succeeded', async () => {
			const result = await engine.run({ node: 'fixture' });
			await expect(engine.retry(result)).rejects.toThrow(/succeeded/);
		});
	});

	describe('Stop', () => {
		const waiting = { node: 'fixture', parameters: { operation: 'wait', waitMs: 60_000 } };

		/** Presses Stop once the node has begun to wait. */
		const stopWhenWaiting = ({ stop }: RunningExecution) => {
			engine.clearLogs();
			const isWaiting = () => engine.logs.some(({ message }) => message === 'waiting');
			void vi.waitUntil(isWaiting, { timeout: 20_000, interval: 1 }).then(stop);
		};

		it('cancels the running node through its signal', async () => {
			const result = await engine.run({ ...waiting, onStart: stopWhenWaiting });
			expect(result.status).toBe('canceled');
			expect(result.rows).toEqual([]);
		});

		it('stops when the given signal aborts', async () => {
			const signal = AbortSignal.timeout(20);
			const result = await engine.run({ ...waiting, signal });
			expect(result.status).toBe('canceled');
		});

		it('leaves nothing for Retry, which starts at the trigger with an empty context', async () => {
			const stopped = await engine.run({ ...waiting, onStart: stopWhenWaiting });
			const retried = await engine.retry(stopped, { onStart: stopWhenWaiting });
			expect(retried.run.mode).toBe('retry');
			expect(retried.contextData).toEqual({ 'node:Node': { waits: 1 } });
			expect(retried.runsOf('Start')).toHaveLength(1);
		});

		it('calls the node again with an aborted signal when tries are left, as n8n does', async () => {
			const settings = { retryOnFail: true, maxTries: 2 };
			const result = await engine.run({ ...waiting, settings, onStart: stopWhenWaiting });
			expect(result.status).toBe('canceled');
			expect(result.contextData).toEqual({ 'node:Node': { waits: 2 } });
		});
	});

	describe('logs', () => {
		it('keeps what a node logs, with metadata, apart from what n8n says', async () => {
			engine.clearLogs();
			const items = [{ json: { job: 'job-1' } }];
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'log' },
				items,
			});
			const line = {
				level: 'info',
				message: 'accepted',
				metadata: { job: 'job-1', index: 0 },
				source: 'node',
			};
			expect(result.logs).toEqual([line]);
			expect(engine.logs).toEqual([line]);
		});
	});

	describe('binary data', () => {
		it('streams into the file store and reads back', async () => {
			const before = await engine.binary.files();
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'store', text: 'hello' },
			});
			const [row] = result.outputs[0] ?? [];
			expect(row?.binary?.['data']).toMatchObject({
				id: expect.stringMatching(/^filesystem-v2:/),
				fileName: 'speech.mp3',
				mimeType: 'audio/mpeg',
				bytes: 5,
			});
			expect((await engine.binary.read(row)).toString()).toBe('hello');
			expect(await engine.binary.files()).toHaveLength(before.length + 1);
		});

		it('deletes the files of a deleted execution', async () => {
			const before = await engine.binary.files();
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'store', text: 'hello' },
			});
			await engine.binary.deleteExecution('workflow-1', result.executionId);
			expect(await engine.binary.files()).toEqual(before);
			await expect(engine.binary.read(result.outputs[0]?.[0])).rejects.toThrow();
		});

		it('serves a given file by signed URL, without login', async () => {
			const instance = await engine.serveInstance();
			const data = await engine.binary.put(Readable.from([Buffer.from('audio')]), {
				fileName: 'a.mp3',
				mimeType: 'audio/mpeg',
			});
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'sign' },
				items: [{ binary: { data } }],
			});
			const url = String(result.rows[0]?.['url']);
			expect(url.startsWith(`${instance}rest/binary-data/signed?token=`)).toBe(true);
			const response = await fetch(url);
			expect(response.headers.get('content-type')).toBe('audio/mpeg');
			expect(await response.text()).toBe('audio');
			expect((await fetch(`${url}x`)).status).toBe(400);
			expect((await fetch(`${instance}rest/other`)).status).toBe(404);
			await engine.binary.deleteExecution('upstream', 'upstream');
			expect((await fetch(url)).status).toBe(404);
		});

		it('signs URLs of the instance that the test names', async () => {
			const data = await engine.binary.put(Buffer.from('a'), { mimeType: 'audio/mpeg' });
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'sign' },
				items: [{ binary: { data } }],
				instanceBaseUrl: 'https://n8n.example.org/',
			});
			expect(result.rows[0]?.['url']).toMatch(/^https:\/\/n8n\.example\.org\/rest\//);
		});
	});

	describe('deduplication', () => {
		const once = async (key: string, nodeId = 'node-1') => {
			const parameters = { operation: 'once' };
			const items = [{ json: { key } }];
			return (await engine.run({ node: 'fixture', parameters, items, nodeId })).rows[0];
		};

		it('remembers keys across executions, by node', async () => {
			engine.deduplication.clear();
			expect(await once('a')).toEqual({ new: ['a'], processed: [] });
			expect(await once('a')).toEqual({ new: [], processed: ['a'] });
			expect(await once('a', 'node-2')).toEqual({ new: ['a'], processed: [] });
		});

		it('forgets the oldest keys beyond the limit', async () => {
			engine.deduplication.clear();
			for (const key of ['a', 'b', 'c', 'd']) await once(key);
			expect(await once('b')).toEqual({ new: [], processed: ['b'] });
			expect(await once('a')).toEqual({ new: ['a'], processed: [] });
		});
	});

	describe('editor calls', () => {
		it('searches a list with filter, page and credential', async () => {
			const credential = engine.credential('fixtureApi', { token: 't1' });
			const first = await engine.listSearch('fixture', 'searchThings', { credential, filter: 'x' });
			expect(first).toEqual({ results: [{ name: 'x t1 0', value: '0' }], paginationToken: '1' });
			const { paginationToken: next } = first;
			const paginationToken = typeof next === 'string' ? next : undefined;
			const second = await engine.listSearch('fixture', 'searchThings', {
				credential,
				filter: 'x',
				paginationToken,
			});
			expect(second.results).toEqual([{ name: 'x t1 1', value: '1' }]);
			expect(second.paginationToken).toBeUndefined();
		});

		it('loads options from the parameters of the open panel', async () => {
			const parameters = { text: 'hello' };
			expect(await engine.loadOptions('fixture', 'things', { parameters })).toEqual([
				{ name: 'hello', value: 'a' },
			]);
		});
	});

	describe('credentials', () => {
		it('authenticates a request with the credential’s own function', async () => {
			const credential = engine.credential('fixtureApi', {
				token: 't1',
				baseUrl: 'https://api.example.org/v1',
			});
			const url = 'https://api.example.org/v1/profile';
			expect(await engine.authenticate(credential, { url })).toEqual({
				url,
				headers: { authorization: 'Bearer t1' },
			});
			await expect(engine.authenticate(credential, { url: 'https://evil.org' })).rejects.toThrow(
				'the token stays at home',
			);
		});

		it('goes through n8n’s request helper', async () => {
			const service = await startService();
			const credential = engine.credential('fixtureApi', { token: 't1', baseUrl: service.baseUrl });
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'request' },
				credential,
			});
			expect(result.rows).toEqual([{ body: { authorization: 'Bearer t1', hits: 1 } }]);
			await service.close();
		});
	});

	describe('as a tool', () => {
		it('gives the model the rows of a call whose parameters it filled', async () => {
			const result = await engine.runAsTool({
				node: 'fixture',
				parameters: { operation: 'echo', text: "={{ $fromAI('text', 'what to say') }}" },
				arguments: { text: 'good morning' },
			});
			expect(result.status).toBe('success');
			expect(JSON.parse(result.observation)).toMatchObject([{ text: 'good morning' }]);
		});

		it('gives the model the message of an error', async () => {
			const result = await engine.runAsTool({
				node: 'fixture',
				parameters: { operation: 'flaky' },
			});
			expect(JSON.parse(result.observation)).toEqual([{ error: 'The service failed.' }]);
			expect(result.status).toBe('success');
		});
	});

	describe('workflows', () => {
		const position: [number, number] = [0, 0];
		const loop: WorkflowJson = {
			nodes: [
				{
					id: '1',
					name: 'Manual',
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position,
					parameters: {},
				},
				{
					id: '2',
					name: 'Loop',
					type: 'n8n-nodes-base.splitInBatches',
					typeVersion: 3,
					position,
					parameters: { batchSize: 2 },
				},
				{
					id: '3',
					name: 'Speak',
					type: 'n8n-nodes-fixture.fixture',
					typeVersion: 1,
					position,
					parameters: { operation: 'request' },
					credentials: { fixtureApi: { id: 'of another instance', name: 'x' } },
				},
				{
					id: '4',
					name: 'Count',
					type: 'test.count',
					typeVersion: 1,
					position,
					parameters: {},
				},
			],
			connections: {
				Manual: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
				Loop: {
					main: [
						[{ node: 'Count', type: 'main', index: 0 }],
						[{ node: 'Speak', type: 'main', index: 0 }],
					],
				},
				Speak: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
			},
			pinData: { Manual: [1, 2, 3, 4, 5].map((n) => ({ json: { n } })) },
		};

		it('runs n8n’s export format with a loop, a registered node and own credentials', async () => {
			const service = await startService();
			engine.registerNode('test.count', {
				description: describeNode('count'),
				async execute() {
					return [[{ json: { count: this.getInputData().length } }]];
				},
			});
			const credentials = {
				fixtureApi: engine.credential('fixtureApi', { token: 't', baseUrl: service.baseUrl }),
			};
			const result = await engine.runWorkflow(loop, { credentials });
			expect(result.status).toBe('success');
			expect(result.rows).toEqual([{ count: 5 }]);
			expect(result.runsOf('Speak')).toHaveLength(3);
			expect(result.outputOf('Speak')).toHaveLength(1);
			await service.close();
		});

		it('sets fields with the stand-in of the Edit Fields node', async () => {
			const [manual] = loop.nodes;
			if (!manual) throw new Error('no trigger');
			const assignments = [{ id: 'a', name: 'text', value: '={{ $json.n * 2 }}', type: 'number' }];
			const result = await engine.runWorkflow({
				nodes: [
					manual,
					{
						id: '2',
						name: 'Edit Fields',
						type: 'n8n-nodes-base.set',
						typeVersion: 3.4,
						position,
						parameters: { assignments: { assignments }, includeOtherFields: true },
					},
				],
				connections: { Manual: { main: [[{ node: 'Edit Fields', type: 'main', index: 0 }]] } },
				pinData: { Manual: [{ json: { n: 21 } }] },
			});
			expect(result.rows).toEqual([{ n: 21, text: 42 }]);
		});
	});

	describe('the fast clock', () => {
		const waiting = { node: 'fixture', parameters: { operation: 'wait', waitMs: 600_000 } };

		it('makes the package’s sleeps free, and restores its clock', async () => {
			const clock = engine.useFastClock();
			const startedAt = performance.now();
			const result = await engine.run(waiting);
			expect(performance.now() - startedAt).toBeLessThan(10_000);
			expect(Number(result.rows[0]?.['waitedMs'])).toBeGreaterThanOrEqual(600_000);
			expect(Number(result.rows[0]?.['waitedMs'])).toBeLessThan(601_000);
			expect(clock.sleeps).toEqual([600_000]);
			clock.restore();
			const signal = AbortSignal.timeout(30);
			expect((await engine.run({ ...waiting, signal })).status).toBe('canceled');
		});

		it('ends a sleep at once on Stop', async () => {
			const clock = engine.useFastClock({ quietMs: () => Number.POSITIVE_INFINITY });
			const result = await engine.run({ ...waiting, onStart: ({ stop }) => setTimeout(stop, 10) });
			expect(result.status).toBe('canceled');
			expect(clock.skippedMs).toBe(0);
			clock.restore();
		});

		it('wakes sleepers in the order of their times', async () => {
			const clock = engine.useFastClock();
			const order: number[] = [];
			const { runtime } = engine.runtimeModule();
			await Promise.all(
				[5000, 1000, 3000].map(async (ms) => {
					await runtime.sleep(ms);
					order.push(ms);
				}),
			);
			expect(order).toEqual([1000, 3000, 5000]);
			expect(clock.skippedMs).toBeLessThanOrEqual(5000);
			clock.restore();
		});

		it('leaves a request the time to be answered before its deadline comes', async () => {
			const service = await startService();
			const clock = engine.useFastClock();
			const { runtime } = engine.runtimeModule();
			for (let index = 0; index < 50; index++) {
				const finished = new AbortController();
				const deadline = runtime.sleep(60_000, finished.signal).then(
					() => 'too late',
					() => 'ended',
				);
				const answer = fetch(service.baseUrl).then(async (response) => await response.text());
				expect(await Promise.race([answer, deadline])).toContain('hits');
				finished.abort();
			}
			clock.restore();
			await service.close();
		});
	});
});

describe('engines with other options', () => {
	const asked = { node: 'fixture', parameters: { operation: 'host' } };

	it('allows one engine at a time', async () => {
		await withEngine({}, async () => {
			await expect(createEngine(fixture)).rejects.toThrow(/close/);
		});
	});

	it('keeps binaries in the items in memory mode', async () => {
		await withEngine({ binaryMode: 'default' }, async (engine) => {
			const result = await engine.run({
				node: 'fixture',
				parameters: { operation: 'store', text: 'hello' },
			});
			const [row] = result.outputs[0] ?? [];
			expect(row?.binary?.['data']?.id).toBeUndefined();
			expect((await engine.binary.read(row)).toString()).toBe('hello');
			expect(await engine.binary.files()).toEqual([]);
		});
	});

	it('lets the package see the host’s undici and zod, or no undici', async () => {
		const withUndici = await withEngine({}, async (engine) => (await engine.run(asked)).rows[0]);
		expect(withUndici).toMatchObject({ undici: true, zod: true });
		const without = await withEngine(
			{ undici: false },
			async (engine) => (await engine.run(asked)).rows[0],
		);
		expect(without).toMatchObject({ undici: false, zod: true });
	});

	it('refuses loopback under SSRF protection, unless the allow list names it', async () => {
		const service = await startService();
		const call = async (options: EngineOptions) =>
			await withEngine(options, async (engine) => {
				const credential = engine.credential('fixtureApi', { baseUrl: service.baseUrl });
				const parameters = { operation: 'request' };
				const requested = await engine.run({ node: 'fixture', parameters, credential });
				const loopback = (await engine.run(asked)).rows[0]?.['loopback'];
				return { loopback, status: requested.status };
			});
		expect(await call({ ssrf: {} })).toEqual({ loopback: false, status: 'error' });
		expect(await call({ ssrf: { allowedIpRanges: ['127.0.0.0/8'] } })).toEqual({
			loopback: true,
			status: 'success',
		});
		expect(await call({})).toEqual({ loopback: true, status: 'success' });
		await service.close();
	});

	it('keeps deduplication keys in a file across engines', async () => {
		const directory = await mkdtemp(path.join(tmpdir(), 'dedup-'));
		const file = path.join(directory, 'keys.json');
		const once = async () =>
			await withEngine({ deduplication: new DeduplicationStore(file) }, async (engine) => {
				const parameters = { operation: 'once' };
				const items = [{ json: { key: 'a' } }];
				return (await engine.run({ node: 'fixture', parameters, items })).rows[0];
			});
		expect(await once()).toEqual({ new: ['a'], processed: [] });
		expect(await once()).toEqual({ new: [], processed: ['a'] });
		await rm(directory, { recursive: true });
	});

	it('puts the environment back on close', async () => {
		const before = { ...process.env };
		await withEngine({ env: { HTTP_PROXY: 'http://127.0.0.1:9', HOME: undefined } }, async () => {
			expect(process.env['HTTP_PROXY']).toBe('http://127.0.0.1:9');
			expect(process.env['HOME']).toBeUndefined();
		});
		expect(process.env).toEqual(before);
	});
});
