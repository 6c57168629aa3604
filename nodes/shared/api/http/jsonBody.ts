import { isWireObject, type WireObject } from '../wire';
import type { Deadline } from './deadline';
import { assertWhole, BodyTooLarge, decoded, expectedBytes } from './decoding';
import { scanJson, type JsonLimits } from './jsonScan';
import type { TransportResponse } from './transport';

/** A body that should have been a JSON object. */
export type JsonBody =
	| { readonly type: 'object'; readonly value: WireObject }
	| {
			readonly type: 'empty' | 'html' | 'other';
			readonly description: string;
			/** Present for JSON that is not an object. */
			readonly value?: unknown;
	  };

/**
 * Reads a 2xx body as a JSON object. Throws when it breaks off, or when it is larger than the limits allow: by its
 * `Content-Length` before it is read, else while it is read, and in depth and number of values before it is parsed.
 */
export async function readJsonBody(
	response: TransportResponse,
	deadline: Deadline,
	limits: JsonLimits,
): Promise<JsonBody> {
	const text = await readText(response, deadline, limits.bytes);
	if (text.trim() === '') return { type: 'empty', description: 'an empty body' };
	const scanned = scanJson(text, limits);
	if (!scanned.ok) throw new BodyTooLarge(`JSON ${scanned.problem}`);
	const value = parsed(scanned.text);
	if (isWireObject(value)) return { type: 'object', value };
	if (value !== undefined)
		return { type: 'other', description: 'JSON that is not an object', value };
	if (looksLikeHtml(text)) return { type: 'html', description: 'an HTML page' };
	return { type: 'other', description: describeType(response) };
}

/** The JSON value of a text; `undefined` when it is not JSON or is above the limits. */
export function parseJson(text: string, limits: JsonLimits): unknown {
	const scanned = scanJson(text, limits);
	return scanned.ok ? parsed(scanned.text) : undefined;
}

export function looksLikeHtml(text: string): boolean {
	return /^\s*<(!doctype|html|head|body)/i.test(text);
}

async function readText(
	response: TransportResponse,
	deadline: Deadline,
	largestBytes: number,
): Promise<string> {
	const { headers, body } = response;
	const tooLarge = () =>
		new BodyTooLarge(`JSON of more than ${Math.floor(largestBytes / 1024 ** 2)} MiB`);
	if (Number(headers['content-length']) > largestBytes) throw tooLarge();
	deadline.limitWhole();
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of decoded(response, body)) {
		deadline.touch();
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes > largestBytes) throw tooLarge();
	}
	assertWhole(bytes, expectedBytes(response));
	return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
	} catch {
		return undefined;
	}
}

function describeType({ headers }: TransportResponse): string {
	const contentType = headers['content-type'];
	return contentType === undefined || contentType.includes('json')
		? 'a body that is not valid JSON'
		: `a body of type ${contentType.slice(0, 80)}`;
}
