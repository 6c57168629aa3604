import type { IDataObject } from 'n8n-workflow';

import { mapStrings } from '../shared/api/redact';
import { firstText, isWireObject, type WireObject } from '../shared/api/wire';
import { readFile } from '../shared/api/http/media';
import { jobState } from '../shared/fishspeech/jobReading';
import { definedFields, maskedRow, withOtherFields, type Row } from '../shared/host/rows';
import { download, type ItemCall } from '../shared/host/run/itemCall';
import type { EndpointRequest } from './endpointRequest';
import { fileSink } from './fileSink';
import type { EndpointAnswer } from './sendRequest';

/** What becomes of an answer. */
export interface Delivery {
	readonly simplify: boolean;
	readonly isDownloaded: boolean;
	/** Empty: the usual names. */
	readonly mediaField: string;
}

/** In the order of contract §9, rule 4; pictures and videos after them. */
const URL_KEYS = [
	...['audioUrl', 'audio_url', 'resultUrl', 'result_url', 'outputUrl', 'output_url', 'url'],
	...['videoUrl', 'video_url', 'imageUrl', 'image_url'],
];
const PLACES = ['task', 'data', 'result', 'record'];
const LIST_KEYS = ['items', 'data', 'results', 'tasks', 'jobs', 'records'];

/** An answer as rows: a list becomes items, a file goes into the store, media that a body names are fetched. */
export async function rowsOf(
	answer: EndpointAnswer,
	request: EndpointRequest,
	delivery: Delivery,
	call: ItemCall,
): Promise<Row[]> {
	switch (answer.type) {
		case 'empty':
			return [{ json: emptyRow(answer), raw: {} }];
		case 'file': {
			const { binary, bytes, durationSeconds } = answer.file;
			const json = definedFields({ mimeType: binary.mimeType, bytes, durationSeconds });
			return [{ json, raw: {}, files: { file: binary } }];
		}
		case 'json':
			return await jsonRows(answer.body, request, delivery, call);
	}
}

async function jsonRows(
	body: unknown,
	request: EndpointRequest,
	delivery: Delivery,
	call: ItemCall,
): Promise<Row[]> {
	const list = delivery.simplify ? listIn(body) : undefined;
	if (list !== undefined && delivery.mediaField === '')
		return list.map((entry) => jsonRow(entry, call));
	const row = jsonRow(body, call);
	if (!delivery.isDownloaded || !isWireObject(body)) return [row];
	return [await withMedia(row, body, request, delivery, call)];
}

/** The entries of a body that is a list, or that holds one; `undefined` when it holds none. */
export function listIn(body: unknown): readonly unknown[] | undefined {
	if (Array.isArray(body)) return body;
	if (!isWireObject(body)) return undefined;
	const inner = isWireObject(body.data) ? body.data : {};
	const lists = [inner, body].flatMap((place) => LIST_KEYS.map((key) => place[key]));
	return lists.find((candidate) => Array.isArray(candidate));
}

/** One JSON value as a row; what is not an object stands in `value`. */
function jsonRow(value: unknown, { client }: Pick<ItemCall, 'client'>): Row {
	const { secrets } = client.context;
	const sent = isWireObject(value) ? value : { value };
	return {
		json: maskedRow(withOtherFields({}, sent, []), secrets),
		raw: maskedRow(sent, secrets),
	};
}

/** A row with the file whose address its body names. */
export async function withMedia(
	row: Row,
	body: WireObject,
	request: EndpointRequest,
	{ mediaField }: Delivery,
	call: ItemCall,
): Promise<Row> {
	const status = firstText(body, ['status'], ['task', 'data']);
	if (mediaField === '' && status !== undefined && jobState(status) === 'failed') return row;
	const url = mediaField === '' ? mediaUrlIn(body, textsOf(request)) : textAt(body, mediaField);
	if (url === undefined) {
		if (mediaField !== '')
			call.hint(
				`An answer has no address at "${mediaField.slice(0, 60)}", so no file was fetched.`,
			);
		return row;
	}
	const sink = fileSink(call.binaries, request.template);
	const { binary, bytes, durationSeconds } = await download(call, url, sink, readFile);
	return {
		...row,
		json: definedFields({ ...row.json, mimeType: binary.mimeType, bytes, durationSeconds }),
		files: { file: binary },
	};
}

/** The address of media that a body names and that was not sent with the request. */
export function mediaUrlIn(body: WireObject, sent: ReadonlySet<string>): string | undefined {
	return URL_KEYS.map((key) => firstText(body, [key], PLACES)).find(
		(url) => url !== undefined && !sent.has(url),
	);
}

/** The text at a path such as `data.0.url`. */
export function textAt(body: WireObject, path: string): string | undefined {
	let found: unknown = body;
	for (const step of path.split('.').map((name) => name.trim())) {
		if (Array.isArray(found)) found = found[Number(step)];
		else if (isWireObject(found) && Object.hasOwn(found, step)) found = found[step];
		else return undefined;
	}
	return typeof found === 'string' && found.trim() !== '' ? found.trim() : undefined;
}

/** Every text that a request sends. */
export function textsOf({ query, body, form }: EndpointRequest): Set<string> {
	const texts = new Set<string>();
	mapStrings([query, body, form?.fields.map(([, value]) => value)], (text) => {
		texts.add(text);
		return text;
	});
	return texts;
}

function emptyRow({
	httpStatus,
	headers,
}: Extract<EndpointAnswer, { type: 'empty' }>): IDataObject {
	return definedFields({
		done: true,
		httpStatus,
		mimeType: headers['content-type'],
		bytes: headers['content-length'] === undefined ? undefined : Number(headers['content-length']),
	});
}
