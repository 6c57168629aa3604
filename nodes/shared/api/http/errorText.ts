import { cleanIfAny, cleanServerMessage, type Secret } from '../redact';
import type { ErrorReading, ServerError } from '../service';
import { asWireObject, type WireObject } from '../wire';
import type { Deadline } from './deadline';
import { decoded } from './decoding';
import { looksLikeHtml, parseJson } from './jsonBody';
import { ANSWER_LIMITS } from './jsonScan';
import type { TransportResponse } from './transport';

/** Enough of an error page to find its message in. */
const LARGEST_ERROR_BYTES = 64 * 1024;

/** What a server said about a failure, fit to be shown. */
export interface ShownError extends ServerError {
	/** What the body is, when it says nothing that can be shown. */
	readonly bodyDescription?: 'an HTML page' | 'an empty body' | 'a body that is not JSON';
}

/** The text of an error body, at most 64 KiB of it. If the body breaks off, its beginning counts. */
export async function readErrorText(
	response: TransportResponse,
	deadline: Deadline,
): Promise<string> {
	deadline.limitWhole();
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	try {
		for await (const chunk of decoded(response, response.body)) {
			deadline.touch();
			chunks.push(chunk);
			bytes += chunk.length;
			if (bytes >= LARGEST_ERROR_BYTES) break;
		}
	} catch {
		// The status has already said that the call failed; only details are missing here.
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** Reads the text of an error body of any shape; never fails. */
export function readErrorBody(
	text: string,
	errors: ErrorReading,
	secrets: readonly Secret[],
): ShownError {
	if (text.trim() === '') return { bodyDescription: 'an empty body' };
	const body = asWireObject(parseJson(text, ANSWER_LIMITS));
	if (body !== undefined) return shownError(body, errors, secrets);
	return { bodyDescription: looksLikeHtml(text) ? 'an HTML page' : 'a body that is not JSON' };
}

/** Reads the same once it is parsed. */
export function shownError(
	body: WireObject,
	errors: ErrorReading,
	secrets: readonly Secret[],
): ServerError {
	const { code, message, requestId, jobId } = errors.read(body);
	// A text stands in an ID by chance. An ID is shown as it is, or not at all.
	const hidden = secrets.filter(({ isText = false }) => !isText);
	const isFit = jobId !== undefined && cleanServerMessage(jobId, hidden) === jobId;
	return {
		code: cleanIfAny(code, secrets),
		message: cleanIfAny(message, secrets),
		requestId: cleanIfAny(requestId, secrets),
		...(isFit && { jobId }),
	};
}
