import type { IBinaryData } from 'n8n-workflow';

import { inputMimeType, inputSizeBytes } from '../media/mediaTypes';
import type { ReadContext } from './readContext';
import type { ParameterReader } from './reader';

/**
 * The file in a binary field of the item. Throws `invalidParameter` when there is no such field, when the file is
 * empty, or when it is something else than `wanted`, which is a kind of media or the MIME types that are accepted.
 */
export function readInputFile(
	reader: ParameterReader,
	{ binaries }: Pick<ReadContext, 'binaries'>,
	file: {
		readonly field: string;
		/** The parameter that names the field. */
		readonly displayName: string;
		readonly wanted:
			| 'audio'
			| 'video'
			| { readonly types: readonly string[]; readonly named: string };
	},
): IBinaryData {
	const { field, displayName, wanted } = file;
	const shown = `"${field.slice(0, 60)}"`;
	const { itemIndex = 0 } = reader;
	const binary = binaries.input(itemIndex, field);
	if (binary === undefined)
		throw reader.fail(
			displayName,
			`is ${shown}, but the item has no such binary field`,
			existing(binaries.inputFields(itemIndex)),
		);
	const isKind = typeof wanted === 'string';
	const accepted = isKind ? `a field with ${wanted}` : wanted.named;
	if (inputSizeBytes(binary) === 0)
		throw reader.fail(displayName, `is ${shown}, whose file is empty`, accepted);
	const type = inputMimeType(binary);
	const fits = isKind ? type?.startsWith(`${wanted}/`) : wanted.types.includes(type ?? '');
	// What a file without type and extension is, only the service can tell; a voice's samples must be named by type.
	if (fits === true || (isKind && type === undefined)) return binary;
	throw reader.fail(
		displayName,
		`is ${shown}, whose file is of type ${type?.slice(0, 60) ?? 'unknown'}`,
		accepted,
	);
}

function existing(fields: readonly string[]): string {
	if (fields.length === 0) return 'an item with a binary field, and this one has none';
	return `one of the binary fields of the item: ${fields.slice(0, 20).join(', ')}`;
}
