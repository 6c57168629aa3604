import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { outputOf } from '../../e2e/host/execution.mts';
import { chain, manualTrigger } from '../../e2e/host/workflow.mts';
import { fishSpeechNode, synthesis } from '../../e2e/support/nodes.mts';
import { acceptedJobsIn } from '../support/logs.mts';
import { KEYED_JOBS, keyedRows } from '../support/onceKeys.mts';
import {
	type QueueLab,
	TESTED,
	activateBatch,
	boughtOf,
	startQueueLab,
} from '../support/queueLab.mts';

const NODE = 'fishSpeechTextToSpeech';
const CREATE_JOB = 'POST /speech/tts/jobs';
const POLL = 'GET /speech/tts/jobs/:taskId';
const AN_HOUR_MS = 3_600_000;
/** n8n notices after about 90 s that a worker is gone. */
const STALLED_TIMEOUT_MS = 180_000;
const TEST_TIMEOUT_MS = 300_000;

describe('a worker that ends', () => {
	let lab: QueueLab;

	beforeAll(async () => {
		lab = await startQueueLab();
	});

	beforeEach(async () => await lab.sandbox.control.reset());

	afterAll(async () => await lab?.[Symbol.asyncDispose]());

	it(
		'by a kill in the middle of a batch buys nothing more, and the next run buys only what is new',
		async () => {
			const { client, sandbox, server } = lab;
			const parameters = {
				...KEYED_JOBS,
				options: { concurrency: 1, onceKey: '={{ $json.key }}' },
			};
			const workflow = await activateBatch(lab, 'killed-batch', NODE, parameters);
			const rows = keyedRows(6, 'killed');
			// The fourth is accepted by the service, but n8n never learns of it.
			sandbox.control.addFaults({
				match: { path: CREATE_JOB, nth: 4 },
				do: { kind: 'stall', accept: true },
			});
			const [id = ''] = await workflow.start(rows);
			await sandbox.control.waitForRequests(CREATE_JOB, 4);
			const worker = await server.workerOf(id);
			await worker.kill();
			const bought = rows.slice(0, 4).map(({ text }) => text);
			expect(boughtOf(lab)).toEqual(bought);
			const answered = sandbox.control
				.requests(CREATE_JOB)
				.filter(({ outcome }) => outcome === 'answered')
				.map(({ createdId }) => createdId);
			expect(await acceptedJobsIn(worker, id)).toEqual(answered);
			expect(answered).toHaveLength(3);

			const ended = await client.endOf(id, STALLED_TIMEOUT_MS);
			expect(['error', 'crashed']).toContain(ended.status);
			expect(boughtOf(lab)).toEqual(bought);

			const newRows = keyedRows(3, 'new');
			const [next] = await workflow.run([...rows, ...newRows]);
			if (next === undefined) throw new Error('The next execution is missing');
			expect(next.status).toBe('success');
			// The killed batch had recorded the keys of the two items that it did not send.
			const json = outputOf(next, TESTED).map((row) => row.json);
			const skipped = rows.map(({ key }) => ({ skipped: true, onceKey: key }));
			expect(json.slice(0, rows.length)).toEqual(skipped);
			expect(boughtOf(lab).sort()).toEqual([...bought, ...newRows.map(({ text }) => text)].sort());
			await worker.launch();
		},
		TEST_TIMEOUT_MS,
	);

	it(
		'by a kill in the middle of a wait leaves a job that another worker fetches by the ID of the log',
		async () => {
			const { client, credentials, sandbox, server } = lab;
			sandbox.control.configure({ jobDurationMs: AN_HOUR_MS });
			const parameters = { ...KEYED_JOBS, waitForCompletion: true };
			const workflow = await activateBatch(lab, 'killed-wait', NODE, parameters);
			const rows = keyedRows(2, 'waiting');
			const [id = ''] = await workflow.start(rows);
			await sandbox.control.waitForRequests(POLL, 2);
			const worker = await server.workerOf(id);
			await worker.kill();
			const jobIds = sandbox.control.jobIds('speech');
			expect((await acceptedJobsIn(worker, id)).sort()).toEqual([...jobIds].sort());
			const ended = await client.endOf(id, STALLED_TIMEOUT_MS);
			expect(['error', 'crashed']).toContain(ended.status);

			const [again] = await workflow.run(rows);
			if (again === undefined) throw new Error('The second execution is missing');
			const skipped = rows.map(({ key }) => ({ skipped: true, onceKey: key }));
			expect(outputOf(again, TESTED).map(({ json }) => json)).toEqual(skipped);
			const [jobId = ''] = jobIds;
			sandbox.control.setJobStatus('speech', jobId, 'completed');
			const wait = fishSpeechNode(
				'Wait',
				NODE,
				{ operation: 'waitForJob', jobId },
				{ credentials },
			);
			const fetched = await lab.run(chain('Fetch', [manualTrigger(), wait]));
			expect(outputOf(fetched, 'Wait')[0]?.json).toMatchObject({ jobId, state: 'succeeded' });
			expect(boughtOf(lab)).toHaveLength(rows.length);
			await worker.launch();
		},
		TEST_TIMEOUT_MS,
	);

	it('by SIGTERM finishes its batch first and takes no other', async () => {
		const { client, sandbox, server } = lab;
		sandbox.control.configure({ latencyMs: 300 });
		const parameters = synthesis('={{ $json.text }}', { options: { concurrency: 2 } });
		const workflow = await activateBatch(lab, 'deployed', NODE, parameters);
		const rows = keyedRows(20, 'deployed');
		const [id = ''] = await workflow.start(rows);
		await sandbox.control.waitForRequests('POST /speech/tts', 2);
		const worker = await server.workerOf(id);
		const ending = worker.terminate();
		expect(boughtOf(lab).length).toBeLessThan(rows.length);
		const [, ended] = await Promise.all([ending, client.endOf(id)]);
		expect(ended.status).toBe('success');
		expect(outputOf(ended, TESTED)).toHaveLength(rows.length);

		const [other] = await workflow.run(keyedRows(2, 'elsewhere'));
		if (other === undefined) throw new Error('The other execution is missing');
		expect(await server.workerOf(other.id)).not.toBe(worker);
		expect(boughtOf(lab)).toHaveLength(rows.length + 2);
		await worker.launch();
	});

	it(
		'by SIGTERM in a wait longer than its grace leaves a job that another worker fetches',
		async () => {
			const { credentials, sandbox, server } = lab;
			sandbox.control.configure({ jobDurationMs: AN_HOUR_MS });
			const parameters = { ...KEYED_JOBS, waitForCompletion: true };
			const workflow = await activateBatch(lab, 'deployed-wait', NODE, parameters);
			const [id = ''] = await workflow.start(keyedRows(1, 'long'));
			await sandbox.control.waitForRequests(POLL, 1);
			const worker = await server.workerOf(id);
			await worker.terminate();
			const [jobId = ''] = sandbox.control.jobIds('speech');
			expect(await acceptedJobsIn(worker, id)).toEqual([jobId]);

			sandbox.control.setJobStatus('speech', jobId, 'completed');
			const wait = fishSpeechNode(
				'Wait',
				NODE,
				{ operation: 'waitForJob', jobId },
				{ credentials },
			);
			const fetched = await lab.run(chain('Fetch', [manualTrigger(), wait]));
			expect(outputOf(fetched, 'Wait')[0]?.json).toMatchObject({ jobId, state: 'succeeded' });
			expect(boughtOf(lab)).toHaveLength(1);
			await worker.launch();
		},
		TEST_TIMEOUT_MS,
	);
});
