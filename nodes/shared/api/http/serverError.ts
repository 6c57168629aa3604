import { z } from 'zod/v4';

import { looksLikeHtml, parseJson } from './body';
import { asWireObject, lenientText, type WireObject } from '../endpoints/readers';
import { cleanServerMessage, type Secret } from '../redact';

/** The documented error body (contract §1), its legacy shape, and an envelope around either. */
const errorBody = z.looseObject({
	code: lenientText,
	message: lenientText,
	requestId: lenientText,
	request_id: lenientText,
	details: lenientText,
	error: z
		.union([z.string().trim().min(1), z.looseObject({ code: lenientText, message: lenientText })])
		.optional()
		.catch(undefined),
});

/** What a server said about a failure, fit to be shown. */
export interface ServerError {
	readonly code?: string;
	readonly message?: string;
	readonly requestId?: string;
	/** What the body is, when it says nothing that can be shown. */
	readonly bodyDescription?: 'an HTML page' | 'an empty body' | 'a body that is not JSON';
}

/** Reads the text of an error body of any shape; never fails. */
export function readErrorBody(text: string, secrets: readonly Secret[]): ServerError {
	if (text.trim() === '') return { bodyDescription: 'an empty body' };
	const body = asWireObject(parseJson(text));
	if (body !== undefined) return readServerError(body, secrets);
	return { bodyDescription: looksLikeHtml(text) ? 'an HTML page' : 'a body that is not JSON' };
}

/** Reads the same once it is parsed. */
export function readServerError(body: WireObject, secrets: readonly Secret[]): ServerError {
	const {
		code,
		message,
		requestId,
		request_id: legacyRequestId,
		details,
		error,
	} = errorBody.parse(body);
	const nested = typeof error === 'object' ? error : undefined;
	const said =
		message ?? nested?.message ?? (typeof error === 'string' ? error : undefined) ?? details;
	const clean = (value: string | undefined) =>
		value === undefined ? undefined : cleanServerMessage(value, secrets) || undefined;
	return {
		code: clean(code ?? nested?.code),
		message: clean(said),
		requestId: clean(requestId ?? legacyRequestId),
	};
}

/** Whether a JSON body is an error although its status says success (seen on 200; contract §3). */
export function isErrorBody(body: WireObject): boolean {
	const { error, code, message } = errorBody.parse(body);
	return (
		error !== undefined || body.success === false || (code !== undefined && message !== undefined)
	);
}
