import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { outputOf } from '../../e2e/host/execution.mts';
import type { Workflow } from '../../e2e/host/n8n-client.mts';
import type { N8nProcess } from '../../e2e/host/n8n-process.mts';
import { until } from '../../e2e/host/until.mts';
import { chain, itemsOfWebhook, webhookTrigger } from '../../e2e/host/workflow.mts';
import { aceDataNode } from '../../e2e/support/nodes.mts';
import { type QueueLab, TESTED, startQueueLab } from '../support/queueLab.mts';

const PATH = 'callbacks';
const HOUR_MS = 3_600_000;
const LOG_TIMEOUT_MS = 10_000;

describe('executions that sleep until the service calls back, in queue mode', () => {
	let lab: QueueLab;
	let workflow: Workflow;

	beforeAll(async () => {
		// A worker that does one thing at a time: whoever sleeps in it would keep everybody else out.
		const size = { workers: 1, workerConcurrency: 1, webhooks: 2 };
		const sandbox = { aceDataCallbacks: 'never', jobDurationMs: HOUR_MS } as const;
		lab = await startQueueLab({ service: 'aceData', sandbox, ...size });
		const parameters = {
			operation: 'generate',
			prompt: '={{ $json.text }}',
			voiceId: 'voice_123',
			waitMode: 'callback',
		};
		const more = { credentials: lab.credentials, onError: 'continueRegularOutput' } as const;
		const speak = aceDataNode(TESTED, parameters, more);
		workflow = await lab.activate(chain(PATH, [webhookTrigger(PATH), itemsOfWebhook(), speak]));
	});

	beforeEach(async () => await lab.sandbox.control.reset());

	afterAll(async () => await lab?.[Symbol.asyncDispose]());

	const linesOf = (count: number, about: string) =>
		Array.from({ length: count }, (_, index) => ({ text: `Line ${index} of ${about}.` }));

	/** Tasks of the sandbox in the order of their creation. */
	const taskIds = () => lab.sandbox.control.jobIds('aceData').reverse();

	async function report(ids: readonly string[]): Promise<void> {
		const { control } = lab.sandbox;
		for (const id of ids) control.setJobStatus('aceData', id, 'completed');
		await Promise.all(ids.map(async (id) => await control.sendCallback(id)));
	}

	it('hold no worker while they sleep, and a worker takes each up again', async () => {
		const { client, server } = lab;
		const [worker] = server.workers;
		if (worker === undefined) throw new Error('The cluster has no worker');
		const ids: string[] = [];
		for (const about of ['the first', 'the second', 'the third']) {
			const id = await client.startByWebhook(workflow, PATH, { items: linesOf(2, about) });
			// One after the other, through a worker with one place: none of those before has kept it.
			await client.sleepOf(id);
			ids.push(id);
		}
		await until('the worker to have ended all three', LOG_TIMEOUT_MS, async () =>
			(await runsOf(worker, ids)).running === 0 ? true : undefined,
		);
		expect(await runsOf(worker, ids)).toEqual({ started: 3, running: 0 });

		await report(taskIds());
		for (const [index, id] of ids.entries()) {
			const execution = await client.endOf(id);
			expect(execution.status).toBe('success');
			const rows = outputOf(execution, TESTED);
			expect(rows.map(({ json }) => json['taskId'])).toEqual(
				taskIds().slice(2 * index, 2 * index + 2),
			);
			expect(rows.every(({ binary }) => binary?.['data']?.id?.startsWith('database:'))).toBe(true);
		}
		expect((await runsOf(worker, ids)).started).toBe(6);
		expect(lab.sandbox.control.charges()).toHaveLength(6);
	});

	it('are woken once by twenty callbacks that come to two processes at the same time', async () => {
		const { client, sandbox } = lab;
		const items = linesOf(20, 'two processes');
		const id = await client.startByWebhook(workflow, PATH, { items });
		await client.sleepOf(id);
		await report(taskIds());
		const execution = await client.endOf(id);
		expect(execution.status).toBe('success');
		const rows = outputOf(execution, TESTED);
		for (const [index, { binary }] of rows.entries()) {
			const file = binary?.['data'];
			if (file === undefined) throw new Error(`Row ${index} has no audio`);
			const { bytes } = await sandbox.control.audio({ text: items[index]?.text ?? '' });
			expect((await client.binary(file)).equals(bytes)).toBe(true);
		}
		expect(rows).toHaveLength(20);
		// Callbacks that came to the other process ask n8n before they would fetch anything themselves.
		await expect(
			until('another download', 7_000, async () =>
				sandbox.control.requests('GET /files/:name').length > 20 ? true : undefined,
			),
		).rejects.toThrow();
		expect(sandbox.control.requests('GET /files/:name')).toHaveLength(20);
	});
});

/** How often a worker has begun one of these executions, and how many of them it has not ended. */
async function runsOf(
	worker: N8nProcess,
	ids: readonly string[],
): Promise<{ started: number; running: number }> {
	const entries = (await worker.logEntries()).filter(({ metadata }) =>
		ids.includes(String(metadata['executionId'])),
	);
	const count = (beginning: string) =>
		entries.filter(({ message }) => message.startsWith(beginning)).length;
	const started = count('Worker started execution');
	return { started, running: started - count('Worker finished execution') };
}
