import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { BinaryDataService } from 'n8n-core';
import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';
import type { Host } from './host.mts';
import { storeBinary } from './olderHosts.mts';

export interface NewBinary {
	readonly fileName?: string;
	readonly mimeType: string;
	/** Whose file it is; n8n deletes an execution's files with it. */
	readonly workflowId?: string;
	readonly executionId?: string;
}

export interface StoredFile {
	/** Relative to the store. */
	readonly path: string;
	readonly bytes: number;
}

const signedPath = '/rest/binary-data/signed';

/** n8n's binary store as a test needs it: put in, read back, look inside, serve by signed URL. */
export class BinaryStore {
	constructor(
		private readonly host: Host,
		readonly directory: string,
	) {}

	/** Stores bytes as an earlier node of a workflow would have; the result goes into an item's `binary`. */
	async put(content: Buffer | Readable, about: NewBinary): Promise<IBinaryData> {
		const { workflowId = 'upstream', executionId = 'upstream', fileName, mimeType } = about;
		const extension = fileName && path.extname(fileName).slice(1);
		const binary: IBinaryData = {
			data: '',
			mimeType,
			...(fileName && { fileName }),
			...(extension && { fileExtension: extension }),
		};
		const location = { type: 'execution', workflowId, executionId } as const;
		return await storeBinary(this.service, location, content, binary);
	}

	/** The bytes of an item's binary field, wherever they are kept. */
	async read(item: INodeExecutionData | undefined, field = 'data'): Promise<Buffer> {
		const binary = item?.binary?.[field];
		if (!binary) throw new Error(`the item has no binary field "${field}"`);
		return await this.service.getAsBuffer(binary);
	}

	/** Every stored file, temporary ones too, without n8n's metadata files. */
	async files(): Promise<StoredFile[]> {
		const entries = await readdir(this.directory, { recursive: true, withFileTypes: true }).catch(
			() => [],
		);
		const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.metadata'));
		return await Promise.all(
			files.map(async (entry) => {
				const file = path.join(entry.parentPath, entry.name);
				return { path: path.relative(this.directory, file), bytes: (await stat(file)).size };
			}),
		);
	}

	/** Keeps whoever stores a file waiting until the returned function is called, as a store that is far away does. */
	holdStoring(): () => void {
		const { service } = this;
		let letGo = () => {};
		const held = new Promise<void>((resolve) => {
			letGo = resolve;
		});
		const { store } = service;
		service.store = async (...file) => {
			const stored = await store.apply(service, file);
			await held;
			return stored;
		};
		return () => {
			service.store = store;
			letGo();
		};
	}

	/**
	 * Fails whoever stores a file, once the file has arrived, until the returned function is called. The first `after` files
	 * are stored, and those that come after `times` failures.
	 */
	failStoring(error: Error, { after = 0, times = Number.POSITIVE_INFINITY } = {}): () => void {
		const { service } = this;
		const { store } = service;
		let files = 0;
		service.store = async (...file) => {
			const [, content] = file;
			const number = files++;
			if (number < after || number >= after + times) return await store.apply(service, file);
			if (content instanceof Readable) await finished(content.resume());
			throw error;
		};
		return () => {
			service.store = store;
		};
	}

	/** Fails whoever opens a file until the returned function is called, as a store that is away does. */
	failOpening(error: Error): () => void {
		const { service } = this;
		const { getAsStream } = service;
		service.getAsStream = async () => {
			throw error;
		};
		return () => {
			service.getAsStream = getAsStream;
		};
	}

	/** What deleting an execution in n8n does to its files. */
	async deleteExecution(workflowId: string, executionId: string): Promise<void> {
		await this.service.deleteMany([{ type: 'execution', workflowId, executionId }]);
	}

	/** Answers n8n's signed binary URLs; false when the request is for something else. */
	async handleSigned(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
		const url = new URL(request.url ?? '/', 'http://instance.invalid');
		if (url.pathname !== signedPath) return false;
		try {
			const id = this.service.validateSignedToken(url.searchParams.get('token') ?? '');
			const { mimeType, fileSize } = await this.service.getMetadata(id);
			response.setHeader('content-length', fileSize);
			if (mimeType) response.setHeader('content-type', mimeType);
			await pipeline(await this.service.getAsStream(id), response);
		} catch (error) {
			if (response.headersSent) response.destroy();
			else response.writeHead(statusOf(error)).end(error instanceof Error ? error.message : '');
		}
		return true;
	}

	private get service(): BinaryDataService {
		return this.host.container.get(this.host.core.BinaryDataService);
	}
}

/** n8n answers 400 to a token that is wrong or has expired and 404 when the file is gone. */
function statusOf(error: unknown): number {
	const name = error instanceof Error ? error.name : '';
	return name === 'JsonWebTokenError' || name === 'TokenExpiredError' ? 400 : 404;
}
