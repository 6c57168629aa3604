import { caught } from '../shared/api/caught';
import { ServiceError } from '../shared/api/errors';
import { firstList, firstText, isWireObject, type WireObject } from '../shared/api/wire';
import { readFile } from '../shared/api/http/media';
import { jobState } from '../shared/fishspeech/jobReading';
import { paidButNotFetched } from '../shared/host/jobs/expiredAudio';
import { definedFields, maskedRow, withOtherFields, type Row } from '../shared/host/rows';
import { download, type ItemCall } from '../shared/host/run/itemCall';
import type { EndpointRequest } from './endpointRequest';
import { fileSink } from './fileSink';
import { mediaUrlIn, textAt, textsOf } from './mediaAddress';
import { jobIn, type EndpointAnswer } from './sendRequest';

/** A request, and what becomes of its answer. */
export interface Delivery {
	readonly request: EndpointRequest;
	readonly isSimplified: boolean;
	readonly isDownloaded: boolean;
	/** Empty: the usual names. */
	readonly mediaField: string;
}

const LIST_KEYS = ['items', 'data', 'results', 'tasks', 'jobs', 'records'];

/** An answer as rows: a list becomes items, a file goes into the store, media that a body names are fetched. */
export async function rowsOf(
	answer: EndpointAnswer,
	delivery: Delivery,
	call: ItemCall,
): Promise<Row[]> {
	switch (answer.type) {
		case 'empty': {
			const { 'content-type': mimeType, 'content-length': length } = answer.headers;
			const bytes = length === undefined ? undefined : Number(length);
			const { httpStatus } = answer;
			return [{ json: definedFields({ done: true, httpStatus, mimeType, bytes }), raw: {} }];
		}
		case 'file': {
			const { binary, bytes, durationSeconds } = answer.file;
			const json = definedFields({ mimeType: binary.mimeType, bytes, durationSeconds });
			return [{ json, raw: {}, files: { file: binary } }];
		}
		case 'json':
			return await jsonRows(answer.body, delivery, call);
	}
}

async function jsonRows(body: unknown, delivery: Delivery, call: ItemCall): Promise<Row[]> {
	const withFile = async (part: unknown) => {
		const row = jsonRow(part, call);
		const holdsOthers = isWireObject(part) || Array.isArray(part);
		return delivery.isDownloaded && holdsOthers ? await withMedia(row, part, delivery, call) : row;
	};
	const list = delivery.isSimplified && delivery.mediaField === '' ? listIn(body) : undefined;
	const isCreate = delivery.request.methodClass === 'create';
	// What was paid for is in a row, whatever lists its answer has: the ID of a job, and an answer that lists nothing.
	if (list === undefined || (isCreate && (list.length === 0 || jobIn(body) !== undefined)))
		return [await withFile(body)];
	// A list that was only read may name more files than anybody wants.
	if (!isCreate) return list.map((entry) => jsonRow(entry, call));
	return await Promise.all(list.map(withFile));
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
		json: withOtherFields({}, sent, [], secrets),
		raw: maskedRow(sent, secrets),
	};
}

/** A row with the file whose address its body names. */
export async function withMedia(
	row: Row,
	body: WireObject | readonly unknown[],
	{ request, mediaField }: Delivery,
	call: ItemCall,
): Promise<Row> {
	const url = mediaField === '' ? usualUrl(body, request) : textAt(body, mediaField);
	if (url === undefined) {
		if (mediaField !== '')
			call.hint(
				`An answer has no address at "${mediaField.slice(0, 60)}", so no file was fetched.`,
			);
		return row;
	}
	const sink = fileSink(call.binaries, request.template);
	try {
		const { binary, bytes, durationSeconds } = await download(call, url, sink, readFile);
		return {
			...row,
			json: definedFields({ ...row.json, mimeType: binary.mimeType, bytes, durationSeconds }),
			files: { file: binary },
		};
	} catch (error) {
		const isPaid = request.methodClass === 'create';
		if (mediaField !== '' || !isNoFile(error))
			throw caught(isPaid ? paidButNotFetched(error, 'file') : error);
		// The address was a guess by its name. The answer itself is all right.
		call.hint(
			`The address in the answer for item ${call.itemIndex} gave no file: ${error.message} The answer is in the output as it came.`,
		);
		return row;
	}
}

/** The address under one of the usual names; none where a job has failed. */
function usualUrl(
	body: WireObject | readonly unknown[],
	request: EndpointRequest,
): string | undefined {
	if (!isWireObject(body)) return undefined;
	const status = firstText(body, ['status'], ['task', 'data']);
	const hasFailed = status !== undefined && jobState(status) === 'failed';
	return hasFailed ? undefined : mediaUrlIn(body, textsOf(request));
}

/** Whether an address does not lead to a file, and will not on another try. */
function isNoFile(error: unknown): error is ServiceError {
	if (!(error instanceof ServiceError) || error.traits.isOfStore) return false;
	const { kind, reason } = error.details;
	if (reason === 'cancelled' || reason === 'notSent') return false;
	return kind === 'terminal' || reason === 'unexpectedResponse';
}
