import type { WireObject } from '../shared/api/wire';
import { speechBody } from '../shared/fishspeech/speech';
import { readExtraFields } from '../shared/host/parameters/extraFields';
import type { Parameter } from '../shared/host/parameters/parameter';
import type { ParameterReader } from '../shared/host/parameters/reader';
import { hashOfText, readVisibleText, speechText } from '../shared/host/parameters/speechText';
import { countCodePoints, normalizeText } from '../shared/text/normalizeText';
import * as parameters from './speechParameters';

/** What synthesize and createJob both send, read and checked. */
export interface SpeechRequest {
	readonly text: string;
	readonly textHash: string;
	/** Code points. */
	readonly characters: number;
	readonly voiceId: string;
	readonly format: string;
	/** The wire's body, without what a single operation adds to it. */
	readonly body: WireObject;
	/** Without an extension when the node chose it. */
	readonly fileName: string;
}

/** What all requests of an item have in common. */
export interface SpeechForm {
	readonly format: string;
	/** A text as it is sent. */
	tidy(text: string): string;
	bodyOf(text: string, voiceId: string): WireObject;
	/** The user's, or `chosen`. */
	fileName(chosen: string): string;
}

/** `ownFields` are further fields of the body that the operation sets, which Extra Fields may not replace. */
export function readSpeechForm(
	reader: ParameterReader,
	formatParameter: Parameter<string>,
	ownFields: readonly string[] = [],
): SpeechForm {
	const format = reader.get(formatParameter);
	const engineModelId = reader.option(parameters.engineModelId);
	const voiceIdField = reader.option(parameters.voiceIdField);
	const normalizes = reader.option(parameters.normalizesText);
	const fileName = reader.option(parameters.fileName);
	const bodyOf = (text: string, voiceId: string) =>
		speechBody({ text, voiceId, voiceIdField, format, engineModelId });
	const extra = readExtraFields(reader, [...Object.keys(bodyOf('', '')), ...ownFields]);
	return {
		format,
		tidy: (text) => (normalizes ? normalizeText(text) : text),
		bodyOf: (text, voiceId) => ({ ...bodyOf(text, voiceId), ...extra }),
		fileName: (chosen) => fileName || chosen,
	};
}

export function readSpeechRequest(
	reader: ParameterReader,
	ownFields: readonly string[] = [],
): SpeechRequest {
	const form = readSpeechForm(reader, parameters.format, ownFields);
	const text = form.tidy(readVisibleText(reader, speechText));
	const textHash = hashOfText(text);
	const voiceId = reader.get(parameters.voiceId);
	return {
		text,
		textHash,
		characters: countCodePoints(text),
		voiceId,
		format: form.format,
		body: form.bodyOf(text, voiceId),
		fileName: form.fileName(`speech-${textHash.slice(0, 8)}`),
	};
}
