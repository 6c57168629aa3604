import { describe, expect, it } from 'vitest';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { NodeSettings } from '../../support/engine/index.mts';
import { createJob, ENDPOINTS, synthesize, useLab } from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const text = "={{ $fromAI('text', 'what to say') }}";
const retryOnFail = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };

const lab = useLab();

/** Texts that a model has spoken; those of one list at once, the lists one after the other. */
interface Calls {
	readonly parameters: INodeParameters;
	readonly calls: ReadonlyArray<readonly string[]>;
	readonly settings?: NodeSettings;
}

const HOSTS = {
	'an older agent': 'runAsOlderTool',
	'n8n’s MCP Server Trigger': 'callOverMcp',
} as const;

const accepted = () => lab.control.stats().accepted;
const bought = () => lab.control.charges().map(({ subject }) => subject);

describe.each(Object.entries(HOSTS))('Text to Speech as a tool of %s', (_name, host) => {
	async function call({ parameters, calls, settings }: Calls): Promise<IDataObject[]> {
		const { answers } = await lab.engine[host]({
			node: NODE,
			nodeName: 'Speak',
			credential: lab.credential,
			parameters: { ...parameters, text },
			settings,
			calls: calls.map((atOnce) => atOnce.map((text) => ({ text }))),
		});
		return answers.map((answer): IDataObject => {
			if ('error' in answer) return answer;
			const [row]: IDataObject[] = JSON.parse(answer.observation);
			return row ?? {};
		});
	}

	it('answers with the address of the audio', async () => {
		const parameters = synthesize({ delivery: 'url' });
		const [row] = await call({ parameters, calls: [['The kettle boils.']] });
		expect(row).toMatchObject({ audioUrl: expect.stringMatching(/^http:/) });
		expect(bought()).toEqual(['The kettle boils.']);
	});

	it('creates one job, whatever n8n’s tries meet afterwards', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob, times: 2 },
			do: { kind: 'status', status: 403 },
		});
		const [row] = await call({
			parameters: createJob(),
			calls: [['The kettle boils.']],
			settings: retryOnFail,
		});
		expect(row).toMatchObject({ state: 'succeeded' });
		expect(accepted()).toBe(1);
	});

	it('does not repeat a call that may have been charged', async () => {
		lab.control.addFaults({ do: { kind: 'status', status: 500, accept: true } });
		const [row] = await call({
			parameters: synthesize({ delivery: 'url' }),
			calls: [['The kettle boils.']],
			settings: retryOnFail,
		});
		expect(row).toMatchObject({ error: expect.stringContaining('500') });
		expect(lab.control.requests()).toHaveLength(1);
	});

	it('gives each of several calls at once an entry of its own, equal ones too', async () => {
		const calls = [['Same.', 'Same.', 'Other.', 'Same.', 'Another.']];
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob, nth: 2, times: 2 },
			do: { kind: 'status', status: 403 },
		});
		const rows = await call({ parameters: createJob(), calls, settings: retryOnFail });
		expect(new Set(rows.map(({ jobId }) => jobId)).size).toBe(5);
		expect(bought().sort()).toEqual([...(calls[0] ?? [])].sort());
	});

	it('buys again what the model asks for again', async () => {
		const rows = await call({
			parameters: createJob(),
			calls: [['Same.'], ['Same.']],
			settings: retryOnFail,
		});
		expect(new Set(rows.map(({ jobId }) => jobId)).size).toBe(2);
		expect(accepted()).toBe(2);
	});
});
