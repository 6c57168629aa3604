import * as z from 'zod/v4';
import { jsonAnswer } from '../answer.mts';
import type { Handlers } from '../call.mts';
import {
	ImageRequest,
	LipSyncRequest,
	ProfileUpdate,
	SpeechJobRequest,
	SpeechRequest,
	TranscriptionRequest,
	VideoRequest,
} from '../contract.mts';
import { ENDPOINTS, partsOf, type Endpoint } from '../endpoints.mts';
import type { Behaviour, Surface } from '../options.mts';
import { basePath } from '../world.mts';

/* What the sandbox checks and what it answers; the vendor's published document has the answers only. */

const text = z.string();
const whole = z.int();
const ErrorResponse = z.looseObject({ code: text, message: text, requestId: text.optional() });
const Task = z.looseObject({ id: text, status: text, audioUrl: text.optional() });
const TaskEnvelope = z.object({
	task: Task,
	record: z.looseObject({}),
	requestId: text,
	quotaRemaining: whole,
	creditsUsed: whole,
});
const Profile = z.object({
	user_id: text,
	api_quota_remaining: whole,
	tier: text,
	credits: whole,
});
const CachedSpeech = z.object({
	success: z.boolean(),
	audio_url: text,
	format: text,
	characters_used: whole,
	credits_used: whole,
	quota_remaining: whole,
	expires_at: text,
});
const Transcript = z.object({
	text,
	duration: z.number(),
	segments: z.array(z.looseObject({})),
	credits_used: whole,
	quota_remaining: whole,
});
const VoiceList = z.object({
	total: whole,
	page: whole,
	pageSize: whole,
	totalPages: whole,
	items: z.array(z.looseObject({ id: text, name: text, provider: text })),
});
const Envelope = z.object({ success: z.boolean(), message: text, data: z.unknown() });

type Content = Readonly<Record<string, unknown>>;

function json(schema: z.ZodType): Content {
	const { $schema: _dialect, ...plain } = z.toJSONSchema(schema);
	return { 'application/json': { schema: plain } };
}

function operation(status: number, content: Content): unknown {
	const failed = { description: 'The call failed.', content: json(ErrorResponse) };
	return { responses: { [status]: { description: 'Success.', content }, default: failed } };
}

/** What a request takes, as the sandbox checks it. */
function sent(schema: z.ZodType): unknown {
	const { $schema: _dialect, ...plain } = z.toJSONSchema(schema, {
		io: 'input',
		unrepresentable: 'any',
	});
	return { required: true, content: { 'application/json': { schema: plain } } };
}

const string = { type: 'string' };
const wholeFrom = (minimum: number, maximum?: number) => ({
	type: 'integer',
	minimum,
	...(maximum === undefined ? {} : { maximum }),
});

function query(parameters: Readonly<Record<string, unknown>>): unknown {
	return Object.entries(parameters).map(([name, schema]) => ({ name, in: 'query', schema }));
}

const VOICE_FORM = {
	required: true,
	content: {
		'multipart/form-data': {
			schema: {
				type: 'object',
				required: ['name', 'audioFiles'],
				properties: {
					name: { type: 'string', minLength: 1 },
					audioFiles: { type: 'array', items: { type: 'string', format: 'binary' } },
					visibility: { type: 'string', enum: ['private', 'public'] },
					description: string,
					referenceText: string,
					languages: { type: 'array', items: string },
				},
			},
		},
	},
};

const Usage = z.object({ total: whole, page: whole, items: z.array(z.looseObject({})) });

interface Described {
	readonly endpoint: Endpoint;
	readonly summary: string;
	readonly takes?: Readonly<Record<string, unknown>>;
	readonly answers: unknown;
	readonly surface?: Surface;
}

const AUDIO: Content = { 'audio/mpeg': { schema: { type: 'string', format: 'binary' } } };
const PICTURE: Content = { 'image/png': { schema: { type: 'string', format: 'binary' } } };

const DESCRIBED: readonly Described[] = [
	{
		endpoint: ENDPOINTS.getProfile,
		summary: 'Read the account',
		answers: operation(200, json(Profile)),
	},
	{
		endpoint: ENDPOINTS.updateProfile,
		summary: 'Change the account',
		takes: { requestBody: sent(ProfileUpdate) },
		answers: operation(200, json(Profile)),
	},
	{
		endpoint: ENDPOINTS.synthesize,
		summary: 'Text to speech',
		takes: { requestBody: sent(SpeechRequest) },
		answers: operation(200, { ...AUDIO, ...json(CachedSpeech) }),
	},
	{
		endpoint: ENDPOINTS.createSpeechJob,
		summary: 'Create a speech job',
		takes: { requestBody: sent(SpeechJobRequest) },
		answers: operation(202, json(TaskEnvelope)),
	},
	{
		endpoint: ENDPOINTS.getSpeechJob,
		summary: 'Read a speech job',
		answers: operation(200, json(Task)),
	},
	{
		endpoint: ENDPOINTS.transcribe,
		summary: 'Speech to text',
		takes: { requestBody: sent(TranscriptionRequest) },
		answers: operation(200, json(Transcript)),
	},
	{
		endpoint: ENDPOINTS.listVoices,
		summary: 'List voices',
		takes: {
			parameters: query({
				provider: string,
				search: string,
				limit: wholeFrom(1, 100),
				offset: wholeFrom(0),
				pageSize: wholeFrom(1, 100),
				includePersonal: { type: 'boolean' },
			}),
		},
		answers: operation(200, json(VoiceList)),
	},
	{
		endpoint: ENDPOINTS.createVoice,
		summary: 'Create a voice',
		takes: { requestBody: VOICE_FORM },
		answers: operation(201, {}),
	},
	{
		endpoint: ENDPOINTS.deleteVoice,
		summary: 'Delete a voice',
		answers: operation(200, {}),
	},
	{
		endpoint: ENDPOINTS.listLipSyncJobs,
		summary: 'List lip-sync jobs',
		takes: { parameters: query({ page: wholeFrom(1), limit: wholeFrom(1, 50), status: string }) },
		answers: operation(200, json(Envelope)),
	},
	{
		endpoint: ENDPOINTS.createLipSyncJob,
		summary: 'Create a lip-sync job',
		takes: { requestBody: sent(LipSyncRequest) },
		answers: operation(200, json(Envelope)),
	},
	{
		endpoint: ENDPOINTS.getLipSyncJob,
		summary: 'Read a lip-sync job',
		answers: operation(200, json(Envelope)),
	},
	{
		endpoint: ENDPOINTS.createImage,
		summary: 'Make an image',
		surface: 'images',
		takes: { requestBody: sent(ImageRequest) },
		answers: operation(200, PICTURE),
	},
	{
		endpoint: ENDPOINTS.createVideo,
		summary: 'Create a video',
		surface: 'videos',
		takes: { requestBody: sent(VideoRequest) },
		answers: operation(202, json(Task)),
	},
	{
		endpoint: ENDPOINTS.getVideo,
		summary: 'Read a video',
		surface: 'videos',
		answers: operation(200, json(Task)),
	},
	{
		endpoint: ENDPOINTS.listUsage,
		summary: 'List what was charged',
		surface: 'usage',
		takes: { parameters: query({ page: wholeFrom(1), limit: wholeFrom(1, 100) }) },
		answers: operation(200, json(Usage)),
	},
];

function documentedPaths({ surfaces, schemaPaths }: Behaviour): Readonly<Record<string, unknown>> {
	const byPath: Record<string, Record<string, unknown>> = {};
	for (const { endpoint, summary, takes = {}, answers, surface } of DESCRIBED) {
		if (surface !== undefined && !surfaces.includes(surface)) continue;
		const { method, path } = partsOf(endpoint);
		const template = path.replaceAll(/:(\w+)/g, '{$1}');
		const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
		const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: string }));
		const methods = (byPath[(schemaPaths === 'whole' ? basePath : '') + template] ??= {});
		methods[method.toLowerCase()] = {
			summary,
			...(inPath.length > 0 ? { parameters: inPath } : {}),
			...takes,
			...Object(answers),
		};
	}
	return byPath;
}

export const openApiHandlers = {
	getOpenApi: ({ state, services }) => {
		const { behaviour } = state;
		return jsonAnswer(200, {
			openapi: '3.1.0',
			info: { title: 'FishSpeech Open API', version: '1' },
			servers: [{ url: behaviour.schemaPaths === 'whole' ? '/' : basePath }],
			paths: { ...documentedPaths(behaviour), ...services.openApiPaths },
		});
	},
} satisfies Handlers;
