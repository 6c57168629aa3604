import { jsonIfAny, type ApiClient } from '../api/client/apiClient';
import type { Job, JobFailure } from '../api/job';
import { maskSecretsDeep } from '../api/redact';
import { asId, asText, asWireObject, firstText, isWireObject, type WireObject } from '../api/wire';
import { isErrorBody, readError } from './service.mts';

const SUCCEEDED = ['complete', 'completed', 'succeeded', 'succeed', 'success', 'finished'];
const FAILED = ['failed', 'error', 'cancelled', 'canceled', 'rejected'];
const AUDIO_KEYS = ['audio_url', 'audioUrl'];
const TEXT_KEYS = ['prompt', 'text'];

/** `POST /fish/tasks`, `retrieve_batch` (contract §10.4): tasks by their IDs. One that is missing is not known to the service. */
export async function retrieveTasks(
	client: ApiClient,
	ids: readonly string[],
): Promise<ReadonlyMap<string, Job>> {
	return await client.call({
		methodClass: 'read',
		method: 'POST',
		path: '/fish/tasks',
		json: { ids, action: 'retrieve_batch' },
		read: jsonIfAny((body) => readTaskList(body, ids), 'a list of tasks'),
	});
}

/** An empty body says that none is known. `undefined` when another one has no list. */
export function readTaskList(
	body: WireObject,
	ids: readonly string[],
): ReadonlyMap<string, Job> | undefined {
	if (Object.keys(body).length === 0) return new Map();
	const list = [body.items, asWireObject(body.data)?.items, body.data].find(Array.isArray);
	if (list === undefined || isErrorBody(body)) return undefined;
	const tasks = list.filter(isWireObject).flatMap((item) => readTask(item) ?? []);
	return new Map(
		tasks.filter(({ jobId }) => ids.includes(jobId)).map((task) => [task.jobId, task]),
	);
}

/**
 * Reads a task in each of its shapes, and the answer to a call that makes one; `undefined` when there is neither an ID nor
 * audio. A task has no status of its own: it is finished once `finished_at` or a response is there.
 */
export function readTask(body: WireObject): Job | undefined {
	const response = asWireObject(body.response) ?? {};
	const places = [body, asWireObject(body.data), response, firstData(response), firstData(body)];
	const inside = places.filter(isWireObject);
	const find = (keys: readonly string[]) =>
		inside.map((place) => firstText(place, keys)).find((found) => found !== undefined);
	const jobId = inside.flatMap((place) => asId(place.id) ?? asId(place.task_id) ?? [])[0];
	const resultUrl = find(AUDIO_KEYS);
	if (jobId === undefined && resultUrl === undefined) return undefined;
	const status = find(['status'])?.slice(0, 60);
	const word = status?.toLowerCase() ?? '';
	const shown = withoutRequestText(body);
	const isFinished =
		find(['finished_at']) !== undefined ||
		Object.keys(response).length > 0 ||
		resultUrl !== undefined;
	const isFailed = inside.some(isErrorBody) || FAILED.includes(word);
	const isDone = SUCCEEDED.includes(word) || (word === '' && isFinished);
	return {
		jobId: jobId ?? '',
		state: isFailed ? 'failed' : isDone ? 'succeeded' : 'running',
		status,
		resultUrl,
		failure: isFailed
			? failureOf([shown, asWireObject(shown.data), asWireObject(shown.response)])
			: undefined,
		requestId: find(['trace_id']),
		createdAt: asText(body.created_at),
		completedAt: asText(body.finished_at),
		creditsUsed: undefined,
		quotaRemaining: undefined,
		progress: undefined,
		raw: shown,
	};
}

function failureOf(places: ReadonlyArray<WireObject | undefined>): JobFailure {
	const failed = places.filter(isWireObject).find(isErrorBody) ?? {};
	const { code, message } = readError(failed);
	return { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
}

/** Where the sync envelope has its media. */
function firstData({ data }: WireObject): WireObject | undefined {
	return Array.isArray(data) ? asWireObject(data[0]) : asWireObject(data);
}

/** Whether a task repeats the text of its request, which is then hidden wherever the task has it. */
export function repeatsText({ raw }: Pick<Job, 'raw'>): boolean {
	return firstText(asWireObject(raw.request) ?? {}, TEXT_KEYS) !== undefined;
}

/** A task repeats its request. Nothing shows its text, nor the callback URL, which is a key to an execution. */
function withoutRequestText(body: WireObject): WireObject {
	const request = asWireObject(body.request);
	const hidden = [
		{ value: firstText(request ?? {}, ['callback_url']), label: '[callback URL]' },
		{ value: firstText(request ?? {}, TEXT_KEYS), label: '[text]' },
	];
	const secrets = hidden.flatMap(({ value, label }) =>
		value === undefined ? [] : { value, label },
	);
	return asWireObject(maskSecretsDeep(body, secrets)) ?? body;
}
