import { json } from '../shared/api/client/apiClient';
import type { Answer } from '../shared/api/http/exchange';
import { isFile, isText, mediaOf } from '../shared/api/http/media';
import type { Job } from '../shared/api/job';
import { isWireObject } from '../shared/api/wire';
import { JOB_STOP_GRACE_MS, readNewJob, readPolledJob } from '../shared/fishspeech/jobReading';
import type { StoredMedia } from '../shared/host/media/binaryStore';
import type { ItemCall } from '../shared/host/run/itemCall';
import { isContainer } from '../shared/openApi/references';
import { filledPath, parametersOf } from '../shared/openApi/schemaPath';
import type { NamedEndpoint } from './endpointParameters';
import type { EndpointRequest } from './endpointRequest';
import { mediaUrlIn, textsOf } from './mediaAddress';
import { fileSink } from './fileSink';

/** What an endpoint answered. */
export type EndpointAnswer =
	| { readonly type: 'json'; readonly body: unknown }
	| { readonly type: 'file'; readonly file: StoredMedia }
	/** Nothing but its status, or the headers of a HEAD. */
	| { readonly type: 'empty'; readonly httpStatus: number; readonly headers: Answer['headers'] };

/** The job that a body names. */
export function jobIn(body: unknown): Job | undefined {
	return isWireObject(body) ? readNewJob(body) : undefined;
}

/** Makes the call. Throws a `ServiceError`. */
export async function sendRequest(
	request: EndpointRequest,
	call: ItemCall,
): Promise<EndpointAnswer> {
	return await call.client.call({
		...(await requestOf(request, call)),
		read: async (answer) => await readAnswer(request, answer, call),
	});
}

/** Asks the status endpoint for a job. */
export async function getEndpointJob(
	{ path }: NamedEndpoint,
	jobId: string,
	{ client }: Pick<ItemCall, 'client'>,
): Promise<Job> {
	const [name = ''] = parametersOf(path);
	return await client.call({
		methodClass: 'read',
		method: 'GET',
		path: filledPath(path, new Map([[name, jobId]])),
		tracePath: path,
		read: json((body) => readPolledJob(body, jobId), 'a job'),
	});
}

async function requestOf(
	{ method, methodClass, path, template, query, body, form }: EndpointRequest,
	{ binaries, itemIndex }: ItemCall,
) {
	const data = form && new FormData();
	for (const [name, value] of form?.fields ?? []) data?.append(name, value);
	for (const { name, binary } of form?.files ?? []) {
		const bytes = new Uint8Array(await binaries.read(binary, itemIndex));
		data?.append(name, new Blob([bytes], { type: binary.mimeType }), binary.fileName ?? 'file');
	}
	return {
		methodClass,
		method,
		path,
		tracePath: template,
		query,
		...(data ? { form: data } : isContainer(body) && { json: body }),
		...(methodClass === 'create' && { graceMs: JOB_STOP_GRACE_MS }),
	};
}

/**
 * Reads a success. One that is not what the schema tells of ends the try, so that it is never taken for a result. After a
 * call that may have been paid for, a job always counts as a success, and so does a list or a 204 in the place of other
 * JSON. A delete may answer with anything.
 */
async function readAnswer(
	request: EndpointRequest,
	answer: Answer,
	{ binaries }: ItemCall,
): Promise<EndpointAnswer> {
	const { method, methodClass, template, answers } = request;
	const isPaid = methodClass === 'create';
	const isPaidJson = isPaid && answers.json;
	const { status: httpStatus, headers } = answer;
	if (method === 'HEAD') return { type: 'empty', httpStatus, headers };
	const isEmpty = await answer.isEmpty();
	if (!isEmpty && ((await isFile(answer)) || (answers.text && (await isText(answer)))))
		return { type: 'file', file: await fileSink(binaries, template)(mediaOf(answer)) };
	const body = isEmpty ? undefined : await answer.anyJson();
	if (body === undefined) {
		const isEnough = answers.empty || methodClass === 'delete';
		if (!isEnough && !(isPaidJson && httpStatus === NO_CONTENT))
			throw answer.unreadable('an empty body');
		return { type: 'empty', httpStatus, headers };
	}
	if (Array.isArray(body)) {
		if (!answers.list && !isPaidJson) throw answer.unreadable('a list');
	} else if (!answers.json) {
		// What names the address of a file is as good as the file.
		if (!isWireObject(body)) throw answer.unreadable('JSON that is not an object');
		const isJob = isPaid && jobIn(body)?.status !== undefined;
		if (!isJob && mediaUrlIn(body, textsOf(request)) === undefined)
			throw answer.lacks('a file', body);
	}
	return { type: 'json', body };
}

const NO_CONTENT = 204;
