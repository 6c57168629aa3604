import { describe, expect, it } from 'vitest';

import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { outputOf } from './host/execution.mts';
import { chain, itemsOfWebhook, manualTrigger, webhookTrigger } from './host/workflow.mts';
import { fishSpeechNode, synthesis } from './support/nodes.mts';
import { useLab } from './support/useLab.mts';

const HOUR_MS = 3_600_000;
/** On any machine: nothing but Stop ends the wait for a job of an hour. */
const AT_ONCE_MS = 20_000;
const FAST_POLLS = { initialPollSeconds: 0.1, maxPollSeconds: 0.1 };

describe('an execution that ends early', () => {
	const lab = useLab();

	function speechJob(text: string) {
		const parameters = synthesis(text, { operation: 'createJob', options: FAST_POLLS });
		const { credentials } = lab;
		return fishSpeechNode('Speak', 'fishSpeechTextToSpeech', parameters, { credentials });
	}

	it('ends at once on Stop, sends nothing more and leaves the job id in the log', async () => {
		const { client, sandbox, server } = lab;
		sandbox.control.configure({ jobDurationMs: HOUR_MS });
		const workflow = await client.createWorkflow(
			chain('Stop', [manualTrigger(), speechJob('An hour long.')]),
		);
		const executionId = await client.startManually(workflow, 'Start');
		await sandbox.control.waitForRequests(ENDPOINTS.getSpeechJob);
		const [jobId = ''] = sandbox.control.jobIds('speech');

		const stoppedAtMs = Date.now();
		await client.stop(executionId);
		const stopped = await client.endOf(executionId);
		expect(Date.now() - stoppedAtMs).toBeLessThan(AT_ONCE_MS);
		expect(stopped.status).toBe('canceled');
		const pollsAtStop = pollsOf(jobId);

		// Another job is polled at the same pace meanwhile, which shows that there was time to go on.
		const other = await client.createWorkflow(
			chain('Goes on', [manualTrigger(), speechJob('Another one.')]),
		);
		const otherId = await client.startManually(other, 'Start');
		await sandbox.control.waitForRequests(
			({ endpoint, path }) => endpoint === ENDPOINTS.getSpeechJob && !path.endsWith(jobId),
			5,
		);
		expect(pollsOf(jobId)).toBe(pollsAtStop);
		await client.stop(otherId);

		const accepted = (await server.logEntries()).filter(
			({ message }) => message === 'FishSpeech job accepted',
		);
		expect(accepted[0]).toMatchObject({
			level: 'info',
			metadata: { jobId, executionId, node: 'Speak', voiceId: 'voice_anna' },
		});
	});

	it('takes up a stopped job by the id of the log without buying it again', async () => {
		const { client, sandbox, server, credentials } = lab;
		sandbox.control.configure({ jobDurationMs: HOUR_MS });
		const workflow = await client.createWorkflow(
			chain('Stop', [manualTrigger(), speechJob('Taken up again.')]),
		);
		const executionId = await client.startManually(workflow, 'Start');
		await sandbox.control.waitForRequests(ENDPOINTS.getSpeechJob);
		await client.stop(executionId);
		const entry = (await server.logEntries()).findLast(
			({ message }) => message === 'FishSpeech job accepted',
		);
		const jobId = String(entry?.metadata['jobId']);
		sandbox.control.setJobStatus('speech', jobId, 'completed');

		const parameters = { operation: 'waitForJob', jobId };
		const wait = fishSpeechNode('Wait', 'fishSpeechTextToSpeech', parameters, { credentials });
		const execution = await lab.run(chain('Wait', [manualTrigger(), wait]));
		expect(outputOf(execution, 'Wait')[0]?.json).toMatchObject({ jobId, state: 'succeeded' });
		expect(sandbox.control.charges()).toHaveLength(1);
	});

	it('buys no once key twice when n8n is killed in the middle of a batch and run again', async () => {
		const { client, sandbox, server, credentials } = lab;
		const parameters = synthesis('={{ $json.text }}', {
			operation: 'createJob',
			waitForCompletion: false,
			options: { concurrency: 1, onceKey: '={{ $json.key }}' },
		});
		const path = 'killed';
		const workflow = await lab.activate(
			chain('Killed', [
				webhookTrigger(path),
				itemsOfWebhook(),
				fishSpeechNode('Speak', 'fishSpeechTextToSpeech', parameters, { credentials }),
			]),
		);
		const items = Array.from({ length: 6 }, (_, index) => ({
			key: `row-${index}`,
			text: `Text ${index}.`,
		}));
		// The fourth is accepted by the service, but n8n never learns of it.
		sandbox.control.addFaults({
			match: { path: ENDPOINTS.createSpeechJob, nth: 4 },
			do: { kind: 'stall', accept: true },
		});
		await client.startByWebhook(workflow, path, { items });
		await sandbox.control.waitForRequests(ENDPOINTS.createSpeechJob, 4);
		await server.restart();

		const again = await client.endOf(await client.startByWebhook(workflow, path, { items }));
		expect(again.status).toBe('success');
		const rows = outputOf(again, 'Speak').map(({ json }) => json);
		expect(rows).toEqual(items.map(({ key }) => ({ skipped: true, onceKey: key })));
		const subjects = sandbox.control.charges().map(({ subject }) => subject);
		expect(subjects).toEqual(items.slice(0, 4).map(({ text }) => text));

		const newRow = { items: [{ key: 'row-new', text: 'A new row.' }] };
		const next = await client.endOf(await client.startByWebhook(workflow, path, newRow));
		expect(outputOf(next, 'Speak')[0]?.json).toMatchObject({ state: 'running' });
		expect(sandbox.control.charges()).toHaveLength(5);
	});

	function pollsOf(jobId: string): number {
		return lab.sandbox.control
			.requests(ENDPOINTS.getSpeechJob)
			.filter(({ path }) => path.endsWith(jobId)).length;
	}
});
