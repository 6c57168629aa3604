import { createHash } from 'crypto';

import type { Secret } from '../shared/api/redact';
import type { WireObject } from '../shared/api/wire';
import type { ParameterReader } from '../shared/host/parameters/reader';
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

/** `ownFields` are further fields of the body that the operation sets, which Extra Fields may not replace. */
export function readSpeechRequest(
	reader: ParameterReader,
	ownFields: readonly string[] = [],
): SpeechRequest {
	const text = readText(reader);
	const textHash = createHash('sha256').update(text).digest('hex');
	const voiceId = reader.get(parameters.voiceId);
	const format = reader.get(parameters.format);
	const engineModelId = reader.option(parameters.engineModelId);
	const body = {
		text,
		[reader.option(parameters.voiceIdField)]: voiceId,
		format,
		...(engineModelId !== '' && { engineModelId }),
	};
	return {
		text,
		textHash,
		characters: countCodePoints(text),
		voiceId,
		format,
		body: { ...body, ...readExtraFields(reader, [...Object.keys(body), ...ownFields]) },
		fileName: reader.option(parameters.fileName) || `speech-${textHash.slice(0, 8)}`,
	};
}

/** The text as a secret: no error and no log may show it. */
export function textSecrets({ text }: Pick<SpeechRequest, 'text'>): Secret[] {
	return [{ value: text, label: '[text]' }];
}

function readText(reader: ParameterReader): string {
	const given = reader.get(parameters.text);
	const text = reader.option(parameters.normalizesText) ? normalizeText(given) : given;
	if (normalizeText(text) !== '') return text;
	throw reader.fail(
		parameters.text.field.displayName,
		'is empty',
		'a text with at least one visible character',
	);
}

function readExtraFields(reader: ParameterReader, taken: readonly string[]): WireObject {
	const { extraFields } = parameters;
	const found = reader.option(extraFields);
	const replaced = Object.keys(found).filter((key) => taken.includes(key));
	if (replaced.length === 0) return found;
	throw reader.fail(
		extraFields.field.displayName,
		`would replace ${replaced.join(', ')}, which this node sets itself`,
		'fields that have no parameter of their own',
	);
}
