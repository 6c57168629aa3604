import { outputBinaryField, simplify } from '../shared/host/parameters/fields';
import { definedFields } from '../shared/host/rows';
import { defineOperation } from '../shared/host/run/operation';
import * as parameters from './dialogue/dialogueParameters';
import { timesOfLines } from './dialogue/lineTimes';
import { readDialogue } from './dialogue/readDialogue';
import { synthesizeParts } from './parts/synthesizeParts';
import { textOptions } from './speechParameters';
import { textsSecrets } from '../shared/host/parameters/speechText';
import {
	fieldOfSpeech,
	readWantedSubtitles,
	subtitles,
	subtitlesBinaryField,
} from './spokenSubtitles';

const audioField = outputBinaryField('data', 'the audio file');

export const dialogue = defineOperation({
	name: 'dialogue',
	creates: true,
	timeoutSeconds: 300,
	parameters: [
		parameters.lines,
		parameters.speakers,
		parameters.format,
		parameters.pauseBetweenLines,
		audioField,
		subtitles,
		subtitlesBinaryField,
		simplify,
	],
	options: textOptions,

	read(reader) {
		const field = reader.get(audioField);
		return {
			...readDialogue(reader, readWantedSubtitles(reader, field)),
			outputBinaryField: field,
			simplify: reader.get(simplify),
		};
	},

	secrets: ({ lines }) => textsSecrets(lines.map(({ text }) => text)),
	// Pause and subtitles are made here: with others, nothing is bought again.
	logicalRequest: ({ speech }) => ({ lines: speech.parts.map(({ body }) => body) }),
	isInParts: () => true,
	showsRaw: (read) => !read.simplify,
	fieldOf: (read, file) => fieldOfSpeech(file, read.outputBinaryField, read.speech.subtitles),

	async execute({ speech, lines, textHash, characters }, call) {
		const { files, about, times, raw } = await synthesizeParts(speech, call);
		const cues = times && timesOfLines(lines, times);
		const { format } = speech;
		const json = { format, textHash, characters, ...about, lines: lines.length, cues };
		return [{ json: definedFields(json), ...(raw && { raw }), files }];
	},
});
