import { extraFields, readExtraFields } from '../shared/host/parameters/extraFields';
import { choice, optionalText } from '../shared/host/parameters/parameter';
import { readVisibleText, speechText } from '../shared/host/parameters/speechText';
import type { Operation } from '../shared/host/run/operation';
import { speechOperation, type RunParts } from './speechOperation.mts';

const voiceId = optionalText({
	displayName: 'Voice ID',
	name: 'voiceId',
	type: 'string',
	default: '',
	placeholder: 'e.g. the ID that Create Voice has returned',
	description: 'The voice that speaks the text. Empty: the service chooses one.',
});

const engine = choice(
	{
		displayName: 'Engine',
		name: 'engine',
		default: 's2-pro',
		description: 'The model that speaks',
	},
	['S1', 's1', 'The first generation'],
	['S2 Pro', 's2-pro', 'The default of the service'],
	['S2.1 Pro', 's2.1-pro', 'The newest one'],
);

const format = choice(
	{ displayName: 'Format', name: 'format', default: 'mp3', description: 'Audio format' },
	['MP3', 'mp3', 'Small files that play everywhere'],
	['PCM', 'pcm', 'Samples without a header'],
	['WAV', 'wav', 'Uncompressed. One document of the service says that it is refused.'],
);

/** `synthesize`: the current endpoint, `/fish/tts`. */
export function synthesize(run: RunParts): Operation {
	return speechOperation(run, {
		name: 'synthesize',
		parameters: [speechText, voiceId, engine, format],
		options: [extraFields],
		read(reader) {
			const speech = {
				text: readVisibleText(reader, speechText),
				voiceId: reader.get(voiceId),
				model: reader.get(engine),
				format: reader.get(format),
			};
			const own = {
				text: speech.text,
				...(speech.voiceId !== '' && { reference_id: speech.voiceId }),
				format: speech.format,
			};
			const taken = ['text', 'reference_id', 'format', 'async', 'callback_url'];
			const body = { ...own, ...readExtraFields(reader, taken) };
			return { ...speech, path: '/fish/tts', headers: { model: speech.model }, body };
		},
	});
}
