import { describe, expect, it } from 'vitest';
import {
	VoiceRound,
	VOICES_PER_PAGE,
	type VoicesState,
} from '../../../nodes/FishSpeechTrigger/voiceRound.ts';
import type { Voice } from '../../../nodes/shared/fishspeech/voices.ts';

const voices = (count: number, prefix = 'voice'): Voice[] =>
	Array.from({ length: count }, (_, index) => ({
		voiceId: `${prefix}${index}`,
		name: undefined,
		provider: undefined,
		raw: {},
	}));

interface Options {
	/** What the service says that it has; the truth by default, `null` for nothing. */
	readonly total?: number | null;
	readonly hasTimeFor?: number;
}

function pollVoices(
	state: VoicesState | undefined,
	list: readonly Voice[],
	{ total = list.length, hasTimeFor = Number.POSITIVE_INFINITY }: Options = {},
) {
	const round = new VoiceRound(state);
	const offsets: number[] = [];
	for (let offset = round.nextOffset; offset !== undefined; offset = round.nextOffset) {
		offsets.push(offset);
		const page = list.slice(offset, offset + VOICES_PER_PAGE);
		round.take({ voices: page, itemCount: page.length, total: total ?? undefined });
		if (offsets.length >= hasTimeFor) break;
	}
	const { state: next, added } = round.finish();
	const saved: VoicesState = JSON.parse(JSON.stringify(next));
	return { state: saved, added: added.map(({ voiceId }) => voiceId), offsets };
}

describe('new voices', () => {
	it('are none at activation', () => {
		const first = pollVoices(undefined, voices(450));
		expect(first).toMatchObject({ added: [], offsets: [0, 100, 200, 300, 400] });
		expect(first.state.isWhole).toBe(true);
	});

	it('cost one page while the service counts as many as before', () => {
		const { state } = pollVoices(undefined, voices(450));
		expect(pollVoices(state, voices(450))).toMatchObject({ added: [], offsets: [0] });
	});

	it.each([
		['at the beginning', 0],
		['in the middle', 222],
		['at the end', 450],
	])('are found %s, once', (_place, index) => {
		const before = voices(450);
		const after = [...before.slice(0, index), ...voices(1, 'new'), ...before.slice(index)];
		const { state } = pollVoices(undefined, before);
		const found = pollVoices(state, after);
		expect(found.added).toEqual(['new0']);
		expect(pollVoices(found.state, after).added).toEqual([]);
	});

	it('are found although as many others were deleted, if the first page has one', () => {
		const { state } = pollVoices(undefined, voices(150));
		const after = [...voices(1, 'new'), ...voices(150).slice(0, -2), ...voices(1, 'other')];
		expect(pollVoices(state, after).added).toEqual(['new0', 'other0']);
	});

	it('are looked for on all pages where the service does not count', () => {
		const { state } = pollVoices(undefined, voices(250), { total: null });
		const after = [...voices(250), ...voices(1, 'new')];
		const found = pollVoices(state, after, { total: null });
		expect(found).toMatchObject({ added: ['new0'], offsets: [0, 100, 200, 251] });
	});

	it('do not come from a total that lies', () => {
		const { state } = pollVoices(undefined, voices(30), { total: 5_000 });
		expect(pollVoices(state, voices(30), { total: 6_000 }).added).toEqual([]);
		expect(pollVoices(state, voices(31), { total: 6_000 }).added).toEqual(['voice30']);
	});

	it('are not taken for new when a list was empty by mistake', () => {
		const { state } = pollVoices(undefined, voices(30));
		const empty = pollVoices(state, [], { total: 0 });
		expect(pollVoices(empty.state, voices(30)).added).toEqual([]);
	});

	it('go on where time was up, and still nothing old fires', () => {
		const list = voices(450);
		const first = pollVoices(undefined, list, { hasTimeFor: 2 });
		expect(first.state.isWhole).toBe(false);
		// A voice that was read is deleted meanwhile, so that the others move up.
		const rest = pollVoices(first.state, list.slice(1));
		expect(rest).toMatchObject({ added: [], offsets: [0, 100, 200, 300, 400] });
		expect(pollVoices(rest.state, list.slice(1)).added).toEqual([]);
		expect(rest.state.isWhole).toBe(true);
	});

	it('can be told from old ones up to 10,000 voices', () => {
		const { state } = pollVoices(undefined, voices(10_000));
		expect(pollVoices(state, voices(10_000)).added).toEqual([]);
		expect(JSON.stringify(state).length).toBeLessThan(100_000);
	});

	it('end with an error that asks for filters beyond that, at activation and later', () => {
		const { state } = pollVoices(undefined, voices(10_000));
		expect(() => pollVoices(undefined, voices(10_001))).toThrow('more than 10000 voices');
		expect(() => pollVoices(state, voices(10_001))).toThrow('more than 10000 voices');
	});
});
