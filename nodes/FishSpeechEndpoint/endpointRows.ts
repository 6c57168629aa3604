import type { IDataObject } from 'n8n-workflow';

import { firstList, firstText, isWireObject, type WireObject } from '../shared/api/wire';
import { readFile } from '../shared/api/http/media';
import { jobState } from '../shared/fishspeech/jobReading';
import { definedFields, maskedRow, withOtherFields, type Row } from '../shared/host/rows';
import { download, type ItemCall } from '../shared/host/run/itemCall';
import type { EndpointRequest } from './endpointRequest';
import { fileSink } from './fileSink';
import { mediaUrlIn, textAt, textsOf } from './mediaAddress';
import type { EndpointAnswer } from './sendRequest';

/** What becomes of an answer. */
export interface Delivery {
	readonly simplify: boolean;
	readonly isDownloaded: boolean;
	/** Empty: the usual names. */
	readonly mediaField: string;
}

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
	return isWireObject(body) ? firstList(body, LIST_KEYS) : undefined;
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
