import { choice, text, withField } from '../shared/host/parameters/parameter';
import { readVisibleText, speechText } from '../shared/host/parameters/speechText';
import type { Operation } from '../shared/host/run/operation';
import { speechOperation, type RunParts } from './speechOperation.mts';

const prompt = withField(speechText, { displayName: 'Prompt', name: 'prompt' });

const voiceId = text(
	{
		displayName: 'Voice ID',
		name: 'voiceId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. the ID that Create Voice has returned',
		description: 'The voice that speaks the text',
	},
	'the ID of a voice',
);

const model = text(
	{
		displayName: 'Model',
		name: 'model',
		type: 'string',
		default: 'fish-tts',
		required: true,
		placeholder: 'e.g. fish-tts',
		description: 'The model that speaks',
	},
	'the name of a model, for example fish-tts',
);

const action = choice(
	{
		displayName: 'Action',
		name: 'action',
		default: 'speech',
		description: 'The word of the service for this call, on which its documents disagree',
	},
	['Speech', 'speech', 'What its examples and its schema say'],
	['Generate', 'generate', 'What its guide says'],
);

/** `generate`: the older endpoint, `/fish/audios`. */
export function generate(run: RunParts): Operation {
	return speechOperation(run, {
		name: 'generate',
		parameters: [prompt, voiceId, model],
		options: [action],
		read(reader) {
			const speech = {
				text: readVisibleText(reader, prompt),
				voiceId: reader.get(voiceId),
				model: reader.get(model),
			};
			const body = {
				action: reader.option(action),
				prompt: speech.text,
				voice_id: speech.voiceId,
				model: speech.model,
			};
			return { ...speech, format: 'mp3', path: '/fish/audios', body };
		},
	});
}
