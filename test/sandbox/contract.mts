import * as z from 'zod/v4';
import { ApiProblem } from './answer.mts';
import { speechFormats } from './voice/speaker.mts';

const filled = z.string().refine((text) => text.trim().length > 0, 'must not be empty');
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag');

/** Engines that other clients name; in `modelId` they mean the engine, not a voice. */
const engines = new Set([
	'fishaudio-s2pro',
	'fishaudio-s21pro',
	'fishaudio-s21pro-flash',
	'fishaudio-s1',
	'minimax-2.8-turbo',
	'minimax-2.8-hd',
	'qwen3-tts-flash',
	'cosyvoice-v3-flash',
	'doubao-tts-2.0',
]);

const emotions = ['happy', 'sad', 'angry', 'fearful', 'disgusted', 'surprised', 'calm', 'auto'];

const speechFields = {
	text: filled,
	voiceId: filled.optional(),
	reference_id: filled.optional(),
	modelId: filled.optional(),
	format: z.enum(speechFormats).optional(),
	engineModelId: filled.optional(),
	language: language.optional(),
	speed: z.number().min(0.5).max(2).optional(),
	volume: z.number().min(-20).max(20).optional(),
	pitch: z.number().optional(),
	emotion: z.enum(emotions).optional(),
};

export const SpeechRequest = z.strictObject({ ...speechFields, cache: z.boolean().optional() });
export const SpeechJobRequest = z.strictObject(speechFields);
export const TranscriptionRequest = z.strictObject({
	audioUrl: httpUrl,
	language: language.optional(),
});
export const ProfileUpdate = z.strictObject({ webhookUrl: httpUrl });
export const LipSyncRequest = z.strictObject({ videoUrl: httpUrl, audioUrl: httpUrl });

const count = (from: number, to: number) =>
	z
		.string()
		.regex(/^\d{1,9}$/, 'must be a whole number')
		.transform(Number)
		.pipe(z.number().min(from).max(to));

export const VoicesQuery = z.strictObject({
	provider: z.string().optional(),
	search: z.string().optional(),
	limit: count(1, 100).optional(),
	offset: count(0, 999_999_999).optional(),
	pageSize: count(1, 100).optional(),
	includePersonal: z.enum(['true', 'false']).optional(),
});

export const LipSyncQuery = z.strictObject({
	page: count(1, 999_999_999).optional(),
	limit: count(1, 50).optional(),
	status: filled.optional(),
});

export const ImageRequest = z.strictObject({
	prompt: filled,
	size: z.enum(['256x256', '512x512', '1024x1024']).optional(),
	seed: z.int().min(0).optional(),
});
export const VideoRequest = z.strictObject({
	prompt: filled,
	durationSeconds: z.number().min(0.2).max(10).optional(),
});
export const UsageQuery = z.strictObject({
	page: count(1, 999_999_999).optional(),
	limit: count(1, 100).optional(),
});

const voiceLanguages = z.string().transform((value, context) => {
	try {
		return z.array(z.string()).parse(JSON.parse(value));
	} catch {
		context.addIssue({ code: 'custom', message: 'must be a JSON array of strings' });
		return z.NEVER;
	}
});

export const VoiceFields = z.strictObject({
	name: filled,
	visibility: z.enum(['private', 'public']).optional(),
	description: z.string().optional(),
	referenceText: z.string().optional(),
	languages: voiceLanguages.optional(),
});

function problemOf(issue: z.core.$ZodIssue): ApiProblem {
	const field =
		issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : issue.path.map(String).join('.');
	const problem = (code: string, what: string) =>
		new ApiProblem(400, code, `${field || 'body'}: ${what}`, { field });
	if (issue.code === 'unrecognized_keys') {
		return problem('invalid_request', 'is not a field of this endpoint');
	}
	// zod hides the input of an issue, its message is the only place that tells a missing field.
	if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
		return problem('ERR_MISSING_REQUIRED_FIELDS', 'is required');
	}
	return problem('invalid_request', issue.message);
}

/** The checked value, or a 400 that names the first field that is wrong. */
export function checked<Schema extends z.ZodType>(
	schema: Schema,
	value: unknown,
): z.output<Schema> {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	throw issue === undefined
		? new ApiProblem(400, 'invalid_request', 'The request payload is invalid.')
		: problemOf(issue);
}

/** The body without the extra fields that the sandbox was told to allow. */
export function withoutExtras(body: unknown, extraFields: readonly string[]): unknown {
	if (extraFields.length === 0 || typeof body !== 'object' || body === null) return body;
	return Object.fromEntries(Object.entries(body).filter(([key]) => !extraFields.includes(key)));
}

/** The one voice that a speech request means, by its name or a legacy alias. */
export function voiceOf(request: z.output<typeof SpeechJobRequest>): string {
	const { voiceId, reference_id: referenceId, modelId } = request;
	const aliases = [voiceId, referenceId, engines.has(modelId ?? '') ? undefined : modelId];
	const named = new Set(aliases.filter((id) => id !== undefined));
	if (named.size > 1) {
		const message = 'voiceId: differs from its legacy alias in the same request';
		throw new ApiProblem(400, 'invalid_request', message, { field: 'voiceId' });
	}
	for (const id of named) return id;
	throw new ApiProblem(400, 'ERR_MISSING_REQUIRED_FIELDS', 'voiceId: is required', {
		field: 'voiceId',
	});
}
