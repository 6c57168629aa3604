import { collectVoices, listVoices, type VoiceFilters } from '../shared/fishspeech/voices';
import { pagingParameters, readFilter, readLimit } from '../shared/host/parameters/paging';
import { optionalText } from '../shared/host/parameters/parameter';
import { defineOperation } from '../shared/host/run/operation';
import { voiceRow } from './voiceRow';

const provider = optionalText({
	displayName: 'Provider',
	name: 'provider',
	type: 'string',
	default: '',
	placeholder: 'e.g. fishaudio',
	description: 'Only voices of this provider',
});

const search = optionalText({
	displayName: 'Search',
	name: 'search',
	type: 'string',
	default: '',
	placeholder: 'e.g. anna',
	description: 'Only voices that the service finds by this text',
});

interface GetAllParameters extends VoiceFilters {
	/** Infinity for all. */
	readonly limit: number;
}

export const getAll = defineOperation<GetAllParameters>({
	name: 'getAll',
	parameters: pagingParameters,
	filters: [provider, search],
	read: (reader) => ({
		limit: readLimit(reader),
		provider: readFilter(reader, provider),
		search: readFilter(reader, search),
	}),

	async execute({ limit, ...filters }, { client }) {
		const voices = await collectVoices(
			async (offset, pageSize) => await listVoices(client, { ...filters, offset, limit: pageSize }),
			limit,
		);
		return voices.map((voice) => ({ json: voiceRow(voice, client) }));
	},
});
