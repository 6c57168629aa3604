import {
	callBesideN8n,
	createJob,
	dialogue,
	ENDPOINTS,
	getJob,
	synthesize,
	texts,
	voice,
	waitForJob,
	type Lab,
} from '../support/lab/index.mts';
import { makePicture } from '../sandbox/media/picture.mts';
import { MEDIA_OPERATIONS } from './mediaOperations.mts';
import {
	downloading,
	firstAndThird,
	polling,
	type FaultedOperation,
	type Prepared,
} from './phases.mts';

/** Short enough for the clock to jump over, long enough not to be jumped over while an answer is on its way. */
const options = { concurrency: 2, requestTimeoutSeconds: 40, waitTimeoutSeconds: 120 };

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
	return (await spoken(lab, count)).map(({ item, subject, secrets }) => ({
		item,
		subject,
		secrets,
	}));
}

/** Items that name jobs which somebody else has created. */
async function created(lab: Lab, count: number): Promise<Prepared[]> {
	const prepared: Prepared[] = [];
	for (const { item, file } of await spoken(lab, count)) {
		const order = { text: item.json?.text, voiceId: 'voice_123' };
		await callBesideN8n(lab, ENDPOINTS.createSpeechJob, order);
		const jobId = lab.control.requests(ENDPOINTS.createSpeechJob).at(-1)?.createdId;
		prepared.push({ item: { json: { jobId } }, secrets: [], file });
	}
	return prepared;
}

async function nothing(_lab: Lab, count: number): Promise<Prepared[]> {
	return Array.from({ length: count }, () => ({ item: { json: {} }, secrets: [] }));
}

const speech = { node: 'fishSpeechTextToSpeech', fileField: 'data' };
const profile = { node: 'fishSpeechProfile', prepare: nothing };

const SPEECH_AND_PROFILE: readonly FaultedOperation[] = [
	{
		...speech,
		name: 'synthesize as a file',
		parameters: synthesize({ options }),
		phases: firstAndThird(ENDPOINTS.synthesize),
		prepare: spoken,
	},
	{
		...speech,
		name: 'synthesize as a file via a URL',
		parameters: synthesize({ delivery: 'fileViaUrl', options }),
		phases: [...firstAndThird(ENDPOINTS.synthesize), downloading],
		prepare: spoken,
	},
	{
		node: speech.node,
		name: 'synthesize as a URL',
		parameters: synthesize({ delivery: 'url', options }),
		phases: firstAndThird(ENDPOINTS.synthesize),
		prepare: spokenWithoutFile,
	},
	{
		// Its file is made here, of the lines' audio: nothing to compare byte for byte.
		node: speech.node,
		name: 'dialogue',
		parameters: dialogue({
			lines: '={{ [{ speaker: "Anna", text: $json.text }] }}',
			subtitles: 'srt',
			options,
		}),
		phases: firstAndThird(ENDPOINTS.synthesize),
		prepare: spokenWithoutFile,
	},
	{
		...speech,
		name: 'createJob and wait',
		parameters: createJob({ options }),
		phases: [
			...firstAndThird(ENDPOINTS.createSpeechJob),
			polling(ENDPOINTS.getSpeechJob),
			downloading,
		],
		prepare: spoken,
	},
	{
		...speech,
		name: 'createJob and wait, enveloped answers',
		jobShape: 'envelope',
		parameters: createJob({ options }),
		phases: [...firstAndThird(ENDPOINTS.createSpeechJob), polling(ENDPOINTS.getSpeechJob)],
		prepare: spoken,
	},
	{
		node: speech.node,
		name: 'createJob without waiting',
		parameters: createJob({ waitForCompletion: false, options }),
		phases: firstAndThird(ENDPOINTS.createSpeechJob),
		prepare: spokenWithoutFile,
	},
	{
		...speech,
		name: 'getJob',
		parameters: getJob({ options: { concurrency: 2, requestTimeoutSeconds: 40 } }),
		phases: [...firstAndThird(ENDPOINTS.getSpeechJob), downloading],
		prepare: async (lab, count) => {
			lab.control.configure({ jobDurationMs: 0 });
			return await created(lab, count);
		},
	},
	{
		...speech,
		name: 'waitForJob',
		parameters: waitForJob({ options }),
		phases: [
			...firstAndThird(ENDPOINTS.getSpeechJob),
			polling(ENDPOINTS.getSpeechJob),
			downloading,
		],
		prepare: created,
	},
	{
		...profile,
		name: 'profile get',
		parameters: { operation: 'get' },
		phases: firstAndThird(ENDPOINTS.getProfile),
	},
	{
		...profile,
		name: 'profile checkBalance',
		parameters: { operation: 'checkBalance', minimum: 10 },
		phases: firstAndThird(ENDPOINTS.getProfile),
	},
	{
		...profile,
		name: 'profile update',
		parameters: { operation: 'update', webhookUrl: 'https://n8n.example.org/webhook/1' },
		phases: firstAndThird(ENDPOINTS.updateProfile),
	},
];

/** Pictures of each item's text, as the sandbox makes them. */
async function pictured(_lab: Lab, count: number): Promise<Prepared[]> {
	return texts(count).map((item): Prepared => {
		const text = String(item.json?.text);
		return { item, subject: text, secrets: [text], file: makePicture(`${text} 0`) };
	});
}

const endpoint = { node: 'fishSpeechEndpoint' };
const prompt = '={{ JSON.stringify({ body: { prompt: $json.text } }) }}';
const byJson = { operation: 'call', send: 'json', options };

const OF_THE_SCHEMA: readonly FaultedOperation[] = [
	{
		...endpoint,
		name: 'endpoint call that answers with a file',
		fileField: 'data',
		parameters: {
			...byJson,
			endpoint: voice('POST /images/generations'),
			jsonParameters: prompt,
		},
		phases: firstAndThird(ENDPOINTS.createImage),
		prepare: pictured,
	},
	{
		...endpoint,
		name: 'endpoint call that is waited for',
		// A list that was paid for becomes a row for each entry.
		manyRows: true,
		parameters: {
			...byJson,
			endpoint: voice('POST /videos'),
			jsonParameters: prompt,
			waitForCompletion: true,
			statusEndpoint: voice('GET /videos/{videoId}'),
		},
		phases: [...firstAndThird(ENDPOINTS.createVideo), polling(ENDPOINTS.getVideo), downloading],
		prepare: spokenWithoutFile,
	},
	{
		...endpoint,
		name: 'endpoint call that only reads',
		parameters: { ...byJson, endpoint: voice('GET /profile') },
		phases: firstAndThird(ENDPOINTS.getProfile),
		prepare: nothing,
	},
	{
		...endpoint,
		name: 'endpoint getAll',
		manyRows: true,
		parameters: { operation: 'getAll', returnAll: true },
		phases: firstAndThird(ENDPOINTS.getOpenApi).slice(0, 1),
		prepare: nothing,
	},
];

/** One more entry takes one more operation through the whole matrix. */
export const OPERATIONS: readonly FaultedOperation[] = [
	...SPEECH_AND_PROFILE,
	...MEDIA_OPERATIONS,
	...OF_THE_SCHEMA,
];

/** The operation of that name; throws where there is none, so that no test loses its subject by a new name. */
export function operationCalled(name: string): FaultedOperation {
	const found = OPERATIONS.find((operation) => operation.name === name);
	if (found === undefined) throw new Error(`no operation of the fault matrix is called "${name}"`);
	return found;
}

/** What the fault matrix takes through, as `packageOperations` calls it: `fishSpeechProfile.get`. */
export function coveredOperations(): string[] {
	const covered = OPERATIONS.map(
		({ node, parameters }) => `${node}.${String(parameters.operation)}`,
	);
	return [...new Set(covered)].sort();
}
