import { createHash } from 'crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { caught } from '../../api/caught';
import { failure, ServiceError } from '../../api/errors';
import { CHECK_STORE } from '../../api/reasons';
import type { MediaSink } from '../../api/http/media';
import { inOnePiece } from '../../api/http/mediaBody';
import { toTransportFailure, type ByteStream } from '../../api/http/transport';
import type { AudioScan } from '../../audio/audioScan';
import { ChangedAudioError } from '../../audio/changedAudioError';
import { createAudioScanner } from '../../audio/audioScanner';
import { mp4DurationMeter } from '../../audio/mp4Duration';
import { nameMedia, type MediaName } from './mediaTypes';
import { saysMissing } from './missingFile';

export interface StoredMedia {
	readonly binary: IBinaryData;
	readonly bytes: number;
	/** What joining needs to know; absent when it is neither MP3 nor WAV. */
	readonly scan?: AudioScan;
	/** Known for MP3, WAV and MP4. */
	readonly durationSeconds?: number;
}

/** n8n's binary store, as far as this package uses it. */
export class BinaryStore {
	constructor(private readonly host: IExecuteFunctions) {}

	/** See {@link mediaSink}. `newReader` is called for each body, and its reader sees the chunks. */
	sink(name: MediaName, newReader?: () => ChunkReader): MediaSink<StoredMedia> {
		return mediaSink(this.host, name, newReader);
	}

	/** Throws a `ServiceError` when the store does not take the file. */
	async store(body: ByteStream | Buffer, fileName: string, mimeType: string): Promise<IBinaryData> {
		try {
			return await this.host.helpers.prepareBinaryData(body, fileName, mimeType);
		} catch (error) {
			const isOfFile = error instanceof ServiceError || error instanceof ChangedAudioError;
			throw caught(isOfFile ? error : notStored(error));
		}
	}

	/** The file of an input item, or `undefined` when the item has no such field. */
	input(itemIndex: number, fieldName: string): IBinaryData | undefined {
		try {
			return this.host.helpers.assertBinaryData(itemIndex, fieldName);
		} catch {
			// n8n throws for one reason: there is no such field. Its text does not name the fields that exist.
			return undefined;
		}
	}

	/** The binary fields that an input item has. */
	inputFields(itemIndex: number): string[] {
		return Object.keys(this.host.getInputData()[itemIndex]?.binary ?? {});
	}

	async read(binary: IBinaryData, itemIndex: number): Promise<Buffer> {
		return await this.host.helpers.getBinaryDataBuffer(itemIndex, binary);
	}

	/** A stored file as a stream; not for memory mode, whose binaries have no id. */
	async open({ id = '' }: Partial<IBinaryData>): Promise<ByteStream> {
		return await this.host.helpers.getBinaryStream(id);
	}

	/**
	 * Copies a stored file into the current execution, because n8n deletes files with the execution they belong to.
	 * `undefined` when it has been deleted already; throws when the store cannot be read, or cannot take the copy.
	 */
	async copyIfThere(binary: IBinaryData): Promise<IBinaryData | undefined> {
		if (binary.id === undefined) return binary;
		const stream = await this.open(binary).catch((error: unknown) => {
			if (saysMissing(error)) return undefined;
			throw caught(error);
		});
		if (stream === undefined) return undefined;
		try {
			return await this.store(stream, binary.fileName ?? 'file', binary.mimeType);
		} finally {
			// A store that refuses the copy leaves the file open.
			stream.destroy();
		}
	}

	/** What stands for a file in a logical request: its place in the store, or in memory mode the hash of its bytes. */
	identity(binary: IBinaryData): string {
		return binary.id ?? createHash('sha256').update(binary.data).digest('hex');
	}

	signedUrl(binary: IBinaryData, minutes: number): string {
		return this.host.helpers.createBinarySignedUrl(binary, `${minutes} minutes`);
	}
}

function notStored(error: unknown): ServiceError {
	const { code = 'no code' } = toTransportFailure(error);
	return failure(
		'unexpectedResponse',
		`n8n could not store a file that this node has made (${code}).`,
		{
			action: CHECK_STORE,
			nextTry: 'What was paid for is kept for the next try.',
			isOfStore: true,
			kind: 'retryable',
		},
	);
}

/** Sees the chunks of a body on their way to the store; must not keep them. */
export type ChunkReader = (chunk: Uint8Array) => void;

/** A file of this size is handed over in one piece, which costs n8n's store less than a stream. */
const LARGEST_PIECE_BYTES = 256 * 1024;

/** A sink that streams a body into n8n's store and measures it meanwhile; no large one is kept in memory. */
export function mediaSink(
	{ helpers }: { readonly helpers: Pick<IExecuteFunctions['helpers'], 'prepareBinaryData'> },
	name: MediaName,
	newReader?: () => ChunkReader,
): MediaSink<StoredMedia> {
	return async (media) => {
		const { fileName, mimeType } = nameMedia(media.contentType, name);
		const scanner = createAudioScanner();
		const videoMeter = mimeType.startsWith('video/') ? mp4DurationMeter() : undefined;
		const read = newReader?.();
		let bytes = 0;
		const stream = media.stream({
			onChunk: (chunk) => {
				scanner.push(chunk);
				read?.(chunk);
				videoMeter?.push(chunk);
			},
			onEnd: (length) => {
				bytes = length;
			},
		});
		const isSmall = media.expectedBytes !== undefined && media.expectedBytes <= LARGEST_PIECE_BYTES;
		const body = isSmall ? await inOnePiece(stream) : stream;
		const binary = await helpers.prepareBinaryData(body, fileName, mimeType);
		const scan = scanner.finish();
		const durationSeconds = scan?.durationSeconds ?? videoMeter?.finish();
		return { binary, bytes, scan, durationSeconds };
	};
}
