import {
	choices,
	describeValue,
	withField,
	type Parameter,
} from '../../shared/host/parameters/parameter';
import { isDataObject } from '../../shared/host/rows';
import { voice } from '../../shared/listSearch/voiceParameter';
import { isJoinable, pause } from '../parts/partParameters';
import * as parameters from '../speechParameters';
import type { SpeakerVoice } from './castVoices';
import { MOST_LINES, textOf } from './readScript';

/** As given: what it holds is for `readScript` to say. */
export const lines: Parameter<unknown> = {
	field: {
		displayName: 'Lines',
		name: 'lines',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		required: true,
		placeholder: 'e.g. Anna: Good morning!',
		description: `What is said, in order: a script in which each line begins with a name and a colon, or a list like [{ "speaker": "Anna", "text": "Good morning!" }], also as JSON text. At most ${MOST_LINES} lines.`,
	},
	parse: (value) => value,
};

export const ACCEPTED_SPEAKERS = 'a name and a voice for each speaker of the lines';

const speakerVoice = withField(voice('The voice that speaks the lines of this name'), {
	required: false,
});

export const speakers: Parameter<SpeakerVoice[]> = {
	field: {
		displayName: 'Speakers',
		name: 'speakers',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Speaker',
		default: {},
		description: 'Who speaks with which voice. Every name in the lines needs one.',
		options: [
			{
				displayName: 'Speaker',
				name: 'speaker',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. Anna',
						description: 'The name as it stands in the lines; upper and lower case are the same',
					},
					speakerVoice.field,
				],
			},
		],
	},
	parse(value, fail) {
		const entries = isDataObject(value) ? (value.speaker ?? []) : value;
		if (!Array.isArray(entries)) throw fail(describeValue(entries), ACCEPTED_SPEAKERS);
		return entries.map((entry: unknown) => {
			const { name, voiceId } = isDataObject(entry) ? entry : {};
			// Within a collection n8n does not open a resource locator.
			const chosen = isDataObject(voiceId) ? voiceId.value : voiceId;
			return { name: textOf(name), voiceId: textOf(chosen) };
		});
	},
};

/** A dialogue has only formats that can be joined. */
export const format: Parameter<string> = {
	field: {
		...parameters.format.field,
		options: choices(
			['MP3', 'mp3', 'A small file that plays everywhere'],
			['WAV', 'wav', 'Uncompressed, for further processing'],
		),
		description: 'Audio format of the file. Lines in other formats cannot be joined.',
	},
	parse(value, fail) {
		const found = parameters.format.parse(value, fail);
		if (isJoinable(found)) return found;
		throw fail(`is "${found}", whose lines cannot be joined`, 'mp3 or wav');
	},
};

export const pauseBetweenLines = pause({
	displayName: 'Pause Between Lines (Milliseconds)',
	name: 'pauseBetweenLinesMs',
	default: 300,
	description: 'Silence between two lines',
});
