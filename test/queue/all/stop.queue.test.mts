import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { START_NODE, chain, manualTrigger } from '../../e2e/host/workflow.mts';
import { fishSpeechNode, fixedJson, synthesis } from '../../e2e/support/nodes.mts';
import { acceptedJobsIn } from '../support/logs.mts';
import { type QueueLab, activateBatch, startQueueLab } from '../support/queueLab.mts';

const NODE = 'fishSpeechTextToSpeech';
const POLL = 'GET /speech/tts/jobs/:taskId';
const AN_HOUR_MS = 3_600_000;
const POLLS_THAT_TAKE_TIME = 10;
const WAITING_JOB = synthesis('={{ $json.text }}', {
	operation: 'createJob',
	options: { initialPollSeconds: 0.1, maxPollSeconds: 0.1 },
});

describe('Stop on the main', () => {
	let lab: QueueLab;

	beforeAll(async () => {
		lab = await startQueueLab({ sandbox: { jobDurationMs: AN_HOUR_MS } });
	});

	beforeEach(async () => await lab.sandbox.control.reset());

	afterAll(async () => await lab?.[Symbol.asyncDispose]());

	function pollsOf(jobId: string): number {
		const polls = lab.sandbox.control.requests(POLL);
		return polls.filter(({ path }) => path.endsWith(jobId)).length;
	}

	it('ends an execution on a worker, which sends nothing more and has the job in its log', async () => {
		const { client, credentials, sandbox, server } = lab;
		const speak = fishSpeechNode('Speak', NODE, WAITING_JOB, { credentials });
		const definition = chain('Stop', [
			manualTrigger(),
			fixedJson('Text', { text: 'Long.' }),
			speak,
		]);
		const workflow = await client.createWorkflow(definition);
		const id = await client.startManually(workflow, START_NODE);
		await sandbox.control.waitForRequests(POLL);
		const [jobId = ''] = sandbox.control.jobIds('speech');
		const worker = await server.workerOf(id);
		await client.stop(id);
		expect((await client.endOf(id)).status).toBe('canceled');

		// Another job is polled at the same pace meanwhile, which shows that there was time to go on.
		const isOther = ({ endpoint, path }: { endpoint: string; path: string }) =>
			endpoint === POLL && !path.endsWith(jobId);
		const otherId = await client.startManually(workflow, START_NODE);
		await sandbox.control.waitForRequests(isOther);
		const pollsAtFirst = pollsOf(jobId);
		await sandbox.control.waitForRequests(isOther, POLLS_THAT_TAKE_TIME);
		expect(pollsOf(jobId)).toBe(pollsAtFirst);
		await client.stop(otherId);
		await client.endOf(otherId);

		expect(await acceptedJobsIn(worker, id)).toEqual([jobId]);
		expect(sandbox.control.charges()).toHaveLength(2);
	});

	// n8n 2.41.1 tells workers only of executions that the main itself has started; docs/scaling.md says so.
	it('does not reach an execution that the webhook process has started, which buys nothing twice', async () => {
		const { client, sandbox } = lab;
		const workflow = await activateBatch(lab, 'stop', NODE, WAITING_JOB);
		const [id = ''] = await workflow.start([{ text: 'Started by a webhook.' }]);
		await sandbox.control.waitForRequests(POLL);
		const [jobId = ''] = sandbox.control.jobIds('speech');
		await client.stop(id);
		expect((await client.endOf(id)).status).toBe('canceled');

		const pollsAtStop = pollsOf(jobId);
		await sandbox.control.waitForRequests(POLL, pollsAtStop + POLLS_THAT_TAKE_TIME);
		sandbox.control.setJobStatus('speech', jobId, 'completed');
		await sandbox.control.waitForRequests('GET /files/:name');
		expect(sandbox.control.charges()).toHaveLength(1);
	});
});
