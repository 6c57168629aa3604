import * as z from 'zod/v4';
import { jsonAnswer } from '../answer.mts';
import type { Handlers } from '../call.mts';
import { ENDPOINTS, partsOf, type Endpoint } from '../endpoints.mts';

/* The published document describes responses only; so does this one. */

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

function documentedPaths(): Readonly<Record<string, unknown>> {
	const audio: Content = { 'audio/mpeg': { schema: { type: 'string', format: 'binary' } } };
	const documented: ReadonlyArray<readonly [Endpoint, unknown]> = [
		[ENDPOINTS.getProfile, operation(200, json(Profile))],
		[ENDPOINTS.updateProfile, operation(200, {})],
		[ENDPOINTS.synthesize, operation(200, { ...audio, ...json(CachedSpeech) })],
		[ENDPOINTS.createSpeechJob, operation(202, json(TaskEnvelope))],
		[ENDPOINTS.getSpeechJob, operation(200, json(Task))],
		[ENDPOINTS.transcribe, operation(200, json(Transcript))],
		[ENDPOINTS.listVoices, operation(200, json(VoiceList))],
		[ENDPOINTS.createVoice, operation(201, {})],
		[ENDPOINTS.deleteVoice, operation(200, {})],
		[ENDPOINTS.listLipSyncJobs, operation(200, json(Envelope))],
		[ENDPOINTS.createLipSyncJob, operation(200, json(Envelope))],
		[ENDPOINTS.getLipSyncJob, operation(200, json(Envelope))],
	];
	const byPath: Record<string, Record<string, unknown>> = {};
	for (const [endpoint, described] of documented) {
		const { method, path } = partsOf(endpoint);
		const methods = (byPath[path.replaceAll(/:(\w+)/g, '{$1}')] ??= {});
		methods[method.toLowerCase()] = described;
	}
	return byPath;
}

let paths: Readonly<Record<string, unknown>> | undefined;

export const openApiHandlers = {
	getOpenApi: ({ services }) => {
		paths ??= documentedPaths();
		return jsonAnswer(200, {
			openapi: '3.1.0',
			info: { title: 'FishSpeech Open API', version: '1' },
			servers: [{ url: '/api/open/v1' }],
			paths: { ...paths, ...services.openApiPaths },
		});
	},
} satisfies Handlers;
