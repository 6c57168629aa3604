import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IConnections, IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LabRun } from '../../support/lab/index.mts';
import {
	ACEDATA_ENDPOINTS,
	ACEDATA_NODE,
	failureOf,
	failureRowsOf,
	generateAudio,
	rowsOf,
	synthesizeAudio,
	texts,
	useLab,
	waitForAceDataTask,
} from '../../support/lab/index.mts';
import type {
	InputItem,
	RunResult,
	RuntimeClock,
	WaitingExecutions,
	WorkflowJson,
} from '../../support/engine/index.mts';
import { PACKAGE_FOLDER } from '../../acedata/assemble/assemble.mts';
import { serve } from '../../support/servers/forTest.mts';
import { forgedBody } from '../../sandbox/acedata/callbacks.mts';
import type { FaultAction } from '../../sandbox/faults.mts';

const NODE_TYPE = `n8n-nodes-acedata-fish.${ACEDATA_NODE}`;
const HOUR_MS = 3_600_000;
/** Long enough for a slow machine to fall asleep first, and less than a task may be missing in lists. */
const JOB_MS = 15_000;
/** A read may lag behind for less than this. */
const LAG_MS = 30_000;
const CONTINUE = { onError: 'continueRegularOutput' } as const;
const callback = generateAudio({ waitMode: 'callback' });

const lab = useLab({
	service: 'aceData',
	sandbox: { aceDataCallbacks: 'never', jobDurationMs: JOB_MS },
});

/** Runs the node until its execution sleeps, in an n8n of so many processes. */
async function fallAsleep(
	run: LabRun = {},
	parameters = callback,
	processes = 1,
): Promise<{ asleep: RunResult; waiting: WaitingExecutions; taskIds: string[] }> {
	const waiting = await lab.engine.serveWaiting(processes);
	const asleep = await lab.run(ACEDATA_NODE, parameters, { settings: CONTINUE, ...run });
	expect(asleep.status).toBe('waiting');
	waiting.add(asleep);
	return { asleep, waiting, taskIds: lab.control.jobIds('aceData').reverse() };
}

/** Start → the node in the middle of these others, run until its execution sleeps, in an n8n of two processes. */
async function fallAsleepAmong(
	others: ReadonlyArray<Pick<INode, 'name' | 'type' | 'parameters'>>,
	connections: Readonly<Record<string, readonly string[]>>,
	items: readonly InputItem[],
) {
	const waiting = await lab.engine.serveWaiting(2);
	const speak = { name: 'Node', type: NODE_TYPE, parameters: callback, ...CONTINUE };
	const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} };
	const nodes = [start, speak, ...others].map((node) => ({
		id: `id-of-${node.name}`,
		typeVersion: 1,
		position: [0, 0] satisfies [number, number],
		...node,
		...(node === speak && { credentials: { aceDataCloudApi: lab.credential } }),
	}));
	const asleep = await lab.engine.runWorkflow(
		{ nodes, connections: mapOutputs(connections) },
		{ startNode: 'Start', pinData: { Start: items.map(({ json = {} }) => ({ json })) } },
	);
	expect(asleep.status).toBe('waiting');
	waiting.add(asleep);
	return { waiting, asleep };
}

/** The names behind each output of a node; an empty one has nothing behind it. */
function mapOutputs(connections: Readonly<Record<string, readonly string[]>>): IConnections {
	const outputsOf = (names: readonly string[]) =>
		names.map((node) => (node === '' ? [] : [{ node, type: 'main' as const, index: 0 }]));
	return Object.fromEntries(
		Object.entries(connections).map(([name, names]) => [name, { main: outputsOf(names) }]),
	);
}

/** Every callback is handled, and none of them has woken the execution. */
async function staysAsleep(waiting: WaitingExecutions): Promise<void> {
	await expect.poll(() => waiting.callsUnderWay).toBe(0);
	expect(waiting.wakings).toBe(0);
}

/** The IDs in each read of these tasks alone: a call of an earlier test may still look for its own. */
const readsOf = (taskIds: readonly string[]) =>
	lab.control
		.requests(ACEDATA_ENDPOINTS.readTasks)
		.map(({ body }): string[] => Object(body).ids)
		.filter((ids) => ids.every((id) => taskIds.includes(id)));

const letTasksFinish = () => lab.clock?.skip(JOB_MS + 1_000);
const statuses = (sent: ReadonlyArray<{ status: number | undefined }>) =>
	sent.map(({ status }) => status);

describe('a sleep until the service calls back', () => {
	it('ends with the row of each item, paired, in their order, whatever the order of the callbacks', async () => {
		const items = texts(20);
		const { waiting, asleep, taskIds } = await fallAsleep({ items });
		letTasksFinish();
		for (const taskId of [...taskIds].reverse()) await lab.control.sendCallback(taskId);
		const result = await waiting.woken(asleep);
		expect(result.status).toBe('success');
		expect(rowsOf(result).map(({ pairedItem }) => pairedItem)).toEqual(
			items.map((_item, item) => ({ item })),
		);
		for (const [index, row] of rowsOf(result).entries()) {
			const { bytes } = await lab.control.audio({ text: String(items[index]?.json?.text) });
			expect(await lab.engine.binary.read(row, 'data')).toEqual(bytes);
			expect(row.json).toMatchObject({
				characters: items[index]?.json?.text?.toString().length,
				model: 'fish-tts',
			});
		}
		expect(lab.control.charges()).toHaveLength(20);
		expect(waiting.refusedRows).toBe(0);
	});

	it('goes on while a task is unfinished, and ends once the last one is', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(2) });
		const [first = '', second = ''] = taskIds;
		lab.control.setJobStatus('aceData', first, 'completed');
		expect(await lab.control.sendCallback(first)).toMatchObject({ status: 200 });
		lab.control.setJobStatus('aceData', second, 'completed');
		expect(await lab.control.sendCallback(second)).toMatchObject({ status: 200 });
		expect((await waiting.woken(asleep)).rows.map(({ taskId }) => taskId)).toEqual(taskIds);
	});

	it('ends although its only callback came before the task was finished', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(2) });
		const [first = '', second = ''] = taskIds;
		// The second one's callback is lost, or still to come; the first one's is early.
		lab.control.setJobStatus('aceData', second, 'completed');
		expect(await lab.control.sendCallback(first)).toMatchObject({ status: 200 });
		expect((await waiting.woken(asleep)).rows.map(({ taskId }) => taskId)).toEqual(taskIds);
	});

	it('ends although the tasks could not be read when its only callback came', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(1) });
		letTasksFinish();
		lab.control.addFaults({
			match: { path: ACEDATA_ENDPOINTS.readTasks, times: 5 },
			do: { kind: 'status', status: 503 },
		});
		const [taskId = ''] = taskIds;
		await lab.control.sendCallback(taskId);
		expect((await waiting.woken(asleep)).rows).toMatchObject([
			{ taskId, audioUrl: expect.stringContaining(lab.sandbox.origin) },
		]);
	});

	it('believes nothing that it is sent', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(1) });
		const [taskId = ''] = taskIds;
		const forged = await lab.control.sendCallback(taskId, forgedBody(taskId));
		expect(forged.status).toBe(200);
		letTasksFinish();
		await lab.control.sendCallback(taskId, forgedBody(taskId));
		const { rows, ...result } = await waiting.woken(asleep);
		expect(rows[0]?.audioUrl).toContain(lab.sandbox.origin);
		expect(JSON.stringify([rows, result.contextData])).not.toContain('attacker');
	});

	it('reads its tasks once, and once more, for twenty callbacks at once, and keeps one file of each', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(20) });
		letTasksFinish();
		const readsBefore = readsOf(taskIds).length;
		const sent = await Promise.all(
			taskIds.map(async (taskId) => await lab.control.sendCallback(taskId)),
		);
		const result = await waiting.woken(asleep);
		expect(statuses(sent).every((status) => status === 200 || status === 409)).toBe(true);
		expect(readsOf(taskIds).length - readsBefore).toBeLessThanOrEqual(2);
		expect(lab.control.requests('GET /files/:name')).toHaveLength(20);
		expect(result.rows).toHaveLength(20);
		expect(waiting.refusedRows).toBe(0);
	});

	it('is ended by the first of two equal callbacks', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(1) });
		letTasksFinish();
		const [taskId = ''] = taskIds;
		await Promise.all([lab.control.sendCallback(taskId), lab.control.sendCallback(taskId)]);
		expect((await waiting.woken(asleep)).rows).toHaveLength(1);
		expect(lab.control.requests('GET /files/:name')).toHaveLength(1);
		expect(await lab.control.sendCallback(taskId)).toMatchObject({ status: 409 });
	});

	it('is ended by the callback of the task that was finished last alone, where n8n cannot ask itself', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(2) });
		waiting.reachesItself = false;
		letTasksFinish();
		const [first = '', last = ''] = taskIds;
		await lab.control.sendCallback(first);
		await staysAsleep(waiting);
		await lab.control.sendCallback(last);
		expect((await waiting.woken(asleep)).rows).toHaveLength(2);
	});

	it('ends once although two equal callbacks find its tasks after a slow look', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(1) });
		const [taskId = ''] = taskIds;
		await lab.control.sendCallback(taskId);
		letTasksFinish();
		await lab.control.sendCallback(taskId);
		expect((await waiting.woken(asleep)).rows).toHaveLength(1);
		await expect.poll(() => waiting.callsUnderWay).toBe(0);
		expect(lab.control.requests('GET /files/:name')).toHaveLength(1);
		expect(waiting.refusedRows).toBe(0);
	});

	it('tells who asks for it nothing but its own ID, and goes on', async () => {
		const { waiting } = await fallAsleep({ items: texts(1) });
		letTasksFinish();
		const [{ body } = { body: {} }] = lab.control.requests(ACEDATA_ENDPOINTS.createAudio);
		const url = new URL(Object(body).callback_url);
		url.searchParams.set('probe', 'true');
		const response = await fetch(url, { method: 'POST' });
		const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
		expect(await response.json()).toEqual({ sleep: expect.stringMatching(uuid) });
		expect([waiting.callsUnderWay, waiting.wakings]).toEqual([0, 0]);
	});

	it('ends when the callback of the task that was finished last never comes', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(3) });
		letTasksFinish();
		await lab.control.sendCallback(taskIds[0] ?? '');
		expect((await waiting.woken(asleep)).rows).toHaveLength(3);
	});

	it('ends with the failure of a task that the service does not know any more, asked for alone', async () => {
		lab.control.configure({ jobDurationMs: HOUR_MS });
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(3) });
		const [first = '', lost = '', last = ''] = taskIds;
		lab.control.forgetJob('aceData', lost);
		lab.control.setJobStatus('aceData', first, 'completed');
		await lab.control.sendCallback(first);
		await staysAsleep(waiting);
		lab.control.setJobStatus('aceData', last, 'completed');
		await lab.control.sendCallback(last);
		const result = await waiting.woken(asleep);
		expect(result.rows.map(({ taskId }) => taskId)).toEqual([first, undefined, last]);
		expect(failureRowsOf(result)).toMatchObject([
			{
				error: `AceDataCloud knows no task ${lost}.`,
				details: { reason: 'notFound', jobId: lost, outcomeUnknown: false },
			},
		]);
		expect(lab.control.requests(ACEDATA_ENDPOINTS.readTasks).at(-1)?.body).toMatchObject({
			ids: [lost],
		});
	});

	describe.each([
		[
			'refuses for it',
			{ kind: 'status', status: 400, message: 'ids: not an ID' },
			'invalidRequest',
		],
		['answers with 404 for it', { kind: 'status', status: 404 }, 'notFound'],
		['answers with nothing for it', { kind: 'raw', body: '' }, 'notFound'],
		['answers with an empty object for it', { kind: 'raw', body: '{}' }, 'notFound'],
	] satisfies Array<[string, FaultAction, string]>)(
		'of a task whose reads the service %s',
		(_how, fault, reason) => {
			const refuseReadsOf = (taskId: string, times: number | 'always') =>
				lab.control.addFaults({
					match: { path: ACEDATA_ENDPOINTS.readTasks, body: taskId, times },
					do: fault,
				});

			it('ends with its failure and the rows of the others', async () => {
				const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(5) });
				const [first = '', bad = '', ...others] = taskIds;
				letTasksFinish();
				lab.clock?.skip(LAG_MS);
				refuseReadsOf(bad, 'always');
				await lab.control.sendCallback(first);
				const result = await waiting.woken(asleep);
				expect(result.rows.map(({ taskId }) => taskId)).toEqual([first, undefined, ...others]);
				expect(failureRowsOf(result)).toMatchObject([
					{
						message: expect.stringContaining('Do not create it again'),
						details: { reason, jobId: bad },
					},
				]);
				expect(waiting.refusedRows).toBe(0);
			});

			it('goes on while others are unfinished, and asks anew', async () => {
				lab.control.configure({ jobDurationMs: HOUR_MS });
				const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(3) });
				const [first = '', late = '', last = ''] = taskIds;
				for (const taskId of [first, late])
					lab.control.setJobStatus('aceData', taskId, 'completed');
				refuseReadsOf(late, 2);
				await lab.control.sendCallback(first);
				await staysAsleep(waiting);
				lab.control.setJobStatus('aceData', last, 'completed');
				await lab.control.sendCallback(last);
				expect((await waiting.woken(asleep)).rows.map(({ taskId }) => taskId)).toEqual(taskIds);
			});
		},
	);

	it('goes on when the service refuses the reads of all tasks, until a later callback', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(2) });
		letTasksFinish();
		lab.clock?.skip(LAG_MS);
		lab.control.addFaults({
			match: { path: ACEDATA_ENDPOINTS.readTasks, times: 'always' },
			do: { kind: 'status', status: 404 },
		});
		const [first = '', second = ''] = taskIds;
		await lab.control.sendCallback(first);
		await staysAsleep(waiting);
		lab.control.clearFaults();
		await lab.control.sendCallback(second);
		expect((await waiting.woken(asleep)).rows.map(({ taskId }) => taskId)).toEqual(taskIds);
	});

	describe('does not take a fault of the service for one of its tasks', () => {
		const parameters = generateAudio({
			waitMode: 'callback',
			downloadAudio: false,
			options: { concurrency: 20 },
		});
		const missReads = (which: { nth?: number; times: number | 'always' }) =>
			lab.control.addFaults({
				match: { path: ACEDATA_ENDPOINTS.readTasks, ...which },
				do: { kind: 'status', status: 404 },
			});

		async function fallAsleepLongAgo(count: number) {
			const sleep = await fallAsleep({ items: texts(count) }, parameters);
			letTasksFinish();
			lab.clock?.skip(LAG_MS);
			return sleep;
		}

		async function expectAllAudio(
			{ waiting, asleep }: Awaited<ReturnType<typeof fallAsleep>>,
			count: number,
		): Promise<void> {
			const { rows } = await waiting.woken(asleep);
			expect(rows.every(({ audioUrl }) => audioUrl !== undefined)).toBe(true);
			expect(rows).toHaveLength(count);
		}

		it('when it ends while they are asked for alone', async () => {
			const sleep = await fallAsleepLongAgo(5);
			missReads({ times: 5 });
			await lab.control.sendCallback(sleep.taskIds[0] ?? '');
			await expectAllAudio(sleep, 5);
		});

		it('when it begins after some of them were told', async () => {
			const sleep = await fallAsleepLongAgo(105);
			missReads({ nth: 2, times: 'always' });
			await lab.control.sendCallback(sleep.taskIds[1] ?? '');
			await staysAsleep(sleep.waiting);
			lab.control.clearFaults();
			await lab.control.sendCallback(sleep.taskIds[2] ?? '');
			await expectAllAudio(sleep, 105);
		});
	});

	it('waits at most half a minute for a task that is not listed, though the clock is set back', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(2) });
		const [first = '', lost = ''] = taskIds;
		letTasksFinish();
		lab.control.forgetJob('aceData', lost);
		const { runtime }: { runtime: RuntimeClock } = lab.engine.runtimeModule();
		const { now } = runtime;
		runtime.now = () => now() - HOUR_MS;
		onTestFinished(() => void (runtime.now = now));
		const before = runtime.elapsed();
		await lab.control.sendCallback(first);
		const result = await waiting.woken(asleep);
		expect(failureRowsOf(result)).toMatchObject([{ details: { reason: 'notFound', jobId: lost } }]);
		expect(runtime.elapsed() - before).toBeLessThan(60_000);
	});

	it('goes on for tasks that are not listed in the first seconds', async () => {
		lab.control.configure({ jobDurationMs: HOUR_MS });
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(3) });
		const [first = '', second = '', third = ''] = taskIds;
		lab.control.setJobStatus('aceData', first, 'completed');
		lab.control.configure({ tasksHiddenForMs: 20_000 });
		await lab.control.sendCallback(first);
		await staysAsleep(waiting);
		for (const taskId of [second, third]) {
			lab.control.setJobStatus('aceData', taskId, 'completed');
			await lab.control.sendCallback(taskId);
		}
		expect((await waiting.woken(asleep)).rows.map(({ taskId }) => taskId)).toEqual(taskIds);
	});

	it('goes on for a task that is missing in an answer, but known when it is asked for alone', async () => {
		lab.control.configure({ jobDurationMs: HOUR_MS });
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(2) });
		const [first = '', missing = ''] = taskIds;
		lab.control.setJobStatus('aceData', first, 'completed');
		lab.control.addFaults({
			match: { path: ACEDATA_ENDPOINTS.readTasks, times: 1 },
			do: { kind: 'editJson', set: { items: [] } },
		});
		await lab.control.sendCallback(first);
		await staysAsleep(waiting);
		lab.control.setJobStatus('aceData', missing, 'completed');
		await lab.control.sendCallback(missing);
		expect((await waiting.woken(asleep)).rows.map(({ taskId }) => taskId)).toEqual(taskIds);
	});

	it('shows failed tasks and items that were never sent as rows in their places', async () => {
		lab.control.failNextJobs('aceData', { code: 'content_moderation', message: 'Not this text.' });
		const [good = {}, other = {}] = texts(2);
		const run = {
			items: [good, { json: { text: '' } }, other],
			settings: { onError: 'continueErrorOutput' } as const,
		};
		const { waiting, asleep, taskIds } = await fallAsleep(
			run,
			generateAudio({ waitMode: 'callback', options: { concurrency: 1 } }),
		);
		letTasksFinish();
		await lab.control.sendCallback(taskIds[1] ?? '');
		const result = await waiting.woken(asleep);
		expect(result.outputs[0]?.map(({ json, pairedItem }) => [json.taskId, pairedItem])).toEqual([
			[taskIds[1], { item: 2 }],
		]);
		expect(failureRowsOf(result).map(({ details }) => details.reason)).toEqual([
			'jobFailed',
			'invalidParameter',
		]);
		expect(failureRowsOf(result)[0]).toMatchObject({
			error: `Task ${taskIds[0]} failed (content_moderation): Not this text.`,
			details: { jobId: taskIds[0], code: 'content_moderation', operation: 'generate' },
		});
	});

	it('keeps the fields of the input where that is wanted, and the body of the service', async () => {
		const options = { includeInputFields: true };
		const parameters = synthesizeAudio({ waitMode: 'callback', simplify: false, options });
		const { waiting, asleep, taskIds } = await fallAsleep(
			{ items: [{ json: { text: 'Hello there, again.', sku: 7 } }] },
			parameters,
		);
		letTasksFinish();
		await lab.control.sendCallback(taskIds[0] ?? '');
		expect((await waiting.woken(asleep)).rows[0]).toMatchObject({
			sku: 7,
			taskId: taskIds[0],
			raw: { id: taskIds[0], request: { callback_url: '[callback URL]', text: '[text]' } },
		});
	});

	describe('of a task that failed with its text in the message', () => {
		const text = 'The whole text of a speaker whom nobody may quote.';
		const error = (said: string, [taskId = '']: readonly string[]) =>
			`Task ${taskId} failed (content_moderation): ${said}`;

		/** A task in the shape that does not repeat its request. */
		function failWithText(sent = text): void {
			lab.control.configure({ jobShape: 'envelope' });
			const message = `Not allowed: "${sent}"`;
			lab.control.failNextJobs('aceData', { code: 'content_moderation', message });
		}

		it('hides the text when it is finished at the first look', async () => {
			failWithText();
			lab.control.configure({ jobDurationMs: 0 });
			await lab.engine.serveWaiting();
			const run = { items: [{ json: { text } }], settings: CONTINUE };
			const result = await lab.run(ACEDATA_NODE, callback, run);
			expect(failureRowsOf(result)).toMatchObject([
				{ error: error('Not allowed: "[text]"', lab.control.jobIds('aceData')) },
			]);
		});

		it('hides the text of each item when a callback ends it', async () => {
			failWithText();
			const other = { json: { text: 'Another text.' } };
			const { waiting, asleep, taskIds } = await fallAsleep(
				{ items: [{ json: { text } }, other] },
				generateAudio({ waitMode: 'callback', options: { concurrency: 1 } }),
			);
			letTasksFinish();
			await lab.control.sendCallback(taskIds[1] ?? '');
			const result = await waiting.woken(asleep);
			expect(failureRowsOf(result)).toMatchObject([
				{ error: error('Not allowed: "[text]"', taskIds) },
			]);
			expect(rowsOf(result)[1]?.json).toMatchObject({ taskId: taskIds[1] });
			expect(JSON.stringify([result.outputs, result.contextData])).not.toContain(text);
		});

		it('hides the whole message where the text is another one by now', async () => {
			failWithText();
			const prompt = '={{ $json.text }} {{ Math.random() }}';
			const { waiting, asleep, taskIds } = await fallAsleep(
				{ items: [{ json: { text } }] },
				synthesizeAudio({ waitMode: 'callback', text: prompt }),
			);
			letTasksFinish();
			await lab.control.sendCallback(taskIds[0] ?? '');
			const result = await waiting.woken(asleep);
			const said =
				'The reason is not shown here, because it may repeat the text. Get Task shows it.';
			expect(failureRowsOf(result)).toMatchObject([
				{ error: error(said, taskIds), details: { code: 'content_moderation' } },
			]);
			expect(JSON.stringify([result.outputs, result.contextData])).not.toContain(text);
		});
	});

	it('does not begin when all tasks are finished at the first look', async () => {
		lab.control.configure({ jobDurationMs: 0 });
		await lab.engine.serveWaiting();
		const result = await lab.run(ACEDATA_NODE, callback, { items: texts(2), settings: CONTINUE });
		expect(result.status).toBe('success');
		expect(rowsOf(result).every(({ binary }) => binary?.data !== undefined)).toBe(true);
	});

	it('says that audio is paid for when it cannot be downloaded', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(1) });
		letTasksFinish();
		lab.control.addFaults({
			match: { path: 'GET /files/:name', times: 'always' },
			do: { kind: 'status', status: 404 },
		});
		await lab.control.sendCallback(taskIds[0] ?? '');
		expect(failureRowsOf(await waiting.woken(asleep))).toMatchObject([
			{
				message: expect.stringContaining(
					`paid for: Wait for Task fetches it with the ID ${taskIds[0]}.`,
				),
				details: { jobId: taskIds[0], outcomeUnknown: false },
			},
		]);
	});

	it('goes on when the tasks cannot be read, until a later callback', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(1) });
		letTasksFinish();
		const [taskId = ''] = taskIds;
		lab.control.addFaults({
			match: { path: ACEDATA_ENDPOINTS.readTasks, times: 5 },
			do: { kind: 'status', status: 500 },
		});
		await lab.control.sendCallback(taskId);
		await lab.control.sendCallback(taskId);
		expect((await waiting.woken(asleep)).rows[0]).toMatchObject({ taskId });
	});

	it('keeps neither text nor token nor the key of its address in what n8n stores', async () => {
		const { asleep } = await fallAsleep({ items: texts(2) });
		const kept = JSON.stringify([asleep.contextData, asleep.logs]);
		expect(kept).not.toContain('quick brown');
		expect(kept).not.toContain(lab.sandbox.token);
		expect(kept).not.toContain(String(asleep.run.data.resumeToken));
	});
});

describe('the key in the callback URL', () => {
	it('is shown nowhere, even when the service repeats it', async () => {
		await lab.engine.serveWaiting();
		let key = '';
		const server = await serve(({ body }, response) => {
			const { callback_url: url }: { callback_url: string } = JSON.parse(body.toString());
			key = new URL(url).searchParams.get('signature') ?? '';
			const error = { code: 'bad_request', message: `Cannot call ${url}, nor use ${key}.` };
			response.writeHead(400, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ error }));
		});
		const data = { apiToken: 'token-of-the-test', baseUrl: server.origin };
		const credential = lab.engine.credential('aceDataCloudApi', data);
		const run = { items: texts(1), settings: CONTINUE, credential };
		const result = await lab.run(ACEDATA_NODE, callback, run);
		expect(failureRowsOf(result)[0]?.error).toContain('(bad_request): Cannot call');
		expect(key.length).toBeGreaterThan(20);
		const shown = JSON.stringify([result.rows, result.hints, result.logs, result.contextData]);
		expect(shown).not.toContain(key);
	});
});

describe('a batch of many tasks', () => {
	it('is read in parts', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep(
			{ items: texts(120) },
			generateAudio({ waitMode: 'callback', downloadAudio: false, options: { concurrency: 20 } }),
		);
		letTasksFinish();
		await lab.control.sendCallback(taskIds[119] ?? '');
		const result = await waiting.woken(asleep);
		expect(result.rows.every(({ audioUrl }) => audioUrl !== undefined)).toBe(true);
		expect(readsOf(taskIds).map((ids) => ids.length)).toEqual([100, 20, 100, 20]);
	});
});

describe('a deadline without any callback', () => {
	it('hands the input on, and Wait for Task delivers by the IDs in the context without buying again', async () => {
		const items = texts(3);
		const { waiting, asleep, taskIds } = await fallAsleep({ items });
		const over = await waiting.reachDeadline(asleep);
		expect(rowsOf(over).map(({ json }) => json)).toEqual(items.map(({ json }) => json));
		const { tasks } = over.contextData['node:Node'] ?? {};
		expect(tasks).toEqual(taskIds.map((taskId, itemIndex) => ({ itemIndex, taskId })));
		const fetched = await lab.run(ACEDATA_NODE, waitForAceDataTask(), {
			items: taskIds.map((taskId) => ({ json: { taskId } })),
		});
		expect(rowsOf(fetched).every(({ binary }) => binary?.data?.mimeType === 'audio/mpeg')).toBe(
			true,
		);
		expect(lab.control.charges()).toHaveLength(3);
	});

	it('is as far away as Wait Timeout says', async () => {
		const before = lab.clock?.now() ?? 0;
		const options = { waitTimeoutSeconds: 1_800 };
		const { asleep } = await fallAsleep(
			{ items: texts(1) },
			generateAudio({ waitMode: 'callback', options }),
		);
		const waitMs = new Date(asleep.run.waitTill ?? 0).getTime() - before;
		expect(waitMs).toBeGreaterThanOrEqual(1_800_000);
		expect(waitMs).toBeLessThan(1_860_000);
	});
});

describe('the branch of the example behind the deadline', () => {
	const exampleFile = path.join(PACKAGE_FOLDER, 'examples', 'speech-with-callbacks.json');

	/** Runs the example over other chapters until its execution sleeps. */
	async function fallAsleepInExample(
		chapters: readonly IDataObject[],
		options: INodeParameters = {},
	) {
		const example: WorkflowJson = JSON.parse(readFileSync(exampleFile, 'utf8'));
		const waiting = await lab.engine.serveWaiting();
		const nodes = example.nodes.map((node) => {
			if (node.name === 'Chapters')
				return { ...node, parameters: { mode: 'raw', jsonOutput: JSON.stringify({ chapters }) } };
			if (node.name !== 'AceData Fish Audio') return node;
			const speed = { concurrency: 1, ...options };
			return { ...node, ...CONTINUE, parameters: { ...node.parameters, options: speed } };
		});
		const asleep = await lab.engine.runWorkflow(
			{ ...example, nodes },
			{ startNode: 'Run by Hand', credentials: { aceDataCloudApi: lab.credential } },
		);
		expect(asleep.status).toBe('waiting');
		waiting.add(asleep);
		return { waiting, asleep };
	}

	it.each([
		['', {}],
		[' with the fields of the input in them', { includeInputFields: true }],
	])('is not taken by rows of a skipped item and of a failed task%s', async (_with, options) => {
		lab.control.failNextJobs('aceData', { code: 'content_moderation', message: 'Not this.' });
		const { waiting, asleep } = await fallAsleepInExample(
			[
				{ title: 'one', text: 'This task fails.' },
				{ title: 'two', text: 'This task is finished.' },
				{ title: 'two', text: 'This item is skipped.' },
			],
			{ onceKey: '={{ $json.title }}', ...options },
		);
		letTasksFinish();
		await lab.control.sendCallback(lab.control.jobIds('aceData')[0] ?? '');
		const result = await waiting.woken(asleep);
		expect(result.status).toBe('success');
		expect(Object.keys(result.runData)).not.toContain('Wait for Task');
		expect(result.outputOf('Audio').map(({ json }) => json)).toMatchObject([
			{ details: { reason: 'jobFailed' } },
			{ taskId: lab.control.jobIds('aceData')[0] },
			{ skipped: true, onceKey: 'two' },
		]);
	});

	it('is taken at the deadline by items that have a taskId of their own', async () => {
		const { waiting, asleep } = await fallAsleepInExample([
			{ taskId: 'of somebody else', text: 'The first text.' },
			{ taskId: 'of nobody', text: 'The second text.' },
		]);
		const result = await waiting.reachDeadline(asleep);
		expect(result.status).toBe('success');
		expect(result.outputOf('Audio').map(({ json, binary }) => [json.taskId, binary?.data])).toEqual(
			lab.control
				.jobIds('aceData')
				.reverse()
				.map((taskId) => [taskId, expect.objectContaining({ mimeType: 'audio/mpeg' })]),
		);
		expect(lab.control.charges()).toHaveLength(2);
	});
});

describe('two processes of n8n', () => {
	it('wake an execution once, with one file for each item', async () => {
		const { waiting, asleep, taskIds } = await fallAsleep({ items: texts(20) }, callback, 2);
		letTasksFinish();
		await Promise.all(taskIds.map(async (taskId) => await lab.control.sendCallback(taskId)));
		const result = await waiting.woken(asleep);
		expect(result.rows).toHaveLength(20);
		await expect.poll(() => lab.control.callbacks().length).toBe(20);
		await untilAllCallsEnded(waiting);
		expect(waiting.refusedRows).toBe(0);
		expect(lab.control.requests('GET /files/:name')).toHaveLength(20);
	});

	/** Those that came to the other process hold back for five seconds before they ask n8n. */
	async function untilAllCallsEnded(waiting: WaitingExecutions): Promise<void> {
		await expect.poll(() => waiting.callsUnderWay, { timeout: 25_000 }).toBe(0);
	}

	/** Four items in two batches; the first batch sleeps. */
	async function fallAsleepInLoop() {
		return await fallAsleepAmong(
			[
				{
					name: 'Loop',
					type: 'n8n-nodes-base.splitInBatches',
					parameters: { batchSize: 2 },
				},
			],
			{ Start: ['Loop'], Loop: ['', 'Node'], Node: ['Loop'] },
			texts(4),
		);
	}

	/** The first process holds back for five seconds, while the callback of the last task wakes the execution in the other one. */
	async function reportToBoth(): Promise<void> {
		letTasksFinish();
		const [last = '', first = ''] = lab.control.jobIds('aceData');
		await lab.control.sendCallback(first);
		await lab.control.sendCallback(last);
	}

	it('buy the next batch of a loop once, when the first one is reported to both', async () => {
		const { waiting, asleep } = await fallAsleepInLoop();
		await reportToBoth();
		const again = await waiting.woken(asleep);
		expect(again.status).toBe('waiting');
		await untilAllCallsEnded(waiting);
		expect(lab.control.charges()).toHaveLength(4);
		await reportToBoth();
		const result = await waiting.woken(again);
		expect(result.status).toBe('success');
		expect(result.outputOf('Loop').map(({ json }) => json.taskId)).toEqual(
			lab.control.jobIds('aceData').reverse(),
		);
		await untilAllCallsEnded(waiting);
		expect(lab.control.charges()).toHaveLength(4);
		expect([waiting.wakings, waiting.refusedRows]).toEqual([2, 0]);
	});

	it('buy nothing twice when the slower one is still downloading after the other one has woken the execution', async () => {
		const { waiting, asleep } = await fallAsleepInLoop();
		letTasksFinish();
		lab.control.addFaults({
			match: { path: 'GET /files/:name', times: 2 },
			do: { kind: 'delay', ms: 4_000 },
		});
		const [last = ''] = lab.control.jobIds('aceData');
		await lab.control.sendCallback(last);
		await expect.poll(() => lab.control.requests('GET /files/:name').length).toBe(2);
		await lab.control.sendCallback(last);
		expect((await waiting.woken(asleep)).status).toBe('waiting');
		expect(waiting.callsUnderWay).toBe(1);
		await untilAllCallsEnded(waiting);
		expect([waiting.wakings, waiting.refusedRows]).toEqual([1, 0]);
		expect(lab.control.charges()).toHaveLength(4);
	});

	it.each(['GET', 'POST'])('leave it to others to call a Wait node with %s', async (httpMethod) => {
		const { waiting, asleep } = await fallAsleepAmong(
			[{ name: 'Wait', type: 'n8n-nodes-base.wait', parameters: { httpMethod } }],
			{ Start: ['Node'], Node: ['Wait'] },
			texts(2),
		);
		await reportToBoth();
		const again = await waiting.woken(asleep);
		expect([again.status, again.run.data.resultData.lastNodeExecuted]).toEqual(['waiting', 'Wait']);
		await untilAllCallsEnded(waiting);
		expect([waiting.wakings, waiting.refusedRows]).toEqual([1, 0]);
	});
});

describe('a sleep that nothing could end well', () => {
	it.each([['with Stop Workflow', {}, 'On Error is Stop Workflow']] as const)(
		'is refused %s, before anything is sent',
		async (_when, settings, why) => {
			await lab.engine.serveWaiting();
			const result = await lab.run(ACEDATA_NODE, callback, { items: texts(2), settings });
			expect(failureOf(result)).toMatchObject({
				error: expect.stringContaining(`Parameter "Wait Mode" is Callback, but ${why}`),
				message: expect.stringContaining('On Error'),
				details: { reason: 'invalidParameter' },
			});
			expect(lab.control.requests()).toEqual([]);
		},
	);

	it('is refused as a tool', async () => {
		await lab.engine.serveWaiting();
		const { observation, status } = await lab.engine.runAsTool({
			node: ACEDATA_NODE,
			parameters: generateAudio({ waitMode: 'callback', prompt: 'Hello there.' }),
			credential: lab.credential,
			settings: CONTINUE,
		});
		expect(status).not.toBe('waiting');
		expect(observation).toContain('runs as a tool');
		expect(lab.control.requests()).toEqual([]);
	});

	it('is refused when the service cannot reach this n8n', async () => {
		const credential = lab.engine.credential('aceDataCloudApi', {
			apiToken: lab.sandbox.token,
			baseUrl: 'https://api.example.org',
		});
		await lab.engine.serveWaiting();
		const result = await lab.run(ACEDATA_NODE, callback, {
			items: texts(1),
			settings: CONTINUE,
			credential,
		});
		expect(failureRowsOf(result)).toMatchObject([
			{
				error: expect.stringMatching(
					/the address of this n8n is http:\/\/127\.0\.0\.1:\d+, which AceDataCloud cannot reach/,
				),
				message: expect.stringContaining('WEBHOOK_URL'),
			},
		]);
	});
});
