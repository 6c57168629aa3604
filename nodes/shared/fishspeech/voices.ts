import { json, type ApiClient } from '../api/client/apiClient';
import { listTooLong, MOST_LISTED, MOST_PAGES } from '../api/listLimits';
import { asId, asNumber, asText, firstText, isWireObject, type WireObject } from '../api/wire';

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

/** `GET /voices` (contract §6): one page from `offset`. */
export async function listVoices(
	client: ApiClient,
	page: VoiceFilters & { readonly offset: number; readonly limit: number },
): Promise<VoicePage> {
	const { provider, search, limit, offset } = page;
	return await client.call({
		methodClass: 'read',
		method: 'GET',
		path: '/voices',
		query: { provider, search, limit, offset },
		read: json(readVoicePage, 'a list of voices'),
	});
}

/** What is said of a new voice; what is empty is not sent. */
export interface NewVoice {
	readonly name: string;
	readonly visibility: 'private' | 'public';
	readonly description: string;
	readonly referenceText: string;
	readonly languages: readonly string[];
}

/** A recording to make a voice of. The extension of its file name says its type. */
export interface VoiceSample {
	readonly blob: Blob;
	readonly fileName: string;
}

/** `POST /voices` (contract §6). */
export async function createVoice(
	client: ApiClient,
	{ name, visibility, description, referenceText, languages }: NewVoice,
	samples: readonly VoiceSample[],
): Promise<Voice> {
	const form = new FormData();
	form.append('name', name);
	form.append('visibility', visibility);
	if (description !== '') form.append('description', description);
	if (referenceText !== '') form.append('referenceText', referenceText);
	if (languages.length > 0) form.append('languages', JSON.stringify(languages));
	for (const { blob, fileName } of samples) form.append('audioFiles', blob, fileName);
	return await client.call({
		methodClass: 'create',
		method: 'POST',
		path: '/voices',
		form,
		read: json(readNewVoice, 'the ID of a voice'),
	});
}

/** `DELETE /voices/{voiceId}` (contract §6). */
export async function deleteVoice(client: ApiClient, voiceId: string): Promise<void> {
	await client.call({
		methodClass: 'delete',
		method: 'DELETE',
		path: '/voices/{id}',
		id: voiceId,
		read: async (answer) => await answer.acknowledged(),
	});
}

/** Reads one page of `GET /voices`; `undefined` when it has no list. Items without an id are not voices. */
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
	const ownId = [about.voiceId, about.id, about.voice_id].map(asId).find(Boolean);
	return readVoice(raw, ownId);
}

/** The id by contract §9, rule 6, unless it is known. */
export function readVoice(raw: WireObject, knownId?: string): Voice | undefined {
	const voiceId = knownId ?? ID_KEYS.map((key) => asId(raw[key])).find((id) => id !== undefined);
	if (voiceId === undefined) return undefined;
	return { voiceId, name: firstText(raw, NAME_KEYS), provider: asText(raw.provider), raw };
}

/** Fetches a page of voices from `offset`. */
export type FetchVoicePage = (offset: number, limit: number) => Promise<VoicePage>;

const PAGE_SIZE = 100;

/**
 * Voices page by page until an empty page, a page without a new id, `total`, or `limit` (contract §9, rule 7). A `total`
 * that is too high makes no endless loop. One that is too low ends the list early.
 */
export async function collectVoices(fetchPage: FetchVoicePage, limit: number): Promise<Voice[]> {
	const byId = new Map<string, Voice>();
	let offset = 0;
	for (let page = 1; ; page++) {
		if (page > MOST_PAGES || byId.size > MOST_LISTED) throw listTooLong('voices', byId.size);
		const pageSize = Math.min(PAGE_SIZE, limit - byId.size);
		const { voices, itemCount, total } = await fetchPage(offset, pageSize);
		const known = byId.size;
		for (const voice of voices) if (!byId.has(voice.voiceId)) byId.set(voice.voiceId, voice);
		offset += itemCount;
		const isOver = byId.size === known || (total !== undefined && offset >= total);
		if (isOver || byId.size >= limit) return [...byId.values()].slice(0, limit);
	}
}
