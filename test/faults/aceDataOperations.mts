import {
	ACEDATA_ENDPOINTS,
	ACEDATA_NODE,
	callBesideN8n,
	generateAudio,
	getTask,
	synthesizeAudio,
	texts,
	waitForAceDataTask,
	type Lab,
} from '../support/lab/index.mts';
import {
	downloading,
	firstAndThird,
	polling,
	type FaultedOperation,
	type Prepared,
} from './phases.mts';

const { createAudio, createTts, createAceDataVoice, readTasks } = ACEDATA_ENDPOINTS;
const reading = { concurrency: 2, requestTimeoutSeconds: 40 };
const options = { ...reading, waitTimeoutSeconds: 120 };

/** Items to be spoken. */
async function spoken(lab: Lab, count: number): Promise<Prepared[]> {
	return await Promise.all(
		texts(count).map(async (item): Promise<Prepared> => {
			const text = String(item.json?.text);
			const { bytes } = await lab.control.audio({ text });
			return { item, subject: text, secrets: [text], file: bytes };
		}),
	);
}

async function spokenWithoutFile(lab: Lab, count: number): Promise<Prepared[]> {
	return (await spoken(lab, count)).map(({ file: _file, ...prepared }) => prepared);
}

/** Items that name tasks which somebody else has made. */
async function made(lab: Lab, count: number): Promise<Prepared[]> {
	const prepared: Prepared[] = [];
	for (const { item, file } of await spoken(lab, count)) {
		const order = { action: 'speech', prompt: item.json?.text, voice_id: 'voice_123', async: true };
		await callBesideN8n(lab, createAudio, order);
		const taskId = lab.control.requests(createAudio).at(-1)?.createdId;
		prepared.push({ item: { json: { taskId } }, secrets: [], file });
	}
	return prepared;
}

/** Recordings behind addresses of their own. */
async function recordings(lab: Lab, count: number): Promise<Prepared[]> {
	return await Promise.all(
		texts(count).map(async (item): Promise<Prepared> => {
			const { bytes } = await lab.control.audio({ text: String(item.json?.text) });
			const file = { bytes, mimeType: 'audio/mpeg', extension: 'mp3' };
			const url = await lab.control.publishFile(file);
			return { item: { json: { url } }, subject: url.split('?')[0], secrets: [] };
		}),
	);
}

const common = { node: ACEDATA_NODE, fileField: 'data' };

/** The second package's operations on their way through the fault matrix. */
export const ACEDATA_OPERATIONS: readonly FaultedOperation[] = [
	{
		...common,
		name: 'AceData generate, answer',
		parameters: generateAudio({ options }),
		phases: [...firstAndThird(createAudio), downloading],
		prepare: spoken,
	},
	{
		...common,
		name: 'AceData generate, poll',
		parameters: generateAudio({ waitMode: 'poll', options }),
		phases: [...firstAndThird(createAudio), polling(readTasks), downloading],
		prepare: spoken,
	},
	{
		...common,
		name: 'AceData generate, poll, the second shape of tasks',
		jobShape: 'envelope',
		parameters: generateAudio({ waitMode: 'poll', options }),
		phases: [polling(readTasks)],
		prepare: spoken,
	},
	{
		...common,
		name: 'AceData synthesize, answer',
		parameters: synthesizeAudio({ options }),
		phases: [...firstAndThird(createTts), downloading],
		prepare: spoken,
	},
	{
		node: ACEDATA_NODE,
		name: 'AceData synthesize, none',
		parameters: synthesizeAudio({ waitMode: 'none', options: reading }),
		phases: firstAndThird(createTts),
		prepare: spokenWithoutFile,
	},
	{
		node: ACEDATA_NODE,
		name: 'AceData createVoice',
		parameters: { operation: 'createVoice', voiceUrl: '={{ $json.url }}', options: reading },
		phases: firstAndThird(createAceDataVoice),
		prepare: recordings,
	},
	{
		...common,
		name: 'AceData getTask',
		parameters: getTask({ options: reading }),
		// All tasks are read by one call.
		phases: [...firstAndThird(readTasks).slice(0, 1), downloading],
		prepare: async (lab, count) => {
			lab.control.configure({ jobDurationMs: 0 });
			return await made(lab, count);
		},
	},
	{
		...common,
		name: 'AceData waitForTask',
		parameters: waitForAceDataTask({ options }),
		phases: [...firstAndThird(readTasks).slice(0, 1), polling(readTasks), downloading],
		prepare: made,
	},
];
