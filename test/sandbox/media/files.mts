import { randomBytes } from 'node:crypto';

export interface StoredFile {
	readonly id: string;
	readonly name: string;
	readonly bytes: Buffer;
	readonly mimeType: string;
	readonly signature: string;
	readonly expiresAt: number;
}

export interface NewFile {
	readonly bytes: Buffer;
	readonly mimeType: string;
	readonly extension: string;
	readonly lifetimeMs: number;
}

/** Generated files behind URLs that cannot be guessed and expire. */
export class FileStore {
	readonly #files = new Map<string, StoredFile>();

	constructor(private readonly now: () => number) {}

	add({ bytes, mimeType, extension, lifetimeMs }: NewFile): StoredFile {
		const id = randomBytes(12).toString('hex');
		const file: StoredFile = {
			id,
			name: `${id}.${extension}`,
			bytes,
			mimeType,
			signature: randomBytes(12).toString('hex'),
			expiresAt: this.now() + lifetimeMs,
		};
		this.#files.set(file.name, file);
		return file;
	}

	get(name: string): StoredFile | undefined {
		return this.#files.get(name);
	}

	/** The file that one of the sandbox's own URLs names; undefined for any other URL. */
	byUrl(url: string, bases: readonly string[]): StoredFile | undefined {
		const parsed = new URL(url);
		if (!bases.includes(parsed.origin) || !parsed.pathname.startsWith('/files/')) return undefined;
		const file = this.get(parsed.pathname.slice('/files/'.length));
		if (file?.signature !== parsed.searchParams.get('signature')) return undefined;
		return file !== undefined && this.now() < file.expiresAt ? file : undefined;
	}
}

export function fileUrl(base: string, file: StoredFile): string {
	return `${base}/files/${file.name}?signature=${file.signature}`;
}
