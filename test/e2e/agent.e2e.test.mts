import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Execution } from './host/execution.mts';
import { type ModelStub, startModelStub } from './host/model-stub.mts';
import { chain, connect, manualTrigger, node } from './host/workflow.mts';
import type { Lab } from './support/lab.mts';
import { PACKAGE_NAME, synthesis } from './support/nodes.mts';
import { startLab } from './support/startLab.mts';

const SAID = 'The model chose these words.';

describe('an AI Agent with Text to Speech as its tool', () => {
	let model: ModelStub;
	let lab: Lab;

	beforeAll(async () => {
		model = await startModelStub((_tool, fields) =>
			Object.fromEntries(fields.map((field) => [field, SAID])),
		);
		lab = await startLab();
	});

	beforeEach(async () => await lab.sandbox.control.reset());

	afterAll(async () => {
		await lab?.[Symbol.asyncDispose]();
		await model?.[Symbol.asyncDispose]();
	});

	async function runAgent(): Promise<Execution> {
		const { client, credentials } = lab;
		const data = { apiKey: 'any', url: model.baseUrl };
		const { id, name } = await client.createCredential('Model', 'openAiApi', data);
		const langchain = '@n8n/n8n-nodes-langchain';
		const agentParameters = { promptType: 'define', text: 'Say something.', options: {} };
		const workflow = chain('Agent', [
			manualTrigger(),
			node('Agent', `${langchain}.agent`, agentParameters, { typeVersion: 3 }),
		]);
		const modelParameters = { model: { __rl: true, mode: 'id', value: 'stub' }, options: {} };
		const speech = synthesis("={{ $fromAI('text', 'What to say', 'string') }}");
		workflow.nodes.push(
			node('Model', `${langchain}.lmChatOpenAi`, modelParameters, {
				typeVersion: 1.2,
				credentials: { openAiApi: { id, name } },
			}),
			node('Speak', `${PACKAGE_NAME}.fishSpeechTextToSpeechTool`, speech, { credentials }),
		);
		connect(workflow.connections, 'Model', 'Agent', { connection: 'ai_languageModel' });
		connect(workflow.connections, 'Speak', 'Agent', { connection: 'ai_tool' });
		return await lab.run(workflow);
	}

	it('speaks the text that the model chose and tells it what came of it', async () => {
		const execution = await runAgent();
		expect(execution.status).toBe('success');
		expect(lab.sandbox.control.charges().map(({ subject }) => subject)).toEqual([SAID]);

		const [result = ''] = model.toolResults();
		expect(JSON.parse(result)).toMatchObject([
			{
				voiceId: 'voice_anna',
				mimeType: 'audio/mpeg',
				characters: SAID.length,
				bytes: expect.any(Number),
				// The model sees no files: this is what it can hand on.
				audioUrl: expect.stringMatching(/^http/),
			},
		]);
	});

	it('offers the text to the model as the one thing to fill in', async () => {
		await runAgent();
		const [tool] = model.requests[0]?.tools ?? [];
		expect(Object.keys(tool?.function.parameters.properties ?? {})).toEqual(['text']);
		expect(tool?.function.description).toMatch(/speech/i);
	});

	it('tells the model of an empty account in words that it can act on', async () => {
		lab.sandbox.control.setBalances({ apiQuotaRemaining: 0 });
		await runAgent();
		const [result = ''] = model.toolResults();
		expect(result).toMatch(/402/);
		expect(result).toMatch(/credits|quota|balance/i);
		expect(result).not.toContain(lab.sandbox.token);
	});

	it('tells the model of a wrong token without showing it', async () => {
		const { sandbox, client, credential } = lab;
		await client.updateCredential(credential, { apiToken: 'wrong', baseUrl: sandbox.baseUrl });
		await runAgent();
		const [result = ''] = model.toolResults();
		expect(result).toMatch(/401/);
		expect(result).toMatch(/token|credential/i);
		await client.updateCredential(credential, {
			apiToken: sandbox.token,
			baseUrl: sandbox.baseUrl,
		});
	});
});
