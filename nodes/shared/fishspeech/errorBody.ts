import { z } from 'zod/v4';

import type { ServerError } from '../api/service';
import { lenientText, type WireObject } from '../api/wire';

/**
 * The documented error body (contract §1), its legacy shape, and an envelope around either. Other fields are not copied:
 * there may be any number of them.
 */
const errorBody = z.object({
	code: lenientText,
	message: lenientText,
	requestId: lenientText,
	request_id: lenientText,
	details: lenientText,
	error: z
		.union([z.string().trim().min(1), z.object({ code: lenientText, message: lenientText })])
		.optional()
		.catch(undefined),
});

/** What an error body of any shape says. */
export function readError(body: WireObject): ServerError {
	const said = errorBody.parse(body);
	const { code, message, requestId, request_id: legacyRequestId, details } = said;
	const nested = typeof said.error === 'string' ? { message: said.error } : said.error;
	return {
		code: code ?? nested?.code,
		message: message ?? nested?.message ?? details,
		requestId: requestId ?? legacyRequestId,
	};
}

/** Codes with which an envelope says that all went well. */
const CODE_OF_SUCCESS = /^(0|2\d\d|ok|success)$/i;

/** Whether a JSON body is an error although its status says success (seen on 200; contract §3). */
export function isErrorBody(body: WireObject): boolean {
	const { error, code, message } = errorBody.parse(body);
	if (error !== undefined || body.success === false) return true;
	if (body.success === true || code === undefined || message === undefined) return false;
	return !CODE_OF_SUCCESS.test(code);
}
