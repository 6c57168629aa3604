import { describe, expect, it } from 'vitest';
import {
	collectVoices,
	readNewVoice,
	readVoice,
	readVoicePage,
	type FetchVoicePage,
	type VoicePage,
} from '../../../nodes/shared/fishspeech/voices.ts';

describe('a voice', () => {
	it.each([
		[{ id: 'v1', name: 'Anna', provider: 'fishaudio' }, 'v1', 'Anna', 'fishaudio'],
		[{ voiceId: 'v1', title: 'Anna' }, 'v1', 'Anna', undefined],
		[{ voice_id: 'v1' }, 'v1', undefined, undefined],
		[{ modelId: 7 }, '7', undefined, undefined],
		[{ id: '', voiceId: 'v2', name: ' ', title: 'T' }, 'v2', 'T', undefined],
	])('is read from %o', (raw, voiceId, name, provider) => {
		expect(readVoice(raw)).toEqual({ voiceId, name, provider, raw });
	});

	it('without an id is none', () => {
		expect(readVoice({ name: 'Anna' })).toBeUndefined();
	});
});

describe('a new voice', () => {
	it.each([
		[{ voiceId: 'v', id: 'record' }, 'v'],
		[{ id: 'v' }, 'v'],
		[{ id: 7 }, '7'],
		[{ voice: { id: 'v' } }, 'v'],
		[{ modelId: 'engine', voice: { voiceId: 'v' } }, 'v'],
		[{ modelId: 'v' }, 'v'],
		[{ voice: 'v' }, undefined],
		[{ name: 'v' }, undefined],
	])('is read from %o', (body, voiceId) => {
		expect(readNewVoice(body)?.voiceId).toBe(voiceId);
	});
});

describe('a page of voices', () => {
	it('counts what it has and leaves out what is no voice', () => {
		const page = readVoicePage({ total: '3', items: [{ id: 'a' }, { name: 'x' }, null, 'y'] });
		expect(page).toMatchObject({ itemCount: 4, total: 3, voices: [{ voiceId: 'a' }] });
	});

	it.each([[{}], [{ items: null }], [{ items: {} }], [{ data: [] }]])(
		'is none without a list: %o',
		(body) => {
			expect(readVoicePage(body)).toBeUndefined();
		},
	);
});

/** A service with `count` voices that says whatever it likes about their number. */
function serviceWith(count: number, total: number | undefined, largestPage = 100) {
	const asked: Array<{ offset: number; limit: number }> = [];
	const fetchPage: FetchVoicePage = async (offset, limit) => {
		asked.push({ offset, limit });
		const size = Math.max(0, Math.min(limit, largestPage, count - offset));
		return pageOf(
			Array.from({ length: size }, (_, index) => `v${offset + index}`),
			total,
		);
	};
	return { asked, fetchPage };
}

function pageOf(ids: readonly string[], total: number | undefined): VoicePage {
	const voices = ids.map((voiceId) => ({ voiceId, name: undefined, provider: undefined, raw: {} }));
	return { voices, itemCount: ids.length, total };
}

describe('all voices', () => {
	it.each([
		['that says the truth', 250, 3],
		['that says nothing', undefined, 4],
		['that says too many', 1_000_000, 4],
	])('of a service %s come once each', async (_what, total, requests) => {
		const { asked, fetchPage } = serviceWith(250, total);
		const voices = await collectVoices(fetchPage, Number.POSITIVE_INFINITY);
		expect(new Set(voices.map(({ voiceId }) => voiceId)).size).toBe(250);
		expect(voices).toHaveLength(250);
		expect(asked).toHaveLength(requests);
	});

	it('end at the total, also when it is too small', async () => {
		const { asked, fetchPage } = serviceWith(250, 100);
		expect(await collectVoices(fetchPage, 1_000)).toHaveLength(100);
		expect(asked).toHaveLength(1);
	});

	it.each([
		[1, [1]],
		[100, [100]],
		[130, [100, 30]],
	])('end at the caller’s limit of %i, and no more are asked for', async (limit, limits) => {
		const { asked, fetchPage } = serviceWith(1_000, 1_000);
		expect(await collectVoices(fetchPage, limit)).toHaveLength(limit);
		expect(asked.map((page) => page.limit)).toEqual(limits);
	});

	it('come from a service whose pages are smaller than asked for', async () => {
		const { asked, fetchPage } = serviceWith(45, 45, 20);
		expect(await collectVoices(fetchPage, 1_000)).toHaveLength(45);
		expect(asked.map(({ offset }) => offset)).toEqual([0, 20, 40]);
	});

	it('end when a service gives the same page again and again', async () => {
		let requests = 0;
		const voices = await collectVoices(async () => {
			requests++;
			return pageOf(['a', 'b'], 1_000_000);
		}, 1_000);
		expect(voices.map(({ voiceId }) => voiceId)).toEqual(['a', 'b']);
		expect(requests).toBe(2);
	});

	it('end at a page that has items but no voice', async () => {
		const voices = await collectVoices(
			async () => ({ voices: [], itemCount: 20, total: 1_000_000 }),
			1_000,
		);
		expect(voices).toEqual([]);
	});

	it('are never more than the limit, even when a page is larger than asked for', async () => {
		const voices = await collectVoices(async () => pageOf(['a', 'b', 'c'], 3), 2);
		expect(voices).toHaveLength(2);
	});
});
