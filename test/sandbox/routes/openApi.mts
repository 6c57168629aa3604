import * as z from 'zod/v4';
import { jsonAnswer } from '../answer.mts';
import type { Route } from '../call.mts';

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
	return {
		'/profile': { get: operation(200, json(Profile)), post: operation(200, {}) },
		'/speech/tts': { post: operation(200, { ...audio, ...json(CachedSpeech) }) },
		'/speech/tts/jobs': { post: operation(202, json(TaskEnvelope)) },
		'/speech/tts/jobs/{taskId}': { get: operation(200, json(Task)) },
		'/speech/transcriptions': { post: operation(200, json(Transcript)) },
		'/voices': { get: operation(200, json(VoiceList)), post: operation(201, {}) },
		'/voices/{voiceId}': { delete: operation(200, {}) },
		'/media/lip-sync/jobs': {
			get: operation(200, json(Envelope)),
			post: operation(200, json(Envelope)),
		},
		'/media/lip-sync/jobs/{jobId}': { get: operation(200, json(Envelope)) },
	};
}

let paths: Readonly<Record<string, unknown>> | undefined;

export const openApiRoutes: readonly Route[] = [
	{
		method: 'GET',
		path: '/api/openapi.json',
		zone: 'public',
		handle: ({ services }) => {
			paths ??= documentedPaths();
			return jsonAnswer(200, {
				openapi: '3.1.0',
				info: { title: 'FishSpeech Open API', version: '1' },
				servers: [{ url: '/api/open/v1' }],
				paths: { ...paths, ...services.openApiPaths },
			});
		},
	},
];
