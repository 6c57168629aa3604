import { outputBinaryField, simplify } from '../shared/host/parameters/fields';
import type { WantedSubtitles } from '../shared/host/parameters/subtitles';
import { definedFields } from '../shared/host/rows';
import { defineOperation } from '../shared/host/run/operation';
import * as parameters from './dialogue/dialogueParameters';
import { timesOfLines } from './dialogue/lineTimes';
import { readDialogue, type Dialogue } from './dialogue/readDialogue';
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

interface DialogueParameters extends Dialogue {
	readonly subtitles: WantedSubtitles | undefined;
	readonly outputBinaryField: string;
	readonly simplify: boolean;
}

export const dialogue = defineOperation<DialogueParameters>({
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
		const wanted = readWantedSubtitles(reader, field);
		return {
			...readDialogue(reader, wanted),
			subtitles: wanted,
			outputBinaryField: field,
			simplify: reader.get(simplify),
		};
	},

	secrets: ({ lines }) => textsSecrets(lines.map(({ text }) => text)),
	// Pause and subtitles are made here: with others, nothing is bought again.
	logicalRequest: ({ speech }) => ({ lines: speech.parts.map(({ body }) => body) }),
	showsRaw: (read) => !read.simplify,
	fieldOf: (read, file) => fieldOfSpeech(file, read.outputBinaryField, read.subtitles),

	async execute({ speech, lines, format, textHash, characters }, call) {
		const { files, about, times, raw } = await synthesizeParts(speech, call);
		const cues = times && timesOfLines(lines, times);
		const json = { format, textHash, characters, ...about, lines: lines.length, cues };
		return [{ json: definedFields(json), ...(raw && { raw }), files }];
	},
});
