import type { VoiceFilters } from '../shared/api/endpoints/voices';
import { collectVoices } from '../shared/api/endpoints/voices';
import { filtersField, forOperation, optionsField } from '../shared/host/parameters/fields';
import { defineOperation, type ItemParameters } from '../shared/host/run/operation';
import { callOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions } from '../shared/host/parameters/options';
import { pagingFields, readFilter, readLimit } from '../shared/host/parameters/paging';
import { voiceRow } from './voiceRow';

const NAME = 'getAll';
const DEFAULT_TIMEOUT_SECONDS = 60;

interface GetAllParameters extends ItemParameters {
	/** Infinity for all. */
	readonly limit: number;
	readonly filters: VoiceFilters;
}

export const getAll = defineOperation<GetAllParameters>({
	name: NAME,
	creates: false,
	fields: forOperation(NAME, [
		...pagingFields,
		filtersField([
			{
				displayName: 'Provider',
				name: 'provider',
				type: 'string',
				default: '',
				placeholder: 'e.g. fishaudio',
				description: 'Only voices of this provider',
			},
			{
				displayName: 'Search',
				name: 'search',
				type: 'string',
				default: '',
				placeholder: 'e.g. anna',
				description: 'Only voices that the service finds by this text',
			},
		]),
		optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS)),
	]),

	read: (reader) => ({
		call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
		limit: readLimit(reader),
		filters: {
			provider: readFilter(reader, 'provider', 'Provider'),
			search: readFilter(reader, 'search', 'Search'),
		},
	}),

	async execute({ limit, filters }, { client, context }) {
		const voices = await collectVoices(
			async (offset, pageSize) =>
				await client.listVoices({ ...filters, offset, limit: pageSize }, context),
			limit,
		);
		return voices.map((voice) => ({ json: voiceRow(voice, context) }));
	},
});
