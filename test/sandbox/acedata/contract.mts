import * as z from 'zod/v4';

const filled = z.string().refine((text) => text.trim().length > 0, 'must not be empty');
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const answering = { callback_url: httpUrl.optional(), async: z.boolean().optional() };

export const AudioRequest = z.strictObject({
	action: z.enum(['speech', 'generate']),
	prompt: filled,
	voice_id: filled,
	model: filled.optional(),
	...answering,
});

export const TtsRequest = z.strictObject({
	text: filled,
	reference_id: z.union([filled, z.array(filled)]).optional(),
	format: z.enum(['mp3', 'wav', 'pcm']).optional(),
	sample_rate: z.number().optional(),
	mp3_bitrate: z.union([z.literal(64), z.literal(128), z.literal(192)]).optional(),
	latency: z.enum(['normal', 'balanced']).optional(),
	temperature: z.number().min(0).max(1).optional(),
	top_p: z.number().min(0).max(1).optional(),
	normalize: z.boolean().optional(),
	prosody: z
		.strictObject({ speed: z.number().optional(), volume: z.number().optional() })
		.optional(),
	...answering,
});

export const Engine = z.enum(['s1', 's2-pro', 's2.1-pro']);

export const VoiceRequest = z.strictObject({
	voice_url: httpUrl,
	title: z.string().optional(),
	description: z.string().optional(),
	image_url: httpUrl.optional(),
	...answering,
});

export const TasksRequest = z.union([
	z.strictObject({ action: z.literal('retrieve'), id: filled }),
	z.strictObject({ action: z.literal('retrieve_batch'), ids: z.array(filled) }),
]);
