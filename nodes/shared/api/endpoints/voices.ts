import { asNumber, asText, firstText, isWireObject, type WireObject } from './readers';

/** A voice of the account or of the library (contract §6); `raw` is what the service sent. */
export interface Voice {
	readonly voiceId: string;
	readonly name: string | undefined;
	readonly provider: string | undefined;
	readonly raw: WireObject;
}

export interface VoiceFilters {
	readonly search?: string;
	readonly provider?: string;
}

export interface VoicePage {
	readonly voices: readonly Voice[];
	/** How many items the page had, those without an id included. */
	readonly itemCount: number;
	/** As the service counts; not to be trusted. */
	readonly total: number | undefined;
}

const ID_KEYS = ['id', 'voiceId', 'voice_id', 'modelId'];
const NAME_KEYS = ['name', 'title'];
/** The wire's names of what a {@link Voice} holds. */
export const VOICE_FIELDS: readonly string[] = [...ID_KEYS, ...NAME_KEYS, 'provider'];

/** Reads one page of `GET /voices`; `undefined` when it has no list. Items without an id are no voices. */
export function readVoicePage(body: WireObject): VoicePage | undefined {
	const { items } = body;
	if (!Array.isArray(items)) return undefined;
	const voices = items.filter(isWireObject).flatMap((raw) => readVoice(raw) ?? []);
	return { voices, itemCount: items.length, total: asNumber(body.total) };
}

/**
 * Reads the answer to `POST /voices`: the id stands in it or inside `voice`, of which all fields are taken; `undefined`
 * without one. A model named beside a voice is its engine.
 */
export function readNewVoice(body: WireObject): Voice | undefined {
	const { voice, ...about } = body;
	const raw = isWireObject(voice) ? { ...about, ...voice } : about;
	const ownId = [about.voiceId, about.id, about.voice_id].map(asText).find(Boolean);
	const voiceId = ownId ?? readVoice(raw)?.voiceId;
	if (voiceId === undefined) return undefined;
	return { voiceId, name: firstText(raw, NAME_KEYS), provider: asText(raw.provider), raw };
}

/** The id by contract §9, rule 6. */
export function readVoice(raw: WireObject): Voice | undefined {
	const voiceId = ID_KEYS.map((key) => asText(raw[key])).find((id) => id !== undefined);
	if (voiceId === undefined) return undefined;
	return { voiceId, name: firstText(raw, NAME_KEYS), provider: asText(raw.provider), raw };
}

/** Fetches a page of voices from `offset`. */
export type FetchVoicePage = (offset: number, limit: number) => Promise<VoicePage>;

const PAGE_SIZE = 100;

/**
 * Voices page by page until an empty page, a page without a new id, `total`, or `limit` (contract §9, rule 7):
 * a `total` that lies ends nothing early that the pages do not, and loops nowhere.
 */
export async function collectVoices(fetchPage: FetchVoicePage, limit: number): Promise<Voice[]> {
	const byId = new Map<string, Voice>();
	let offset = 0;
	for (;;) {
		const pageSize = Math.min(PAGE_SIZE, limit - byId.size);
		const { voices, itemCount, total } = await fetchPage(offset, pageSize);
		const known = byId.size;
		for (const voice of voices) if (!byId.has(voice.voiceId)) byId.set(voice.voiceId, voice);
		offset += itemCount;
		const isOver = byId.size === known || (total !== undefined && offset >= total);
		if (isOver || byId.size >= limit) return [...byId.values()].slice(0, limit);
	}
}
