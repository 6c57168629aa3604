import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { CallBody, UploadedFile } from './call.mts';
import type { ReceivedPart } from './requests.mts';

export const maxUploadBytes = 25 * 1024 * 1024;

type MultipartFilePart = Extract<
	Awaited<ReturnType<ReturnType<FastifyRequest['parts']>['next']>>['value'],
	{ type: 'file' }
>;

async function readFile(part: MultipartFilePart): Promise<UploadedFile> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of part.file) {
		const bytes: Buffer = chunk;
		length += bytes.length;
		chunks.push(bytes);
	}
	return {
		name: part.fieldname,
		fileName: part.filename,
		mimeType: part.mimetype,
		bytes: Buffer.concat(chunks, length),
		tooLarge: part.file.truncated,
	};
}

async function readMultipart(request: FastifyRequest): Promise<CallBody> {
	const fields: Array<{ name: string; value: string }> = [];
	const files: UploadedFile[] = [];
	for await (const part of request.parts()) {
		if (part.type === 'file') files.push(await readFile(part));
		else fields.push({ name: part.fieldname, value: String(part.value) });
	}
	return { kind: 'multipart', fields, files };
}

/** Reads the body without judging it: what is wrong with it is said after the token was checked. */
export async function readBody(request: FastifyRequest): Promise<CallBody> {
	try {
		if (request.isMultipart()) return await readMultipart(request);
	} catch (error) {
		const why = error instanceof Error ? error.message : 'unknown';
		return { kind: 'unreadable', why: `The multipart body cannot be read: ${why}` };
	}
	if (!Buffer.isBuffer(request.body) || request.body.length === 0) return { kind: 'none' };
	const contentType = request.headers['content-type'] ?? '';
	return { kind: 'bytes', contentType, bytes: request.body };
}

/** The body as the request list shows it. */
export function shownBody(body: CallBody): unknown {
	if (body.kind === 'bytes') {
		try {
			const parsed: unknown = JSON.parse(body.bytes.toString());
			return parsed;
		} catch {
			return undefined;
		}
	}
	if (body.kind !== 'multipart') return undefined;
	const fields = body.fields.map((field): ReceivedPart => ({ kind: 'field', ...field }));
	const files = body.files.map(
		({ name, fileName, mimeType, bytes }): ReceivedPart => ({
			kind: 'file',
			name,
			fileName,
			mimeType,
			byteLength: bytes.length,
			sha256: createHash('sha256').update(bytes).digest('hex'),
		}),
	);
	return [...fields, ...files];
}

/** The part of a body in which fault rules may look for a text. */
export function searchableBody(body: CallBody): Buffer {
	if (body.kind === 'bytes') return body.bytes;
	if (body.kind !== 'multipart') return Buffer.alloc(0);
	return Buffer.from(body.fields.map(({ name, value }) => `${name}=${value}`).join('\n'));
}
