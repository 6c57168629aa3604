import type { IBinaryData } from 'n8n-workflow';

import { asWireObject } from '../shared/api/wire';
import { inputSizeBytes } from '../shared/host/media/mediaTypes';
import type { ReadContext } from '../shared/host/parameters/readContext';
import type { ParameterReader } from '../shared/host/parameters/reader';
import type { EndpointField } from '../shared/openApi/endpointField';
import type { EndpointShape } from '../shared/openApi/endpointShape';
import { isEmpty, textOf, type Values } from './endpointValues';

/** A file of a multipart body. */
export interface FilePart {
	readonly name: string;
	readonly binary: IBinaryData;
}

export interface RequestBody {
	/** JSON; absent when there is none. */
	readonly body?: unknown;
	/** Present for a multipart body. */
	readonly form?: {
		readonly fields: ReadonlyArray<readonly [string, string]>;
		readonly files: readonly FilePart[];
	};
}

/** A JSON body, or the fields and files of a multipart one. */
export function bodyOf(
	reader: ParameterReader,
	context: ReadContext,
	{ body, files }: Values,
	shape: EndpointShape | undefined,
): RequestBody {
	if (shape === undefined) refuseFileNames(reader, context, body);
	if (shape?.bodyKind !== 'multipart') return { body };
	const given = Object.entries(asWireObject(body) ?? {}).filter(([, value]) => !isEmpty(value));
	return {
		form: {
			fields: given.map(([name, value]) => [name, textOf(value)]),
			files: files.flatMap(([field, value]) => filesOf(reader, context, field, value)),
		},
	};
}

/** Without a schema nobody knows whether a file is meant, and its name may be paid for in its place. */
function refuseFileNames(reader: ParameterReader, { binaries }: ReadContext, body: unknown): void {
	const names = new Set<unknown>(binaries.inputFields(reader.itemIndex ?? 0));
	for (const [name, value] of Object.entries(asWireObject(body) ?? {}))
		if (names.has(value))
			throw reader.fail(
				name.slice(0, 100),
				'names a binary field of the item, but the schema, which says whether a file is meant, cannot be read',
				'another value, or the same one once the schema can be read',
			);
}

/** The files that a field names by the binary fields of the item. */
function filesOf(
	reader: ParameterReader,
	{ binaries }: ReadContext,
	{ name, isList }: EndpointField,
	value: unknown,
): FilePart[] {
	const { itemIndex = 0 } = reader;
	const listed = (Array.isArray(value) ? value.map(String) : String(value).split(','))
		.map((field) => field.trim())
		.filter((field) => field !== '');
	if (listed.length > 1 && !isList)
		throw reader.fail(name.slice(0, 100), 'names several binary fields', 'the name of one');
	return listed.map((field) => {
		const binary = binaries.input(itemIndex, field);
		const shown = `"${field.slice(0, 60)}"`;
		const there = binaries.inputFields(itemIndex).slice(0, 20).join(', ') || 'none';
		if (binary === undefined)
			throw reader.fail(
				name.slice(0, 100),
				`is ${shown}, but the item has no such binary field`,
				`one of the binary fields of the item (${there})`,
			);
		if (inputSizeBytes(binary) === 0)
			throw reader.fail(name.slice(0, 100), `is ${shown}, whose file is empty`, 'a file');
		return { name, binary };
	});
}
