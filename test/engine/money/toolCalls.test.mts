import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import type { NodeSettings } from '../../support/engine/index.mts';
import { createJob, dialogue, synthesize, useLab } from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const three = { retryOnFail: true, maxTries: 3 } as const;
const fromModel = { text: "={{ $fromAI('text', 'what to say') }}" };

const lab = useLab();

/** The two ways in which n8n does the tries of a tool itself, each as a new run. */
const CALLERS = {
	'an older agent': async (run: Parameters<typeof lab.engine.runAsOlderTool>[0]) =>
		(await lab.engine.runAsOlderTool(run)).answers,
	'the MCP Server Trigger': async (run: Parameters<typeof lab.engine.callOverMcp>[0]) =>
		(await lab.engine.callOverMcp(run)).answers,
};

describe.each(Object.entries(CALLERS))('a tool of %s', (_who, call) => {
	async function speak(
		parameters: INodeParameters,
		calls: ReadonlyArray<readonly string[]>,
		settings: NodeSettings = three,
	) {
		const answers = await call({
			node: NODE,
			nodeName: 'Speak',
			credential: lab.credential,
			parameters: { ...parameters, ...fromModel },
			settings,
			calls: calls.map((atOnce) => atOnce.map((text) => ({ text }))),
		});
		return answers.map((answer) =>
			'observation' in answer ? JSON.parse(answer.observation) : answer.error,
		);
	}

	const creates = () => lab.control.requests(ENDPOINTS.createSpeechJob).length;

	it('makes one job in three tries', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob, times: 2 },
			do: { kind: 'status', status: 404 },
		});
		const parameters = createJob({ options: { maxRetries: 0 } });
		const [rows] = await speak(parameters, [['The kettle boils.']]);
		expect(rows).toMatchObject([{ jobId: lab.control.jobIds('speech')[0], state: 'succeeded' }]);
		expect(creates()).toBe(1);
		expect(lab.control.charges()).toHaveLength(1);
	});

	it('pays once for audio whose address fails twice', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.downloadFile, times: 2 },
			do: { kind: 'status', status: 500 },
		});
		const parameters = synthesize({ delivery: 'fileViaUrl', options: { maxRetries: 0 } });
		const [rows] = await speak(parameters, [['The kettle boils.']]);
		expect(rows).toMatchObject([{ mimeType: 'audio/mpeg' }]);
		expect(lab.control.requests(ENDPOINTS.synthesize)).toHaveLength(1);
	});

	it('never buys again what may have been charged', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, times: 'always' },
			do: { kind: 'reset', accept: true },
		});
		const [error] = await speak(synthesize({ delivery: 'file' }), [['The kettle boils.']]);
		expect(error).toMatch(/may have been charged/);
		expect(lab.control.requests(ENDPOINTS.synthesize)).toHaveLength(1);
	});

	it('buys each line of a dialogue with a once key once, though another line changes', async () => {
		lab.control.addFaults({
			match: { body: 'Two.' },
			do: { kind: 'status', status: 429, retryAfter: 1 },
		});
		const lines =
			"={{ ['One.', 'Two.', 'Number ' + Math.random()].map((text) => ({ speaker: 'Anna', text })) }}";
		const options = { onceKey: 'a', concurrency: 1, maxRetries: 0 };
		const [rows] = await speak(dialogue({ lines, options }), [['']]);
		expect(rows).toMatchObject([{ lines: 3 }]);
		const bought = lab.control.charges().map(({ subject }) => subject);
		expect(bought.slice(0, 2)).toEqual(['One.', 'Two.']);
		expect(bought).toHaveLength(3);
	});

	it('buys the same again when the model asks for it again', async () => {
		const answers = await speak(createJob(), [['The kettle boils.'], ['The kettle boils.']]);
		const jobs = answers.map(([row]) => row.jobId);
		expect(new Set(jobs)).toEqual(new Set(lab.control.jobIds('speech')));
		expect(creates()).toBe(2);
	});

	it('keeps calls apart that run at once, although each is tried three times', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob, times: 4 },
			do: { kind: 'status', status: 404 },
		});
		const parameters = createJob({ options: { maxRetries: 0 } });
		const same = ['The kettle boils.', 'The kettle boils.', 'The cup is full.'];
		const answers = await speak(parameters, [same], { ...three, maxTries: 5 });
		expect(answers.map(([row]) => row.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
		const jobs = answers.map(([row]) => row.jobId);
		expect(new Set(jobs)).toEqual(new Set(lab.control.jobIds('speech')));
		expect(new Set(jobs).size).toBe(3);
		expect(creates()).toBe(3);
	});
});
