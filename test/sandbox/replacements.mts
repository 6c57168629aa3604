import { aceDataAnswer, codeOfStatus } from './acedata/problems.mts';
import { ApiProblem, bytesAnswer, jsonAnswer, type Answer } from './answer.mts';
import type { Zone } from './call.mts';
import type { FaultAction } from './faults.mts';

type Of<Kind extends FaultAction['kind']> = Extract<FaultAction, { kind: Kind }>;

const codes: Readonly<Record<number, string>> = {
	400: 'invalid_request',
	401: 'unauthorized',
	402: 'insufficient_quota',
	403: 'forbidden',
	404: 'not_found',
	409: 'conflict',
	413: 'payload_too_large',
	422: 'unprocessable_media',
	429: 'rate_limited',
	503: 'service_unavailable',
};

function page(status: number): string {
	return (
		`<!DOCTYPE html><html><head><title>${status}</title></head>` +
		`<body><center><h1>${status}</h1></center><hr><center>gateway</center></body></html>`
	);
}

function retryAfterValue(fault: Of<'status'>, now: number): string | undefined {
	const { retryAfter } = fault;
	if (retryAfter === undefined) return undefined;
	if (typeof retryAfter === 'number') return String(retryAfter);
	if (retryAfter === 'absurd') return '99999999';
	if ('raw' in retryAfter) return retryAfter.raw;
	return new Date(now + retryAfter.dateInSeconds * 1_000).toUTCString();
}

/** The answer of a `status` fault in the chosen kind of body. */
export function statusAnswer(
	fault: Of<'status'>,
	requestId: string,
	now: number,
	zone: Zone = 'api',
): Answer {
	const { status } = fault;
	const isAceData = zone === 'aceData';
	const code = fault.code ?? (isAceData ? codeOfStatus(status) : (codes[status] ?? 'server_error'));
	const message = fault.message ?? `The sandbox was told to answer ${status}.`;
	const retryAfter = retryAfterValue(fault, now);
	const headers = {
		...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
		...fault.headers,
	};
	const problem = new ApiProblem(status, code, message, {}, headers);
	switch (fault.body ?? 'json') {
		case 'json':
			if (isAceData) return aceDataAnswer(problem, requestId, 'object');
			return jsonAnswer(status, { code, message, requestId }, headers);
		case 'legacy':
			if (isAceData) return aceDataAnswer(problem, requestId, 'string');
			return jsonAnswer(status, { error: message, details: `status ${status}`, code }, headers);
		case 'html':
			return { ...bytesAnswer(Buffer.from(page(status)), 'text/html', headers), status };
		case 'text':
			return { ...bytesAnswer(Buffer.from(message), 'text/plain', headers), status };
		case 'empty':
			return { status, headers, body: Buffer.alloc(0) };
	}
}

/** An answer given word for word. */
export function rawAnswer(fault: Of<'raw'>): Answer {
	const body =
		fault.bodyBase64 === undefined
			? Buffer.from(fault.body ?? '')
			: Buffer.from(fault.bodyBase64, 'base64');
	const headers = { 'content-type': fault.contentType ?? 'application/json', ...fault.headers };
	return { status: fault.status ?? 200, headers, body };
}

export function redirectAnswer(fault: Of<'redirect'>, location: string): Answer {
	return { status: fault.status ?? 302, headers: { location }, body: Buffer.alloc(0) };
}
