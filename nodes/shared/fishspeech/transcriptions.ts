import { json, type ApiClient } from '../api/client/apiClient';
import { TRANSCRIPT_LIMITS } from '../api/http/jsonScan';
import { asNumber, asText, type WireObject } from '../api/wire';
import { readUsage, type Usage } from './usage';

/** What was said in a recording (contract §5). */
export interface Transcript extends Usage {
	/** Empty when nothing was said. */
	readonly text: string;
	readonly durationSeconds: number | undefined;
	readonly language: string | undefined;
	/** As the service sent them: their shape varies by provider. */
	readonly segments: readonly unknown[] | undefined;
	readonly raw: WireObject;
}

/** `POST /speech/transcriptions` (contract §5). */
export async function createTranscription(
	client: ApiClient,
	body: { readonly audioUrl: string; readonly language?: string },
): Promise<Transcript> {
	return await client.call({
		methodClass: 'create',
		method: 'POST',
		path: '/speech/transcriptions',
		json: body,
		read: json(readTranscript, 'a text', TRANSCRIPT_LIMITS),
	});
}

/** `undefined` when there is no text. */
export function readTranscript(raw: WireObject): Transcript | undefined {
	const { text, duration, language, segments } = raw;
	if (typeof text !== 'string') return undefined;
	return {
		text,
		durationSeconds: asNumber(duration),
		language: asText(language),
		segments: Array.isArray(segments) ? segments : undefined,
		...readUsage(raw),
		raw,
	};
}
