import { randomBytes } from 'node:crypto';

export interface Voice {
	readonly id: string;
	readonly name: string;
	readonly provider: string;
	readonly visibility?: 'private' | 'public';
}

/** Voices that every sandbox starts with. */
export const seedVoices: readonly Voice[] = [
	{ id: 'voice_123', name: 'My Voice', provider: 'fishaudio' },
	{ id: 'voice_anna', name: 'Anna', provider: 'fishaudio' },
	{ id: 'voice_boris', name: 'Boris', provider: 'minimax' },
	{ id: 'voice_chen', name: 'Chen', provider: 'cosyvoice' },
	{ id: 'voice_dora', name: 'Dora', provider: 'minimax' },
];

export class VoiceStore {
	readonly #voices = new Map<string, Voice>(seedVoices.map((voice) => [voice.id, voice]));
	readonly #inUse = new Set<string>();

	all(): Voice[] {
		return [...this.#voices.values()];
	}

	has(id: string): boolean {
		return this.#voices.has(id);
	}

	add(voice: Omit<Voice, 'id'>): Voice {
		const added = { id: `voice_${randomBytes(8).toString('hex')}`, ...voice };
		this.#voices.set(added.id, added);
		return added;
	}

	/** Adds numbered voices: `voice_bulk_1`, `voice_bulk_2`, … */
	addMany(count: number, provider = 'fishaudio'): Voice[] {
		const first = this.#voices.size + 1;
		const added = Array.from({ length: count }, (_, index) => {
			const number = first + index;
			return { id: `voice_bulk_${number}`, name: `Voice ${number}`, provider };
		});
		for (const voice of added) this.#voices.set(voice.id, voice);
		return added;
	}

	/** Makes the service refuse to delete a voice with 409. */
	markInUse(id: string): void {
		this.#inUse.add(id);
	}

	isInUse(id: string): boolean {
		return this.#inUse.has(id);
	}

	delete(id: string): void {
		this.#voices.delete(id);
	}
}
