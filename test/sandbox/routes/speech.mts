import { textCredits } from '../account.mts';
import { ApiProblem, bytesAnswer, jsonAnswer, type Answer } from '../answer.mts';
import { acceptWork, jsonBody, usageHeaders, type Call, type Handlers } from '../call.mts';
import { checked, SpeechRequest, voiceOf, withoutExtras } from '../contract.mts';
import { fileUrl, type StoredFile } from '../media/files.mts';
import type { Speech, SpeechOrder } from '../voice/speaker.mts';

/** Refuses voices that the account does not have. */
export function requireVoice(call: Call, voiceId: string): void {
	if (call.state.behaviour.unknownVoices === 'accept' || call.state.voices.has(voiceId)) return;
	const message = `voiceId: "${voiceId}" is unknown for this account`;
	throw new ApiProblem(404, 'voice_not_found', message, { field: 'voiceId' });
}

/** Speaks, and remembers what was spoken so that it can be transcribed. */
export async function speakFor(call: Call, order: SpeechOrder): Promise<Speech> {
	const speech = await call.services.speak(order);
	call.state.spoken.set(speech.sha256, speech);
	return speech;
}

/** Puts bytes behind a short-lived URL. */
export async function publish(
	call: Call,
	{ bytes, mimeType, format }: Pick<Speech, 'bytes' | 'mimeType'> & { format: string },
): Promise<{ url: string; file: StoredFile }> {
	const { mediaLifetimeMs: lifetimeMs, mediaOrigin } = call.state.behaviour;
	const base = await call.services.mediaBase(mediaOrigin);
	const file = call.state.files.add({ bytes, mimeType, extension: format, lifetimeMs });
	return { url: fileUrl(base, file), file };
}

async function synthesize(call: Call): Promise<Answer> {
	const { behaviour, account } = call.state;
	const request = checked(SpeechRequest, withoutExtras(jsonBody(call), behaviour.extraFields));
	const voiceId = voiceOf(request);
	requireVoice(call, voiceId);
	const format = request.format ?? 'mp3';
	const price = textCredits(request.text);
	acceptWork(call, price, request.text);
	const quotaRemaining = account.apiQuotaRemaining;
	const headers = usageHeaders(call);
	const speech = await speakFor(call, {
		text: request.text,
		voiceId,
		format,
		...(request.speed === undefined ? {} : { speed: request.speed }),
	});
	if (request.cache !== true) return bytesAnswer(speech.bytes, speech.mimeType, headers);
	const { url, file } = await publish(call, speech);
	const body = {
		success: true,
		audio_url: url,
		format,
		characters_used: [...request.text].length,
		credits_used: price,
		quota_remaining: quotaRemaining,
		expires_at: new Date(file.expiresAt).toISOString(),
	};
	return jsonAnswer(200, body, headers);
}

export const speechHandlers = { synthesize } satisfies Handlers;
