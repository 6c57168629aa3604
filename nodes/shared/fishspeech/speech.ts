import type { ApiClient } from '../api/client/apiClient';
import type { Answer } from '../api/http/exchange';
import { mediaOf, type MediaSink } from '../api/http/media';
import { asNumber, firstText, type WireObject } from '../api/wire';
import { readUsage, type Usage } from './usage';

/** The answer to a sync TTS call: audio, already in the sink, or a URL where it can be fetched. */
export type SpeechAnswer<T> =
	| ({ readonly type: 'audio'; readonly stored: T } & Usage)
	| ({
			readonly type: 'url';
			readonly audioUrl: string;
			readonly expiresAt: string | undefined;
			readonly raw: WireObject;
	  } & Usage);

/** What a request for speech says. */
export interface SpeechFields {
	readonly text: string;
	readonly voiceId: string;
	/** The wire's name of the voice's ID. */
	readonly voiceIdField: string;
	readonly format: string;
	/** Empty where the service is to choose. */
	readonly engineModelId: string;
}

/** The body of a request for speech, whose answer is audio (contract §3) or a job (§4). */
export function speechBody({
	text,
	voiceId,
	voiceIdField,
	format,
	engineModelId,
}: SpeechFields): WireObject {
	const engine = engineModelId === '' ? {} : { engineModelId };
	return { text, [voiceIdField]: voiceId, format, ...engine };
}

/** `POST /speech/tts` (contract §3). Audio goes to `sink`. */
export async function synthesizeSpeech<T>(
	client: ApiClient,
	body: WireObject,
	sink: MediaSink<T>,
): Promise<SpeechAnswer<T>> {
	return await client.call({
		methodClass: 'create',
		method: 'POST',
		path: '/speech/tts',
		json: body,
		read: async (answer) => await readSpeech(answer, sink),
	});
}

/** Reads either answer (contract §3): the content decides which one it is, not the request. */
export async function readSpeech<T>(answer: Answer, sink: MediaSink<T>): Promise<SpeechAnswer<T>> {
	const type = await answer.bodyType();
	if (type === 'media')
		return { type: 'audio', stored: await sink(mediaOf(answer)), ...usageFromHeaders(answer) };
	if (type === 'html') throw answer.unreadable('an HTML page');
	const raw = await answer.json();
	const audioUrl = firstText(raw, ['audio_url', 'audioUrl']);
	if (audioUrl === undefined) throw answer.lacks('an audio_url', raw);
	return {
		type: 'url',
		audioUrl,
		expiresAt: firstText(raw, ['expires_at', 'expiresAt']),
		...readUsage(raw),
		raw,
	};
}

/** Seen on other versions of the service; nothing depends on them. */
function usageFromHeaders({ headers }: Answer): Usage {
	return {
		creditsUsed: asNumber(headers['x-openapi-credits-used']),
		quotaRemaining: asNumber(headers['x-openapi-quota-remaining']),
	};
}
