import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import type { WireObject } from '../shared/api/endpoints/readers';
import { OPTIONS, readFlag, type CallOptions } from '../shared/host/parameters/options';
import {
	describeValue,
	isDataObject,
	type ParameterReader,
} from '../shared/host/parameters/parameters';
import type { ItemParameters } from '../shared/host/run/operation';
import { countCodePoints, normalizeText } from '../shared/text/normalizeText';

/** What synthesize and createJob send alike, read and checked. */
export interface SpeechRequest extends ItemParameters {
	readonly call: CallOptions;
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

const VOICE_ID_FIELDS = ['voiceId', 'reference_id', 'modelId'] as const;
const FORMAT_PATTERN = /^[a-z0-9]{2,8}$/;
const LONGEST_FILE_NAME = 120;

/** `ownFields` are further fields of the body that the operation sets, which Extra Fields may not replace. */
export function readSpeechRequest(
	reader: ParameterReader,
	call: CallOptions,
	ownFields: readonly string[] = [],
): SpeechRequest {
	const options = reader.collection('options', OPTIONS);
	const text = readText(reader, options);
	const textHash = createHash('sha256').update(text).digest('hex');
	const voiceId = reader.string('voiceId', 'Voice', 'a voice from the list, or the ID of a voice');
	const format = readFormat(reader);
	const { engineModelId = '', voiceIdField = 'voiceId' } = options;
	if (typeof engineModelId !== 'string')
		throw reader.fail(
			'Engine Model ID',
			describeValue(engineModelId),
			'the ID of an engine as text',
		);
	const body = {
		text,
		[reader.oneOf(voiceIdField, 'Voice ID Field', VOICE_ID_FIELDS)]: voiceId,
		format,
		...(engineModelId.trim() !== '' && { engineModelId: engineModelId.trim() }),
	};
	return {
		call,
		text,
		textHash,
		characters: countCodePoints(text),
		voiceId,
		format,
		body: { ...body, ...readExtraFields(reader, options, [...Object.keys(body), ...ownFields]) },
		fileName: readFileName(reader, options) || `speech-${textHash.slice(0, 8)}`,
		secrets: [{ value: text, label: '[text]' }],
	};
}

function readText(reader: ParameterReader, options: IDataObject): string {
	const accepted = 'a text with at least one visible character';
	const value = reader.value('text', 'Text');
	if (typeof value !== 'string' && typeof value !== 'number')
		throw reader.fail(
			'Text',
			value === undefined || value === null ? 'is missing' : 'is no text',
			accepted,
		);
	const isNormalized = readFlag(reader, options.normalizeText ?? true, 'Normalize Text');
	const text = isNormalized ? normalizeText(String(value)) : String(value);
	if (normalizeText(text) === '') throw reader.fail('Text', 'is empty', accepted);
	return text;
}

function readFormat(reader: ParameterReader): string {
	const accepted = 'mp3, wav, or another format of 2 to 8 lower-case letters and digits';
	const format = reader.string('format', 'Format', accepted);
	if (!FORMAT_PATTERN.test(format)) throw reader.fail('Format', describeValue(format), accepted);
	return format;
}

function readExtraFields(
	reader: ParameterReader,
	{ extraFields = {} }: IDataObject,
	taken: readonly string[],
): IDataObject {
	const accepted = 'a JSON object, for example { "speed": 1.1 }';
	const value = typeof extraFields === 'string' ? parsed(extraFields) : extraFields;
	if (!isDataObject(value)) throw reader.fail('Extra Fields', 'is no JSON object', accepted);
	const replaced = Object.keys(value).filter((key) => taken.includes(key));
	if (replaced.length > 0)
		throw reader.fail(
			'Extra Fields',
			`would replace ${replaced.join(', ')}, which this node sets itself`,
			'fields that have no parameter of their own',
		);
	return value;
}

function readFileName(reader: ParameterReader, { fileName = '' }: IDataObject): string {
	const accepted = `a name without slashes, control characters or leading dots, at most ${LONGEST_FILE_NAME} characters`;
	if (typeof fileName !== 'string')
		throw reader.fail('File Name', describeValue(fileName), accepted);
	const name = fileName.trim();
	if (/[/\\:\p{Cc}]/u.test(name) || name.startsWith('.') || name.length > LONGEST_FILE_NAME)
		throw reader.fail('File Name', describeValue(name), accepted);
	return name;
}

function parsed(text: string): unknown {
	if (text.trim() === '') return {};
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
