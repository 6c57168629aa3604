import { createHash } from 'crypto';

/** IDs that are remembered: more voices, or jobs without dates, cannot be told apart from new ones. */
export const MOST_KNOWN = 10_000;

/** 48 bits as text: the chance that two of 10,000 IDs are taken for one is below one in five million. */
const HASH_BYTES = 6;
const HASH_LENGTH = 8;

export function hashOf(id: string): string {
	return createHash('sha256').update(id).digest().toString('base64url', 0, HASH_BYTES);
}

/** A bounded set of IDs, kept as hashes in one short text. The ones not seen for longest are forgotten first. */
export class KnownIds {
	private readonly hashes: Set<string>;

	constructor(packed = '') {
		this.hashes = new Set();
		for (let at = 0; at + HASH_LENGTH <= packed.length; at += HASH_LENGTH)
			this.hashes.add(packed.slice(at, at + HASH_LENGTH));
	}

	has(id: string): boolean {
		return this.hashes.has(hashOf(id));
	}

	/** Remembers an ID, or that it was seen again. */
	add(id: string): void {
		const hash = hashOf(id);
		this.hashes.delete(hash);
		this.hashes.add(hash);
		for (const oldest of this.hashes) {
			if (this.hashes.size <= MOST_KNOWN) return;
			this.hashes.delete(oldest);
		}
	}

	delete(id: string): void {
		this.hashes.delete(hashOf(id));
	}

	/** For n8n's static data. */
	pack(): string {
		return [...this.hashes].join('');
	}
}
