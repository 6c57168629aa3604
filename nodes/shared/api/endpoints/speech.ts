import type { Answer } from '../http/exchange';
import { mediaOf, type MediaSink } from '../http/media';
import { asNumber, firstNumber, firstText, type WireObject } from './readers';

/** What a call was charged and what is left, as far as the service told. */
export interface Usage {
	readonly creditsUsed: number | undefined;
	readonly quotaRemaining: number | undefined;
}

/** The answer to a sync TTS call: audio, already in the sink, or a URL where it can be fetched. */
export type SpeechAnswer<T> =
	| ({ readonly type: 'audio'; readonly stored: T } & Usage)
	| ({
			readonly type: 'url';
			readonly audioUrl: string;
			readonly expiresAt: string | undefined;
			readonly raw: WireObject;
	  } & Usage);

/** Reads either answer of `POST /speech/tts` (contract §3): the content decides which one it is, not the request. */
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

export function readUsage(body: WireObject): Usage {
	return {
		creditsUsed: firstNumber(body, ['credits_used', 'creditsUsed']),
		quotaRemaining: firstNumber(body, ['quota_remaining', 'quotaRemaining']),
	};
}

/** Seen on other versions of the service; nothing depends on them. */
function usageFromHeaders({ headers }: Answer): Usage {
	return {
		creditsUsed: asNumber(headers['x-openapi-credits-used']),
		quotaRemaining: asNumber(headers['x-openapi-quota-remaining']),
	};
}
