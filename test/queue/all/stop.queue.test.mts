import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { synthesis } from '../../e2e/support/nodes.mts';
import { acceptedJobsIn } from '../support/logs.mts';
import { type QueueLab, activateBatch, startQueueLab } from '../support/queueLab.mts';

const POLL = 'GET /speech/tts/jobs/:taskId';
const AN_HOUR_MS = 3_600_000;
const POLLS_OF_ANOTHER_JOB = 5;

describe('Stop on the main', () => {
	let lab: QueueLab;

	beforeAll(async () => {
		lab = await startQueueLab({ sandbox: { jobDurationMs: AN_HOUR_MS } });
	});

	afterAll(async () => await lab?.[Symbol.asyncDispose]());

	it('ends an execution on a worker, which sends nothing more and has the job in its log', async () => {
		const { client, sandbox, server } = lab;
		const parameters = synthesis('={{ $json.text }}', {
			operation: 'createJob',
			options: { initialPollSeconds: 0.1, maxPollSeconds: 0.1 },
		});
		const workflow = await activateBatch(lab, 'stop', 'fishSpeechTextToSpeech', parameters);
		const [id = ''] = await workflow.start([{ text: 'An hour long.' }]);
		await sandbox.control.waitForRequests(POLL);
		const [jobId = ''] = sandbox.control.jobIds('speech');
		const worker = await server.workerOf(id);

		await client.stop(id);
		expect((await client.endOf(id)).status).toBe('canceled');
		const pollsOf = (job: string) =>
			sandbox.control.requests(POLL).filter(({ path }) => path.endsWith(job)).length;

		// Another job is polled at the same pace meanwhile, which shows that there was time to go on.
		const [otherId = ''] = await workflow.start([{ text: 'Another one.' }]);
		await sandbox.control.waitForRequests(
			({ endpoint, path }) => endpoint === POLL && !path.endsWith(jobId),
		);
		const pollsAtFirst = pollsOf(jobId);
		await sandbox.control.waitForRequests(
			({ endpoint, path }) => endpoint === POLL && !path.endsWith(jobId),
			POLLS_OF_ANOTHER_JOB,
		);
		expect(pollsOf(jobId)).toBe(pollsAtFirst);
		await client.stop(otherId);
		await client.endOf(otherId);

		expect(await acceptedJobsIn(worker, id)).toEqual([jobId]);
		expect(sandbox.control.charges()).toHaveLength(2);
	});
});
