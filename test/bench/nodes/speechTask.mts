import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/** What every contender gets: the same texts, the same address. */
export interface SpeechTask {
	readonly url: string;
	readonly token: string;
	readonly concurrency: number;
}

export const SPEECH_TASK_FIELDS = ['url', 'token', 'concurrency'] as const;

export function readSpeechTask(host: IExecuteFunctions): SpeechTask {
	const [url, token, concurrency] = SPEECH_TASK_FIELDS.map((name) =>
		host.getNodeParameter(name, 0),
	);
	return { url: String(url), token: String(token), concurrency: Number(concurrency) };
}

export function speechBody(item: INodeExecutionData | undefined): string {
	return JSON.stringify({ text: item?.json['text'], voiceId: 'voice_123', format: 'mp3' });
}

export function speechHeaders(token: string): Record<string, string> {
	return { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
}
