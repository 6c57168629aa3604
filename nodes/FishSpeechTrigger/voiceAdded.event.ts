import type { ApiClient } from '../shared/api/client/apiClient';
import { listVoices, type Voice } from '../shared/fishspeech/voices';
import { readVoiceFilters, voiceFilters } from '../shared/fishspeechNodes/voiceFilters';
import { voiceRow } from '../shared/fishspeechNodes/voiceRow';
import { defineEvent, type EventRow } from './event';
import { VoiceRound, VOICES_PER_PAGE, voicesState } from './voiceRound';

export const voiceAdded = defineEvent({
	name: 'voiceAdded',
	filters: voiceFilters,
	state: voicesState,
	read: readVoiceFilters,
	scope: ({ provider, search }) => [provider, search],

	async poll(filters, state, { client, hasTime }) {
		const round = new VoiceRound(state);
		for (let offset = round.nextOffset; offset !== undefined; offset = round.nextOffset) {
			round.take(await listVoices(client, { ...filters, offset, limit: VOICES_PER_PAGE }));
			if (!hasTime()) break;
		}
		const { state: next, added } = round.finish();
		return {
			state: next,
			events: added.map((voice) => ({ id: voice.voiceId, row: rowOf(voice, client) })),
		};
	},

	async latest(filters, { client }) {
		const { voices } = await listVoices(client, { ...filters, offset: 0, limit: 1 });
		const [voice] = voices;
		if (voice !== undefined) return { row: rowOf(voice, client) };
		return {
			missing: {
				message:
					'The account has no voice that these filters let through, so there is none to show.',
				action: 'Create a voice with FishSpeech Voices → Create, or change the filters.',
			},
		};
	},
});

function rowOf(voice: Voice, client: ApiClient): EventRow {
	return { json: voiceRow(voice, client), raw: voice.raw };
}
