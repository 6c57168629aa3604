import { dub } from '../sandbox/media/dub.mts';
import {
	callBesideN8n,
	clipBytes,
	ENDPOINTS,
	publishClip,
	speak,
	storeAudio,
	voice,
	type Lab,
} from '../support/lab/index.mts';
import {
	downloading,
	firstAndThird,
	polling,
	type FaultedOperation,
	type Prepared,
} from './phases.mts';

const reading = { concurrency: 2, requestTimeoutSeconds: 40 };
const waiting = { ...reading, waitTimeoutSeconds: 120 };

function numbers(count: number): number[] {
	return Array.from({ length: count }, (_, index) => index);
}

/** Recordings behind URLs that nobody else may see. */
async function recordings(lab: Lab, count: number): Promise<Prepared[]> {
	const spoken = await Promise.all(
		numbers(count).map(async (n) => await speak(lab, `A recording, number ${n}, to be read.`)),
	);
	return spoken.map(({ url }) => ({ item: { json: { url } }, subject: url, secrets: [] }));
}

async function storedRecordings(lab: Lab, count: number): Promise<Prepared[]> {
	return await Promise.all(
		numbers(count).map(async (n): Promise<Prepared> => {
			const { bytes } = await speak(lab, `A recording, number ${n}, to be read.`);
			return { item: { json: {}, binary: { data: await storeAudio(lab, bytes) } }, secrets: [] };
		}),
	);
}

async function samples(lab: Lab, count: number): Promise<Prepared[]> {
	return await Promise.all(
		numbers(count).map(async (n): Promise<Prepared> => {
			const name = `Speaker ${n}`;
			const data = await storeAudio(lab, Buffer.from(`sample ${n}`), `sample-${n}.mp3`);
			return { item: { json: { name }, binary: { data } }, subject: name, secrets: [] };
		}),
	);
}

async function voices(lab: Lab, count: number): Promise<Prepared[]> {
	return lab.control.addVoices(count).map(({ id }) => ({ item: { json: { id } }, secrets: [] }));
}

async function clips(lab: Lab, count: number): Promise<Prepared[]> {
	return await Promise.all(
		numbers(count).map(async (n): Promise<Prepared> => {
			const video = await publishClip(lab);
			const { bytes, url: audio } = await speak(lab, `Dubbing, number ${n}.`);
			const file = await dub(await clipBytes(), bytes);
			return { item: { json: { video, audio } }, subject: `${video} ${audio}`, secrets: [], file };
		}),
	);
}

/** Jobs that somebody else has created. */
async function lipSyncJobs(lab: Lab, count: number): Promise<Prepared[]> {
	const prepared: Prepared[] = [];
	for (const { item, file } of await clips(lab, count)) {
		const { video: videoUrl, audio: audioUrl } = item.json ?? {};
		await callBesideN8n(lab, ENDPOINTS.createLipSyncJob, { videoUrl, audioUrl });
		const jobId = lab.control.requests(ENDPOINTS.createLipSyncJob).at(-1)?.createdId;
		prepared.push({ item: { json: { jobId } }, secrets: [], file });
	}
	return prepared;
}

async function single(): Promise<Prepared[]> {
	return [{ item: { json: {} }, secrets: [] }];
}

const lipSync = { node: 'fishSpeechLipSync', fileField: 'data' };
const lipSyncCreate = {
	operation: 'createJob',
	videoUrl: '={{ $json.video }}',
	audioUrl: '={{ $json.audio }}',
};

export const MEDIA_OPERATIONS: readonly FaultedOperation[] = [
	{
		name: 'transcribe from a URL',
		node: 'fishSpeechSpeechToText',
		parameters: { operation: 'transcribe', audioUrl: '={{ $json.url }}', options: reading },
		phases: firstAndThird(ENDPOINTS.transcribe),
		prepare: recordings,
	},
	{
		name: 'transcribe from a file',
		node: 'fishSpeechSpeechToText',
		parameters: { operation: 'transcribe', audioSource: 'binary', options: reading },
		phases: [firstAndThird(ENDPOINTS.transcribe)[1]].flatMap((phase) => phase ?? []),
		prepare: storedRecordings,
	},
	{
		name: 'voices create',
		node: 'fishSpeechVoices',
		parameters: { operation: 'create', name: '={{ $json.name }}', options: reading },
		phases: firstAndThird(ENDPOINTS.createVoice),
		prepare: samples,
	},
	{
		name: 'voices delete',
		node: 'fishSpeechVoices',
		parameters: { operation: 'delete', voiceId: voice('={{ $json.id }}'), options: reading },
		phases: firstAndThird(ENDPOINTS.deleteVoice),
		prepare: voices,
	},
	{
		name: 'voices getAll',
		node: 'fishSpeechVoices',
		parameters: { operation: 'getAll', returnAll: true },
		phases: firstAndThird(ENDPOINTS.listVoices).slice(0, 1),
		manyRows: true,
		prepare: single,
	},
	{
		...lipSync,
		name: 'lip sync createJob and wait',
		parameters: { ...lipSyncCreate, options: waiting },
		phases: [
			...firstAndThird(ENDPOINTS.createLipSyncJob),
			polling(ENDPOINTS.getLipSyncJob),
			downloading,
		],
		prepare: clips,
	},
	{
		...lipSync,
		name: 'lip sync getJob',
		parameters: { operation: 'getJob', jobId: '={{ $json.jobId }}', options: reading },
		phases: [...firstAndThird(ENDPOINTS.getLipSyncJob), downloading],
		prepare: async (lab, count) => {
			lab.control.configure({ jobDurationMs: 0 });
			return await lipSyncJobs(lab, count);
		},
	},
	{
		...lipSync,
		name: 'lip sync waitForJob',
		parameters: { operation: 'waitForJob', jobId: '={{ $json.jobId }}', options: waiting },
		phases: [polling(ENDPOINTS.getLipSyncJob), downloading],
		prepare: lipSyncJobs,
	},
	{
		node: lipSync.node,
		name: 'lip sync getAll',
		parameters: { operation: 'getAll', returnAll: true },
		phases: firstAndThird(ENDPOINTS.listLipSyncJobs).slice(0, 1),
		manyRows: true,
		prepare: async (lab) => {
			await lipSyncJobs(lab, 2);
			return await single();
		},
	},
];
