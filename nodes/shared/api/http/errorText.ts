import { cleanServerMessage, type Secret } from '../redact';
import type { ErrorReading, ServerError } from '../service';
import { asWireObject, type WireObject } from '../wire';
import { looksLikeHtml, parseJson } from './body';

/** What a server said about a failure, fit to be shown. */
export interface ShownError extends ServerError {
	/** What the body is, when it says nothing that can be shown. */
	readonly bodyDescription?: 'an HTML page' | 'an empty body' | 'a body that is not JSON';
}

/** Reads the text of an error body of any shape; never fails. */
export function readErrorBody(
	text: string,
	errors: ErrorReading,
	secrets: readonly Secret[],
): ShownError {
	if (text.trim() === '') return { bodyDescription: 'an empty body' };
	const body = asWireObject(parseJson(text));
	if (body !== undefined) return shownError(body, errors, secrets);
	return { bodyDescription: looksLikeHtml(text) ? 'an HTML page' : 'a body that is not JSON' };
}

/** Reads the same once it is parsed. */
export function shownError(
	body: WireObject,
	errors: ErrorReading,
	secrets: readonly Secret[],
): ServerError {
	const { code, message, requestId } = errors.read(body);
	const clean = (value: string | undefined) =>
		value === undefined ? undefined : cleanServerMessage(value, secrets) || undefined;
	return { code: clean(code), message: clean(message), requestId: clean(requestId) };
}
