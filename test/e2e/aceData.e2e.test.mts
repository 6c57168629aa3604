import { describe, expect, it } from 'vitest';
import type { INode, INodeParameters } from 'n8n-workflow';

import { forgedBody } from '../sandbox/acedata/callbacks.mts';
import { ACEDATA_ENDPOINTS } from '../sandbox/endpoints.mts';
import { startModelStub } from './host/model-stub.mts';
import { lastRunOf, outputOf, type Execution } from './host/execution.mts';
import {
	type WorkflowDefinition,
	chain,
	connect,
	itemsOfWebhook,
	manualTrigger,
	node,
	webhookTrigger,
} from './host/workflow.mts';
import { expectPlayable } from './support/files.mts';
import { ACEDATA_EXAMPLES_FOLDER, readExamples, withCredential } from './support/examples.mts';
import { aceDataNode, fixedJson } from './support/nodes.mts';
import { useLab } from './support/useLab.mts';

const SPEAK = 'Speak';
/** Its name in the example, and in the README. */
const CALLBACK_NODE = 'AceData Fish Audio';
const HOUR_MS = 3_600_000;
/** A callback that comes before the execution sleeps is lost, and a slow machine takes its time until then. */
const OUTLASTS_FALLING_ASLEEP_MS = 10_000;
/** n8n looks for executions that are due once a minute. */
const DEADLINE_TIMEOUT_MS = 150_000;

const lab = useLab({
	service: 'aceData',
	sandbox: { aceDataCallbacks: 'never', jobDurationMs: 100 },
});

function speaking(
	changes: INodeParameters = {},
	onError: INode['onError'] = 'continueRegularOutput',
): INode {
	const parameters = {
		operation: 'generate',
		prompt: '={{ $json.text }}',
		voiceId: 'voice_123',
		waitMode: 'callback',
		...changes,
	};
	return aceDataNode(SPEAK, parameters, { credentials: lab.credentials, onError });
}

const lines = (count: number, about: string) =>
	Array.from({ length: count }, (_, index) => ({ text: `Line ${index} of ${about}.` }));

/** Starts a production execution over items, and waits until it sleeps. Its tasks run until they are set to a status. */
async function fallAsleep(
	path: string,
	items: readonly object[],
	speak: INode = speaking(),
	after: INode[] = [],
) {
	lab.sandbox.control.configure({ jobDurationMs: HOUR_MS });
	const nodes = [webhookTrigger(path), itemsOfWebhook(), speak, ...after];
	const workflow = await lab.activate(chain(path, nodes));
	const id = await lab.client.startByWebhook(workflow, path, { items });
	await lab.client.sleepOf(id);
	return { id, taskIds: lab.sandbox.control.jobIds('aceData').reverse() };
}

function finish(taskIds: readonly string[]): void {
	for (const taskId of taskIds) lab.sandbox.control.setJobStatus('aceData', taskId, 'completed');
}

async function expectAudioOf(
	execution: Execution,
	items: ReadonlyArray<{ text: string }>,
	nodeName = SPEAK,
): Promise<void> {
	const rows = outputOf(execution, nodeName);
	expect(rows.map(({ pairedItem }) => pairedItem)).toMatchObject(
		items.map((_item, index) => ({ item: index })),
	);
	for (const [index, { binary }] of rows.entries()) {
		const file = binary?.['data'];
		if (file === undefined) throw new Error(`Row ${index} has no audio`);
		const { bytes } = await lab.sandbox.control.audio({ text: items[index]?.text ?? '' });
		expect((await lab.client.binary(file)).equals(bytes)).toBe(true);
	}
}

describe('an execution that sleeps until the service calls back', () => {
	it('is woken by the callback, in production', async () => {
		const { control } = lab.sandbox;
		const items = lines(1, 'one');
		const { id, taskIds } = await fallAsleep('one', items);
		finish(taskIds);
		expect(await control.sendCallback(taskIds[0] ?? '')).toMatchObject({ status: 200 });
		const execution = await lab.client.endOf(id);
		expect(execution.status).toBe('success');
		await expectAudioOf(execution, items);
		const [row] = outputOf(execution, SPEAK);
		await expectPlayable(
			await lab.client.binary(row?.binary?.['data'] ?? { mimeType: '' }),
			'audio/mpeg',
		);
	});

	it('is woken in the editor, by the callback that the service sends by itself', async () => {
		lab.sandbox.control.configure({
			aceDataCallbacks: 'finished',
			jobDurationMs: OUTLASTS_FALLING_ASLEEP_MS,
		});
		const workflow = await lab.client.createWorkflow(
			chain('Editor', [
				manualTrigger(),
				fixedJson('Text', { text: 'Out of the editor.' }),
				speaking(),
			]),
		);
		const execution = await lab.client.endOf(await lab.client.startManually(workflow, 'Start'));
		expect(execution.status).toBe('success');
		await expectAudioOf(execution, [{ text: 'Out of the editor.' }]);
	});

	it('outlives a restart of n8n', async () => {
		const items = lines(2, 'a restart');
		const { id, taskIds } = await fallAsleep('restart', items);
		await lab.server.restart();
		finish(taskIds);
		for (const taskId of taskIds) await lab.sandbox.control.sendCallback(taskId);
		const execution = await lab.client.endOf(id);
		expect(execution.status).toBe('success');
		await expectAudioOf(execution, items);
		expect(lab.sandbox.control.charges()).toHaveLength(2);
	});

	it('brings a row for each of twenty items, paired, whatever the order of their callbacks', async () => {
		const items = lines(20, 'twenty');
		const { id, taskIds } = await fallAsleep('twenty', items);
		const order = [...taskIds].sort((a, b) => a.localeCompare(b));
		for (const taskId of order) {
			finish([taskId]);
			await lab.sandbox.control.sendCallback(taskId);
		}
		const execution = await lab.client.endOf(id);
		await expectAudioOf(execution, items);
		expect(lab.sandbox.control.charges()).toHaveLength(20);
	});

	it('is woken once by twenty callbacks at the same time', async () => {
		const { control } = lab.sandbox;
		const items = lines(20, 'all at once');
		const { id, taskIds } = await fallAsleep('at-once', items);
		finish(taskIds);
		const sent = await Promise.all(
			taskIds.map(async (taskId) => await control.sendCallback(taskId)),
		);
		expect(new Set(sent.map(({ status }) => status)).has(200)).toBe(true);
		const execution = await lab.client.endOf(id);
		await expectAudioOf(execution, items);
		expect(execution.data.resultData.runData[SPEAK]).toHaveLength(1);
		expect(control.requests('GET /files/:name')).toHaveLength(20);
	});

	it('believes no callback, and goes on sleeping', async () => {
		const { control } = lab.sandbox;
		const items = lines(1, 'a lie');
		const { id, taskIds } = await fallAsleep('forged', items);
		const [taskId = ''] = taskIds;
		const forged = await control.sendCallback(taskId, forgedBody(taskId));
		expect(forged.status).toBe(200);
		// n8n itself refuses who does not know the key of the execution.
		const url = new URL(forged.url);
		url.searchParams.set('signature', 'guessed');
		expect((await fetch(url, { method: 'POST' })).status).toBe(401);
		expect((await lab.client.execution(id)).status).toBe('waiting');
		finish(taskIds);
		await control.sendCallback(taskId, forgedBody(taskId));
		await expectAudioOf(await lab.client.endOf(id), items);
	});

	it('loses a callback that comes before it sleeps, and is woken by a later one', async () => {
		const { control } = lab.sandbox;
		control.configure({ aceDataCallbacks: 'early' });
		const { id, taskIds } = await fallAsleep('too-early', lines(1, 'an early callback'));
		expect(control.callbacks().map(({ status }) => status)).toEqual([409]);
		finish(taskIds);
		await control.sendCallback(taskIds[0] ?? '');
		expect((await lab.client.endOf(id)).status).toBe('success');
	});

	it('sends failed tasks to the error output', async () => {
		const { control } = lab.sandbox;
		control.failNextJobs('aceData', { code: 'content_moderation', message: 'Not this text.' });
		const speak = speaking({ options: { concurrency: 1 } }, 'continueErrorOutput');
		const { id, taskIds } = await fallAsleep('error-output', lines(2, 'two'), speak);
		control.setJobStatus('aceData', taskIds[0] ?? '', 'failed');
		finish(taskIds.slice(1));
		for (const taskId of taskIds) await control.sendCallback(taskId);
		const execution = await lab.client.endOf(id);
		expect(outputOf(execution, SPEAK).map(({ json }) => json['taskId'])).toEqual([taskIds[1]]);
		const [failed] = outputOf(execution, SPEAK, { output: 1 });
		expect(failed?.json).toMatchObject({
			text: 'Line 0 of two.',
			error: `Task ${taskIds[0]} failed (content_moderation): Not this text.`,
			details: { reason: 'jobFailed', jobId: taskIds[0] },
		});
	});
});

describe('the examples', () => {
	/** As a user imports it: with the credential of this n8n. */
	async function example(name: string): Promise<WorkflowDefinition> {
		const examples = await readExamples(ACEDATA_EXAMPLES_FOLDER);
		const found = examples.find((candidate) => candidate.name === name);
		if (found === undefined) throw new Error(`there is no example "${name}"`);
		return withCredential(found.workflow, lab.credentials);
	}

	it(
		'deliver by the branch behind the deadline, when every callback came before the execution slept',
		async () => {
			const { client, sandbox } = lab;
			const { control } = sandbox;
			control.configure({ aceDataCallbacks: 'early', jobDurationMs: HOUR_MS });
			const imported = await example('speech-with-callbacks');
			const nodes = imported.nodes.map((one) =>
				one.name === CALLBACK_NODE
					? { ...one, parameters: { ...one.parameters, options: { waitTimeoutSeconds: 5 } } }
					: one,
			);
			const workflow = await client.createWorkflow({ ...imported, nodes });
			const id = await client.startManually(workflow, 'Run by Hand');
			await client.sleepOf(id);
			finish(control.jobIds('aceData'));
			// 409 in production; started in the editor, n8n has no record of the execution yet.
			const answers = control.callbacks().map(({ status = 0 }) => status);
			expect(answers.map((status) => status >= 400)).toEqual([true, true, true]);
			const execution = await client.endOf(id, DEADLINE_TIMEOUT_MS);
			expect(execution.status).toBe('success');
			const items = outputOf(execution, 'One Item per Chapter').map(({ json }) => json);
			// n8n has handed the input on.
			expect(outputOf(execution, CALLBACK_NODE).map(({ json }) => json)).toEqual(items);
			const texts = items.map(({ text }) => ({ text: String(text) }));
			await expectAudioOf(execution, texts, 'Wait for Task');
			expect(outputOf(execution, 'Audio')).toHaveLength(3);
			expect(control.charges()).toHaveLength(3);
		},
		2 * DEADLINE_TIMEOUT_MS,
	);

	it('go past that branch when the service calls back', async () => {
		const { client, sandbox } = lab;
		sandbox.control.configure({
			aceDataCallbacks: 'twice',
			jobDurationMs: OUTLASTS_FALLING_ASLEEP_MS,
		});
		const workflow = await client.createWorkflow(await example('speech-with-callbacks'));
		const execution = await client.endOf(await client.startManually(workflow, 'Run by Hand'));
		expect(execution.status).toBe('success');
		expect(outputOf(execution, 'Audio')).toHaveLength(3);
		expect(execution.data.resultData.runData).not.toHaveProperty('Wait for Task');
	});

	it('make a voice of an uploaded recording and speak with it', async () => {
		const { client, sandbox } = lab;
		const { bytes } = await sandbox.control.audio({ text: 'A recording of somebody.' });
		const workflow = await lab.activate(await example('voice-that-speaks'));
		const form = (await example('voice-that-speaks')).nodes.find(
			({ webhookId }) => webhookId !== undefined,
		);
		const recording = new File([new Uint8Array(bytes)], 'anna.mp3', { type: 'audio/mpeg' });
		const fields = [recording, 'Said by the new voice.'];
		const execution = await client.endOf(
			await client.startByForm(workflow, form?.webhookId ?? '', fields),
		);
		expect(execution.status).toBe('success');
		const { voiceId } = outputOf(execution, 'Make Voice')[0]?.json ?? {};
		expect(outputOf(execution, 'Speak')[0]?.json).toMatchObject({
			voiceId,
			mimeType: 'audio/mpeg',
		});
	});
});

describe('a sleep that could not end well', () => {
	it('is refused with Stop Workflow, before anything is sent', async () => {
		const execution = await lab.run(
			chain('Stop', [
				manualTrigger(),
				fixedJson('Text', { text: 'Not sent.' }),
				speaking({}, 'stopWorkflow'),
			]),
		);
		expect(execution.status).toBe('error');
		expect(lastRunOf(execution, SPEAK).error?.message).toContain('On Error is Stop Workflow');
		expect(lab.sandbox.control.requests()).toEqual([]);
	});

	it('is refused as a tool of an agent', async () => {
		await using model = await startModelStub((_tool, fields) =>
			Object.fromEntries(fields.map((field) => [field, 'The words of a model.'])),
		);
		const { client, credentials } = lab;
		const data = { apiKey: 'any', url: model.baseUrl };
		const { id, name } = await client.createCredential('Model', 'openAiApi', data);
		const langchain = '@n8n/n8n-nodes-langchain';
		const agent = { promptType: 'define', text: 'Say something.', options: {} };
		const workflow = chain('Agent', [
			manualTrigger(),
			node('Agent', `${langchain}.agent`, agent, { typeVersion: 3 }),
		]);
		const modelParameters = { model: { __rl: true, mode: 'id', value: 'stub' }, options: {} };
		const { parameters } = speaking({ prompt: "={{ $fromAI('text', 'What to say', 'string') }}" });
		const tool = 'n8n-nodes-acedata-fish.aceDataFishAudioTool';
		workflow.nodes.push(
			node('Model', `${langchain}.lmChatOpenAi`, modelParameters, {
				typeVersion: 1.2,
				credentials: { openAiApi: { id, name } },
			}),
			node(SPEAK, tool, parameters, { credentials, onError: 'continueRegularOutput' }),
		);
		connect(workflow.connections, 'Model', 'Agent', { connection: 'ai_languageModel' });
		connect(workflow.connections, SPEAK, 'Agent', { connection: 'ai_tool' });
		const execution = await lab.run(workflow);
		expect(execution.status).toBe('success');
		expect(model.toolResults()[0]).toContain('runs as a tool');
		expect(lab.sandbox.control.requests(ACEDATA_ENDPOINTS.createAudio)).toEqual([]);
	});
});

describe('the credential of the second package', () => {
	it('passes its test with the right token, for nothing', async () => {
		const { token, origin, control } = lab.sandbox;
		const data = { apiToken: token, baseUrl: origin };
		expect(await lab.client.testCredential(lab.credential, data)).toMatchObject({ status: 'OK' });
		expect(control.requests().map(({ body }) => body)).toEqual([
			{ action: 'retrieve_batch', ids: [] },
		]);
		expect(control.charges()).toEqual([]);
	});

	it('says of a wrong token that it was not accepted', async () => {
		const data = { apiToken: 'wrong', baseUrl: lab.sandbox.origin };
		const { status, message } = await lab.client.testCredential(lab.credential, data);
		expect(status).toBe('Error');
		expect(message).toContain('The API token was not accepted');
	});
});
