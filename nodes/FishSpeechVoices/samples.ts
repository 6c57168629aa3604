import type { IBinaryData } from 'n8n-workflow';

import type { VoiceSample } from '../shared/fishspeech/voices';
import { inputMimeType, inputSizeBytes, nameMedia } from '../shared/host/media/mediaTypes';
import { binaryFieldName } from '../shared/host/parameters/fields';
import { readInputFile } from '../shared/host/parameters/inputFile';
import type { ReadContext } from '../shared/host/parameters/readContext';
import { invalidParameter, type ParameterReader } from '../shared/host/parameters/reader';
import type { ItemCall } from '../shared/host/run/itemCall';

/** Nobody documents what the service takes. Larger files are refused before anything is sent. */
const LARGEST_SAMPLE_BYTES = 25 * 1024 ** 2;
const ACCEPTED = 'recordings as WAV, MP3, M4A, OGG or FLAC, at most 25 MB each';
const TYPES: Readonly<Record<string, string>> = {
	'audio/wav': 'wav',
	'audio/mpeg': 'mp3',
	'audio/mp4': 'm4a',
	'audio/ogg': 'ogg',
	'audio/flac': 'flac',
};

/** The names of the binary fields, separated by commas. */
export const sampleFields = binaryFieldName({
	displayName: 'Input Data Field Names',
	name: 'inputBinaryFields',
	type: 'string',
	default: 'data',
	required: true,
	placeholder: 'e.g. data, data2',
	hint: 'The names of the input binary fields that hold the recordings, separated by commas',
	description:
		'Names of the binary fields that hold recordings of the speaker: WAV, MP3, M4A, OGG or FLAC, at most 25 MB each',
});

const { displayName } = sampleFields.field;

/** The recordings in the binary fields that the item names. */
export function readSamples(reader: ParameterReader, context: ReadContext): IBinaryData[] {
	const named = reader
		.get(sampleFields)
		.split(',')
		.map((field) => field.trim())
		.filter((field) => field !== '');
	if (named.length === 0) throw reader.fail(displayName, 'does not name a field', ACCEPTED);
	return [...new Set(named)].map((field) => {
		const sample = readInputFile(reader, context, {
			field,
			displayName,
			wanted: { types: Object.keys(TYPES), named: ACCEPTED },
		});
		if ((inputSizeBytes(sample) ?? 0) > LARGEST_SAMPLE_BYTES)
			throw reader.fail(displayName, tooLarge(sample), ACCEPTED);
		return sample;
	});
}

/** A recording as a part of the form, under a name whose extension says its type. */
export async function loadSample(
	sample: IBinaryData,
	{ binaries, itemIndex }: Pick<ItemCall, 'binaries' | 'itemIndex'>,
): Promise<VoiceSample> {
	const bytes = await binaries.read(sample, itemIndex);
	// Some stores tell the size of a file only with the file itself.
	if (bytes.length > LARGEST_SAMPLE_BYTES)
		throw invalidParameter(displayName, itemIndex, tooLarge(sample), ACCEPTED);
	const type = inputMimeType(sample) ?? '';
	const { fileName } = nameMedia(type, {
		fileName: sample.fileName ?? 'recording',
		format: TYPES[type] ?? '',
	});
	return { blob: new Blob([new Uint8Array(bytes)], { type }), fileName };
}

function tooLarge({ fileName = 'a file' }: IBinaryData): string {
	return `holds ${fileName.slice(0, 60)}, which is larger than 25 MB`;
}
