import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { publishedNodes } from '../support/packageOperations.mts';
import { createJob, publishClip, speak, synthesize, useLab, voice } from '../support/lab/index.mts';

const lab = useLab();

const TEXT = 'The kettle boils.';

/** One operation that can be called without files, for each node that a model may use. */
const CALLS: Readonly<Record<string, INodeParameters>> = {
	fishSpeechProfile: { operation: 'get' },
	fishSpeechEndpoint: {
		operation: 'call',
		endpoint: voice('POST /images/generations'),
		fields: {
			mappingMode: 'defineBelow',
			value: { 'body.prompt': "={{ $fromAI('text', 'what to draw') }}" },
			schema: [],
		},
	},
	fishSpeechTextToSpeech: { ...synthesize(), text: "={{ $fromAI('text', 'what to say') }}" },
	fishSpeechSpeechToText: { operation: 'transcribe', audioUrl: "={{ $fromAI('url', 'audio') }}" },
	fishSpeechVoices: { operation: 'getAll', limit: 5 },
	fishSpeechLipSync: {
		operation: 'createJob',
		videoUrl: "={{ $fromAI('video', 'a video') }}",
		audioUrl: "={{ $fromAI('url', 'audio') }}",
	},
};

const ROWS: Readonly<Record<string, object>> = {
	fishSpeechEndpoint: { mimeType: 'image/png', bytes: expect.any(Number) },
	fishSpeechProfile: { tier: expect.any(String) },
	fishSpeechTextToSpeech: { mimeType: 'audio/mpeg', audioUrl: expect.stringMatching(/^http/) },
	fishSpeechSpeechToText: { text: TEXT },
	fishSpeechVoices: { voiceId: expect.any(String) },
	fishSpeechLipSync: { state: 'succeeded', resultUrl: expect.stringMatching(/^http/) },
};

describe('in n8n’s MCP Server Trigger, where there is no execution', () => {
	const nodes = publishedNodes()
		.map(({ name }) => name)
		.filter((name) => !name.endsWith('Trigger'));

	it.each(nodes)('%s works', async (node) => {
		const parameters = CALLS[node] ?? expect.fail(`no call is known for ${node}`);
		const { url } = await speak(lab, TEXT);
		const video = await publishClip(lab);
		const { answers } = await lab.engine.callOverMcp({
			node,
			credential: lab.credential,
			parameters,
			calls: [[{ text: TEXT, url, video }]],
		});
		const [answer] = answers;
		if (answer === undefined || !('observation' in answer))
			expect.fail(`it failed: ${JSON.stringify(answer)}`);
		expect(JSON.parse(answer.observation)[0]).toMatchObject(ROWS[node] ?? {});
	});

	it('a failure says what happened, and whether it may have been charged', async () => {
		lab.control.setBalances({ apiQuotaRemaining: 0 });
		const { answers } = await lab.engine.callOverMcp({
			node: 'fishSpeechTextToSpeech',
			credential: lab.credential,
			parameters: { ...createJob(), text: TEXT },
			calls: [[{}]],
		});
		expect(answers).toMatchObject([{ error: expect.stringMatching(/402/) }]);
	});
});
