import { listIn } from '../../../nodes/FishSpeechEndpoint/endpointRows.ts';
import { getEndpointJob } from '../../../nodes/FishSpeechEndpoint/sendRequest.ts';
import { json, type ApiClient } from '../../../nodes/shared/api/client/apiClient.ts';
import type { MediaSink } from '../../../nodes/shared/api/http/media.ts';
import { readNewJob } from '../../../nodes/shared/fishspeech/jobReading.ts';
import {
	readApiDocument,
	type ApiDocument,
	type ListedEndpoint,
} from '../../../nodes/shared/openApi/apiDocument.ts';
import { readShape } from '../../../nodes/shared/openApi/endpointShape.ts';
import { UnreadablePart } from '../../../nodes/shared/openApi/references.ts';
import {
	createLipSyncJob,
	getLipSyncJob,
	listLipSyncJobs,
} from '../../../nodes/shared/fishspeech/lipSyncJobs.ts';
import { getProfile, updateProfile } from '../../../nodes/shared/fishspeech/profile.ts';
import { synthesizeSpeech } from '../../../nodes/shared/fishspeech/speech.ts';
import { createSpeechJob, getSpeechJob } from '../../../nodes/shared/fishspeech/speechJobs.ts';
import { createTranscription } from '../../../nodes/shared/fishspeech/transcriptions.ts';
import { createVoice, deleteVoice, listVoices } from '../../../nodes/shared/fishspeech/voices.ts';
import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import type { Json } from './mutate.mts';

/** An endpoint and what the service might rightly answer to it. */
export interface FuzzedEndpoint {
	readonly name: string;
	readonly valid: readonly Json[];
	call(client: ApiClient): Promise<unknown>;
}

const counting: MediaSink<number> = async (media) => {
	let length = 0;
	for await (const chunk of media.stream({ onEnd: () => undefined })) length += chunk.length;
	return length;
};

const task = { id: 'task_1', status: 'completed', audioUrl: 'https://m.example.org/a.mp3' };
const failedTask = {
	id: 'task_1',
	status: 'failed',
	error: { code: 'E', message: 'no', status: 402 },
};
const enveloped = { task, record: { taskId: 'task_1' }, requestId: 'r', creditsUsed: 1 };
const lipSync = {
	success: true,
	message: 'OK',
	data: { id: 'job_1', status: 'queued', progress: 5 },
};
const media = { videoUrl: 'https://m.example.org/v.mp4', audioUrl: 'https://m.example.org/a.mp3' };

const SCHEMA: Json = {
	openapi: '3.1.0',
	servers: [{ url: '/api/open/v1' }],
	paths: {
		'/images': {
			parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
			post: {
				summary: 'Make an image',
				requestBody: { content: { 'application/json': { schema: { $ref: '#/components/a' } } } },
			},
		},
	},
	components: {
		a: { type: 'object', required: ['prompt'], properties: { prompt: { enum: ['a'] } } },
	},
};

/** One endpoint that cannot be read is a problem of its own. */
function shapeOrProblem(document: ApiDocument, endpoint: ListedEndpoint): unknown {
	try {
		return readShape(document, endpoint);
	} catch (error) {
		if (error instanceof UnreadablePart) return error.message;
		throw error;
	}
}

export const FUZZED_ENDPOINTS: readonly FuzzedEndpoint[] = [
	{
		name: ENDPOINTS.getProfile,
		valid: [{ user_id: 'u', api_quota_remaining: 5, tier: 'pro', credits: 1 }],
		call: async (client) => await getProfile(client),
	},
	{
		name: ENDPOINTS.updateProfile,
		valid: [{ success: true }, { user_id: 'u', webhookUrl: 'https://a.example.org' }],
		call: async (client) => await updateProfile(client, { webhookUrl: 'https://a.example.org' }),
	},
	{
		name: ENDPOINTS.synthesize,
		valid: [
			{
				success: true,
				audio_url: 'https://m.example.org/a.mp3',
				format: 'mp3',
				credits_used: 12,
				quota_remaining: 9,
			},
		],
		call: async (client) => await synthesizeSpeech(client, { text: 'x' }, counting),
	},
	{
		name: ENDPOINTS.createSpeechJob,
		valid: [{ id: 'task_1', status: 'queued' }, enveloped],
		call: async (client) => await createSpeechJob(client, { text: 'x' }),
	},
	{
		name: ENDPOINTS.getSpeechJob,
		valid: [task, failedTask, enveloped],
		call: async (client) => await getSpeechJob(client, 'task_1'),
	},
	{
		name: ENDPOINTS.transcribe,
		valid: [{ text: 'Hi', duration: 1.5, segments: [{ start: 0, end: 1, text: 'Hi' }] }],
		call: async (client) => await createTranscription(client, { audioUrl: media.audioUrl }),
	},
	{
		name: ENDPOINTS.listVoices,
		valid: [{ total: 1, page: 1, items: [{ id: 'voice_1', name: 'A', provider: 'p' }] }],
		call: async (client) => await listVoices(client, { offset: 0, limit: 20 }),
	},
	{
		name: ENDPOINTS.createVoice,
		valid: [{ id: 'voice_1' }, { voiceId: 'voice_1' }, { voice: { id: 'voice_1', name: 'A' } }],
		call: async (client) => {
			const empty = { description: '', referenceText: '', languages: [] };
			return await createVoice(client, { name: 'A', visibility: 'private', ...empty }, []);
		},
	},
	{
		name: ENDPOINTS.deleteVoice,
		valid: [{ success: true }, {}],
		call: async (client) => await deleteVoice(client, 'voice_1'),
	},
	{
		name: ENDPOINTS.createLipSyncJob,
		valid: [lipSync],
		call: async (client) => await createLipSyncJob(client, media),
	},
	{
		name: ENDPOINTS.getLipSyncJob,
		valid: [lipSync, { data: { id: 'j', status: 'completed', result_url: media.videoUrl } }],
		call: async (client) => await getLipSyncJob(client, 'job_1', media),
	},
	{
		name: ENDPOINTS.listLipSyncJobs,
		valid: [
			{ success: true, data: [{ id: 'j', status: 'queued' }] },
			{ success: true, data: { tasks: [{ id: 'j' }], pagination: { page: 1, total_pages: 2 } } },
		],
		call: async (client) => await listLipSyncJobs(client, { page: 1, limit: 20 }),
	},
	{
		name: ENDPOINTS.createVideo,
		valid: [{ id: 'video_1', status: 'queued' }, enveloped],
		call: async (client) =>
			await client.call({
				methodClass: 'create',
				method: 'POST',
				path: '/videos',
				read: json((body) => readNewJob(body), 'a job id'),
			}),
	},
	{
		name: ENDPOINTS.getVideo,
		valid: [task, failedTask],
		call: async (client) =>
			await getEndpointJob({ method: 'GET', path: '/videos/{id}' }, 'video_1', { client }),
	},
	{
		name: ENDPOINTS.listUsage,
		valid: [{ total: 1, items: [{ endpoint: 'POST /videos', credits_used: 5 }] }],
		call: async (client) => {
			const body = await client.call({
				methodClass: 'read',
				method: 'GET',
				path: '/usage',
				read: async (answer) => await answer.anyJson(),
			});
			return listIn(body);
		},
	},
	{
		name: ENDPOINTS.getOpenApi,
		valid: [SCHEMA],
		call: async (client) => {
			const document = await client.call({
				methodClass: 'read',
				method: 'GET',
				from: 'origin',
				path: '/api/openapi.json',
				read: json((body) => readApiDocument(body, { path: '/api/open/v1' }), 'a schema'),
			});
			return [...document.endpoints.values()].map((endpoint) => shapeOrProblem(document, endpoint));
		},
	},
];
