import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod/v4';

import { outputOf } from '../../e2e/host/execution.mts';
import { until } from '../../e2e/host/until.mts';
import { chain, manualTrigger } from '../../e2e/host/workflow.mts';
import {
	EVERY_OTHER_SECOND,
	fetchFile,
	fishSpeechNode,
	synthesis,
} from '../../e2e/support/nodes.mts';
import {
	OPERATION_CASES,
	expectCaseToWork,
	nameOfCase,
} from '../../e2e/support/operationCases.mts';
import { finish, orderLipSyncJob } from '../../e2e/support/otherClient.mts';
import { speak } from '../../support/lab/media.mts';
import { expectOverlapToBuyOnce } from '../support/onceKeys.mts';
import {
	type QueueLab,
	TESTED,
	activateBatch,
	boughtOf,
	startQueueLab,
} from '../support/queueLab.mts';

const HOUR_MS = 3_600_000;
/** Of each worker: half of those that run at the same moment here, so that no worker can take them all. */
const EXECUTIONS_AT_A_TIME = 2;
const SPOKEN = 'Nobody but the service may hear this.';

const sentSchema = z.looseObject({ audioUrl: z.url() });

/** One file for the core: starting a cluster takes longer than most of what is tested in it. */
describe('n8n in queue mode', () => {
	let lab: QueueLab;

	beforeAll(async () => {
		lab = await startQueueLab({ workerConcurrency: EXECUTIONS_AT_A_TIME });
	});

	beforeEach(async () => await lab.sandbox.control.reset());

	afterAll(async () => await lab?.[Symbol.asyncDispose]());

	for (const operation of OPERATION_CASES) {
		it(nameOfCase(operation), async () => await expectCaseToWork(lab, operation));
	}

	it('runs executions that the editor starts on a worker too', async () => {
		const { client, credentials, server } = lab;
		const get = fishSpeechNode('Get', 'fishSpeechProfile', { operation: 'get' }, { credentials });
		const workflow = await client.createWorkflow(chain('Editor', [manualTrigger(), get]));
		const { id, status } = await client.endOf(await client.startManually(workflow, 'Start'));
		expect(status).toBe('success');
		expect(server.workers).toContain(await server.workerOf(id));
	});

	it('polls a trigger on the main and runs on a worker what it starts', async () => {
		const { client, credentials, sandbox, server } = lab;
		// A job that finishes before n8n has polled for the first time starts nothing.
		sandbox.control.configure({ jobDurationMs: HOUR_MS });
		const parameters = { pollTimes: EVERY_OTHER_SECOND, event: 'lipSyncJobFinished' };
		const trigger = fishSpeechNode('Dub Finished', 'fishSpeechTrigger', parameters, {
			credentials,
		});
		const read = { operation: 'get' };
		const get = fishSpeechNode('Balance Afterwards', 'fishSpeechProfile', read, { credentials });
		const job = await orderLipSyncJob(lab, 'Dubbed meanwhile.');
		const workflow = await lab.activate(chain('Triggered', [trigger, get]));
		finish(lab, 'lipSync', job);
		const id = await until('an execution by the trigger', 30_000, async () => {
			return (await client.executionsOf(workflow))[0]?.id;
		});
		const execution = await client.endOf(id);
		await client.deactivate(workflow);
		expect(outputOf(execution, 'Dub Finished')[0]?.json).toMatchObject({ jobId: job });
		const worker = await server.workerOf(id);
		const calls = async (n8n: typeof worker, node: string) =>
			(await n8n.logText())
				.split('\n')
				.filter((line) => line.includes('FishSpeech call') && line.includes(node)).length;
		expect(await calls(server.main, 'Dub Finished')).toBeGreaterThan(0);
		expect(await calls(worker, 'Dub Finished')).toBe(0);
		expect(await calls(server.main, 'Balance Afterwards')).toBe(0);
		expect(await calls(worker, 'Balance Afterwards')).toBe(1);
	});

	it('shares eight executions out over both workers and delivers their 200 files byte for byte', async () => {
		const { client, sandbox, server } = lab;
		sandbox.control.configure({ latencyMs: 50 });
		const parameters = synthesis('={{ $json.text }}');
		const workflow = await activateBatch(lab, 'eight', 'fishSpeechTextToSpeech', parameters);
		const batches = Array.from({ length: 8 }, (_, batch) =>
			Array.from({ length: 25 }, (__, item) => ({ text: `Letter ${batch}, paragraph ${item}.` })),
		);
		const executions = await workflow.run(...batches);
		expect(Math.min(...(await server.shares(executions.map(({ id }) => id))))).toBeGreaterThan(0);

		const texts: string[] = [];
		for (const execution of executions) {
			const asked = outputOf(execution, 'Items').map(({ json }) => String(json['text']));
			const files = outputOf(execution, TESTED).map(({ binary }) => binary?.['data']);
			expect(files).toHaveLength(asked.length);
			for (const [index, file] of files.entries()) {
				if (file === undefined) throw new Error(`Row ${index} has no audio`);
				expect(file.id).toMatch(/^database:/);
				const text = asked[index] ?? '';
				const expected = await sandbox.control.audio({ text, voiceId: 'voice_anna' });
				expect((await client.binary(file)).equals(expected.bytes)).toBe(true);
			}
			texts.push(...asked);
		}
		expect(texts.sort()).toEqual(
			batches
				.flat()
				.map(({ text }) => text)
				.sort(),
		);
		expect(boughtOf(lab).sort()).toEqual(texts);
	});

	it('lets the service fetch a private file out of the database by an address that needs no login', async () => {
		const { credentials, sandbox, server } = lab;
		const { url } = await speak(lab, SPOKEN);
		const parameters = { operation: 'transcribe', audioSource: 'binary', simplify: false };
		const execution = await lab.run(
			chain('Private', [
				manualTrigger(),
				fetchFile('File', url),
				fishSpeechNode(TESTED, 'fishSpeechSpeechToText', parameters, { credentials }),
			]),
		);
		expect(outputOf(execution, 'File')[0]?.binary?.['data']?.id).toMatch(/^database:/);
		expect(outputOf(execution, TESTED)[0]?.json).toMatchObject({ text: SPOKEN });

		const [request] = sandbox.control.requests('POST /speech/transcriptions');
		const signedUrl = new URL(sentSchema.parse(request?.body).audioUrl);
		expect(signedUrl.origin).toBe(server.baseUrl);
		const response = await fetch(signedUrl);
		expect(response.headers.get('content-type')).toBe('audio/mpeg');
		const expected = await sandbox.control.audio({ text: SPOKEN });
		expect(Buffer.from(await response.arrayBuffer()).equals(expected.bytes)).toBe(true);

		const token = signedUrl.searchParams.get('token') ?? 'missing';
		expect(JSON.stringify(outputOf(execution, TESTED))).not.toContain(token);
		expect(await server.logText()).not.toContain(token);
	});

	it('buys nothing twice when Retry of a failed execution lands on the other worker', async () => {
		const { client, sandbox, server } = lab;
		sandbox.control.addFaults({
			match: { path: 'POST /speech/tts', body: 'Three of four', times: 'always' },
			do: { kind: 'status', status: 402, code: 'insufficient_credits' },
		});
		const parameters = synthesis('={{ $json.text }}', { options: { concurrency: 2 } });
		const workflow = await activateBatch(lab, 'retry', 'fishSpeechTextToSpeech', parameters);
		const texts = ['One of four.', 'Two of four.', 'Three of four.', 'Four of four.'];
		const [failed] = await workflow.run(texts.map((text) => ({ text })));
		if (failed === undefined) throw new Error('The failed execution is missing');
		expect(failed.status).toBe('error');
		expect(boughtOf(lab).length).toBeGreaterThan(0);

		sandbox.control.clearFaults();
		const first = await server.workerOf(failed.id);
		// With the first worker gone, the other one has to take it.
		await first.terminate();
		const retried = await client.retry(failed);
		expect(await server.workerOf(retried.id)).not.toBe(first);
		await first.launch();
		expect(retried.status).toBe('success');
		expect(boughtOf(lab).sort()).toEqual([...texts].sort());

		// n8n deletes an execution's files with it; those of the retry must not be among them.
		await client.deleteExecution(failed);
		for (const [index, { binary }] of outputOf(retried, TESTED).entries()) {
			const file = binary?.['data'];
			if (file === undefined) throw new Error(`Row ${index} has no audio`);
			const text = texts[index] ?? '';
			const expected = await sandbox.control.audio({ text, voiceId: 'voice_anna' });
			expect((await client.binary(file)).equals(expected.bytes)).toBe(true);
		}
	});

	it('buys each of 200 once keys of overlapping executions once and forgets none', async () => {
		await expectOverlapToBuyOnce(lab, { keys: 200, executions: 4 });
	});
});
