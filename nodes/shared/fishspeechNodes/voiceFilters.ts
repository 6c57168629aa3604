import type { VoiceFilters } from '../fishspeech/voices';
import { readFilter } from '../host/parameters/paging';
import { optionalText, type Parameter } from '../host/parameters/parameter';
import type { ParameterReader } from '../host/parameters/reader';

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

/** Entries of the Filters collection of everything that lists voices. */
export const voiceFilters: ReadonlyArray<Parameter<unknown>> = [provider, search];

export function readVoiceFilters(reader: ParameterReader): VoiceFilters {
	return { provider: readFilter(reader, provider), search: readFilter(reader, search) };
}
