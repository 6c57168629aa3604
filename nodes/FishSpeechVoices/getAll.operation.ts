import { collectVoices, listVoices } from '../shared/fishspeech/voices';
import { readVoiceFilters, voiceFilters } from '../shared/fishspeechNodes/voiceFilters';
import { voiceRow } from '../shared/fishspeechNodes/voiceRow';
import { pagingParameters, readLimit } from '../shared/host/parameters/paging';
import { defineOperation } from '../shared/host/run/operation';

export const getAll = defineOperation({
	name: 'getAll',
	parameters: pagingParameters,
	filters: voiceFilters,
	read: (reader) => ({
		/** Infinity for all. */
		limit: readLimit(reader),
		...readVoiceFilters(reader),
	}),

	async execute({ limit, ...filters }, { client }) {
		const voices = await collectVoices(
			async (offset, pageSize) => await listVoices(client, { ...filters, offset, limit: pageSize }),
			limit,
		);
		return voices.map((voice) => ({ json: voiceRow(voice, client) }));
	},
});
