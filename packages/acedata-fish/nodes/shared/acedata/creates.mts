import { json, type ApiClient } from '../api/client/apiClient';
import type { Job } from '../api/job';
import { asId, asWireObject, firstText, type WireObject } from '../api/wire';
import { isErrorBody } from './service.mts';
import { readTask } from './tasks.mts';

/** A task that is under way at Stop may be accepted for this long, so that its ID can be logged. */
const STOP_GRACE_MS = 10_000;

/** A call that makes speech: `POST /fish/audios` (contract §10.1) or `POST /fish/tts` (contract §10.2). */
export interface SpeechOrder {
	readonly path: '/fish/audios' | '/fish/tts';
	/** `/fish/tts` takes its engine as the header `model`. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: WireObject;
}

/** How the answer comes: with the audio over an open connection, or as a task that is asked for or calls back. */
export type Answering = { readonly async?: true; readonly callback_url?: string };

/** A finished task, or one that is under way. Without an ID where the service names none. */
export async function createSpeech(
	client: ApiClient,
	{ path, headers, body }: SpeechOrder,
	answering: Answering,
): Promise<Job> {
	const isTask = Object.keys(answering).length > 0;
	return await client.call({
		methodClass: 'create',
		method: 'POST',
		path,
		headers,
		json: { ...body, ...answering },
		...(isTask && { graceMs: STOP_GRACE_MS }),
		read: json((answer) => (isErrorBody(answer) ? undefined : readTask(answer)), EXPECTED),
	});
}

const EXPECTED = 'an audio_url or a task_id';

export interface Voice {
	readonly voiceId: string | undefined;
	readonly taskId: string | undefined;
	readonly traceId: string | undefined;
	/** What the service says about the voice. */
	readonly about: WireObject;
}

/** `POST /fish/voices` (contract §10.3): makes a voice from a recording that the service fetches. */
export async function createVoice(client: ApiClient, body: WireObject): Promise<Voice> {
	return await client.call({
		methodClass: 'create',
		method: 'POST',
		path: '/fish/voices',
		json: body,
		graceMs: STOP_GRACE_MS,
		read: json(readVoice, 'the ID of a voice'),
	});
}

/** `undefined` when it is an error, or names neither a voice nor a task. */
export function readVoice(body: WireObject): Voice | undefined {
	const about = asWireObject(body.data) ?? {};
	const voiceId = asId(about._id) ?? asId(about.id);
	const taskId = asId(body.task_id);
	if (isErrorBody(body) || (voiceId === undefined && taskId === undefined)) return undefined;
	return { voiceId, taskId, traceId: firstText(body, ['trace_id']), about };
}
