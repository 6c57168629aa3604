import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Answer } from './answer.mts';
import type { FaultAction } from './faults.mts';

type Of<Kind extends FaultAction['kind']> = Extract<FaultAction, { kind: Kind }>;

// Long enough for a client on the same event loop to read what was sent before the connection breaks.
const settleMs = 15;

function writeHead(response: ServerResponse, answer: Answer, length: number | 'chunked'): void {
	const framing: Record<string, string> =
		length === 'chunked' ? {} : { 'content-length': String(length) };
	response.writeHead(answer.status, { ...answer.headers, ...framing });
}

/** Sends an answer the way it should be; in chunks if its headers say so. */
export function send(response: ServerResponse, answer: Answer): void {
	const isChunked = answer.headers['transfer-encoding'] === 'chunked';
	writeHead(response, answer, isChunked ? 'chunked' : answer.body.length);
	response.end(answer.body);
}

/** Ends the connection with a TCP reset (`reset`) or an ordinary close (`fin`). */
export function breakConnection(response: ServerResponse, how: 'fin' | 'reset'): void {
	const { socket } = response;
	if (how === 'reset') socket?.resetAndDestroy();
	else socket?.destroy();
}

async function sendPart(response: ServerResponse, part: Buffer): Promise<void> {
	response.flushHeaders();
	if (part.length > 0) await new Promise<void>((resolve) => response.write(part, () => resolve()));
	await delay(settleMs);
}

function half(answer: Answer, wanted: number | undefined): number {
	return Math.min(wanted ?? Math.floor(answer.body.length / 2), answer.body.length);
}

/** Sends a part of the body, then breaks the connection. */
export async function sendCut(
	response: ServerResponse,
	answer: Answer,
	fault: Of<'cutBody'>,
): Promise<void> {
	writeHead(response, answer, fault.chunked === true ? 'chunked' : answer.body.length);
	await sendPart(response, answer.body.subarray(0, half(answer, fault.afterBytes)));
	breakConnection(response, fault.how ?? 'fin');
}

/** Sends a part of the body and nothing more; the connection stays open. */
export async function sendStalled(
	response: ServerResponse,
	answer: Answer,
	fault: Of<'stallBody'>,
): Promise<void> {
	writeHead(response, answer, answer.body.length);
	await sendPart(response, answer.body.subarray(0, half(answer, fault.afterBytes)));
}

/** Sends the body in drops. */
export async function sendDripping(
	response: ServerResponse,
	answer: Answer,
	fault: Of<'drip'>,
	signal: AbortSignal,
): Promise<void> {
	writeHead(response, answer, answer.body.length);
	response.flushHeaders();
	for (let offset = 0; offset < answer.body.length; offset += fault.bytes) {
		await delay(fault.everyMs, undefined, { signal });
		if (response.destroyed) return;
		response.write(answer.body.subarray(offset, offset + fault.bytes));
	}
	response.end();
}

/** Announces a length that is wrong by `delta`, sends everything there is and closes. */
export async function sendMisdeclared(
	response: ServerResponse,
	answer: Answer,
	fault: Of<'contentLength'>,
): Promise<void> {
	writeHead(response, answer, Math.max(0, answer.body.length + fault.delta));
	await sendPart(response, answer.body);
	breakConnection(response, 'fin');
}

const compress = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };

export function encoded(answer: Answer, { encoding }: Of<'encode'>): Answer {
	return {
		...answer,
		headers: { ...answer.headers, 'content-encoding': encoding },
		body: compress[encoding](answer.body),
	};
}

export function truncated(answer: Answer, fault: Of<'truncate'>): Answer {
	return { ...answer, body: answer.body.subarray(0, half(answer, fault.keepBytes)) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringified(value: unknown): unknown {
	if (typeof value === 'number') return String(value);
	if (Array.isArray(value)) return value.map(stringified);
	if (!isRecord(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stringified(inner)]));
}

function holder(root: Record<string, unknown>, steps: readonly string[]): Record<string, unknown> {
	let target = root;
	for (const step of steps) {
		const next = target[step];
		const inner = isRecord(next) ? next : {};
		target[step] = inner;
		target = inner;
	}
	return target;
}

/** Changes a JSON object answer; other answers pass unchanged. */
export function edited(answer: Answer, fault: Of<'editJson'>): Answer {
	if (answer.headers['content-type']?.startsWith('application/json') !== true) return answer;
	const parsed: unknown = JSON.parse(answer.body.toString());
	const value = fault.numbersAsStrings === true ? stringified(parsed) : parsed;
	if (isRecord(value)) {
		for (const [path, replacement] of Object.entries(fault.set ?? {})) {
			const steps = path.split('.');
			holder(value, steps.slice(0, -1))[steps.at(-1) ?? path] = replacement;
		}
		for (const path of fault.remove ?? []) {
			const steps = path.split('.');
			delete holder(value, steps.slice(0, -1))[steps.at(-1) ?? path];
		}
	}
	return { ...answer, body: Buffer.from(JSON.stringify(value)) };
}
