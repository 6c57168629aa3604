import type { WireObject } from '../shared/api/wire';
import { readExtraFields } from '../shared/host/parameters/extraFields';
import type { Parameter } from '../shared/host/parameters/parameter';
import type { ParameterReader } from '../shared/host/parameters/reader';
import { hashOfText, speechText } from '../shared/host/parameters/speechText';
import { countCodePoints, normalizeText } from '../shared/text/normalizeText';
import * as parameters from './speechParameters';

export type SpeechRequest = ReturnType<typeof readSpeechRequest>;

/**
 * What all requests of an item have in common. `ownFields` are further fields of the body that the operation sets, which
 * Extra Fields may not replace.
 */
export function readSpeechForm(
	reader: ParameterReader,
	formatParameter: Parameter<string>,
	ownFields: readonly string[] = [],
) {
	const format = reader.get(formatParameter);
	const engineModelId = reader.option(parameters.engineModelId);
	const voiceIdField = reader.option(parameters.voiceIdField);
	const normalizes = reader.option(parameters.normalizesText);
	const fileName = reader.option(parameters.fileName);
	const bodyOf = (text: string, voiceId: string) => ({
		text,
		[voiceIdField]: voiceId,
		format,
		...(engineModelId !== '' && { engineModelId }),
	});
	const extra = readExtraFields(reader, [...Object.keys(bodyOf('', '')), ...ownFields]);
	return {
		format,
		/** A text as it is sent. */
		tidy: (text: string) => (normalizes ? normalizeText(text) : text),
		bodyOf: (text: string, voiceId: string): WireObject => ({ ...bodyOf(text, voiceId), ...extra }),
		/** The user's, or `chosen`. */
		fileName: (chosen: string) => fileName || chosen,
	};
}

/** What synthesize and createJob both send, read and checked. */
export function readSpeechRequest(reader: ParameterReader, ownFields: readonly string[] = []) {
	const form = readSpeechForm(reader, parameters.format, ownFields);
	const text = form.tidy(reader.get(speechText));
	if (normalizeText(text) === '')
		throw reader.fail(
			speechText.field.displayName,
			'is empty',
			'a text with at least one visible character',
		);
	const textHash = hashOfText(text);
	const voiceId = reader.get(parameters.voiceId);
	return {
		text,
		textHash,
		/** Code points. */
		characters: countCodePoints(text),
		voiceId,
		format: form.format,
		/** The wire's body, without what a single operation adds to it. */
		body: form.bodyOf(text, voiceId),
		/** Without an extension when the node chose it. */
		fileName: form.fileName(`speech-${textHash.slice(0, 8)}`),
	};
}
