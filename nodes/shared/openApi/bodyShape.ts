import { asWireObject, isWireObject, type WireObject } from '../api/wire';
import { oneLine } from './apiDocument';
import { propertiesOf, propertiesOfForms } from './bodyProperties';
import { fieldOf, schemaOf, type EndpointField, type Schema } from './endpointField';
import { follow, MOST_COMBINED, partsOf, UnreadablePart } from './references';

export type BodyKind = 'none' | 'json' | 'multipart';

/** The body that an endpoint takes. */
export interface BodyShape {
	readonly fields: readonly EndpointField[];
	readonly bodyKind: BodyKind;
	readonly isBodyRequired: boolean;
	/** The body's own schema, for values that several fields share. */
	readonly bodySchema: Schema | undefined;
	/** Whether the body is an object whose fields stand in `fields`. */
	readonly isBodyObject: boolean;
}

/** Reads what body an endpoint takes. Throws `UnreadablePart` where its schema cannot be followed. */
export function readBody(root: WireObject, requestBody: unknown): BodyShape {
	const none: BodyShape = {
		fields: [],
		bodyKind: 'none',
		isBodyRequired: false,
		bodySchema: undefined,
		isBodyObject: false,
	};
	if (requestBody === undefined) return none;
	const { content, required } = follow(root, requestBody);
	if (!isWireObject(content) || Object.keys(content).length === 0) return none;
	const types = Object.entries(content);
	const ofKind = (pattern: RegExp) => types.find(([type]) => pattern.test(type))?.[1];
	const json = ofKind(/^(application|\*)\/([\w.+-]*json|\*)/i);
	const multipart = json === undefined ? ofKind(/^multipart\/form-data/i) : undefined;
	const chosen = json ?? multipart;
	if (chosen === undefined)
		throw new UnreadablePart(`takes only a body of type ${oneLine(types[0]?.[0], 80)}`);
	const isMultipart = json === undefined;
	const bodySchema = schemaOf(asWireObject(chosen)?.schema);
	const properties =
		propertiesOf(root, bodySchema) ??
		(isMultipart ? propertiesOfForms(root, bodySchema) : undefined);
	const isBodyRequired = required === true;
	const about = {
		bodyKind: isMultipart ? 'multipart' : 'json',
		isBodyRequired,
		bodySchema,
	} as const;
	if (properties === undefined) {
		const whole = fieldOf('body', '', { required: isBodyRequired, schema: bodySchema });
		return { ...about, isBodyObject: false, fields: [whole] };
	}
	const fields = [...properties.fields].map(([name, schema]) => {
		const required = properties.required.has(name);
		// Also where no file is looked for: one field that leads nowhere makes the endpoint unreadable.
		const resolved = isWireObject(schema) ? follow(root, schema) : schema;
		const file = isMultipart ? fileKind(root, resolved) : undefined;
		const place = file === undefined ? 'body' : 'file';
		return fieldOf(place, name, { required, schema, isList: file === 'files' });
	});
	return { ...about, isBodyObject: true, fields };
}

/** Whether a part of a multipart body is a file, or several. */
function fileKind(
	root: WireObject,
	schema: Schema,
	seen = new Set<WireObject>(),
): 'file' | 'files' | undefined {
	if (typeof schema === 'boolean') return undefined;
	const found = follow(root, schema);
	// Goes on where the walk comes to a schema for the first time, and has not come to too many.
	if (seen.has(found) || seen.size >= MOST_COMBINED) return undefined;
	seen.add(found);
	if (isFile(found)) return 'file';
	if (isOnly('array', found.type) && isWireObject(found.items))
		return fileKind(root, found.items, seen) === undefined ? undefined : 'files';
	return partsOf(found)
		.map((part) => fileKind(root, part, seen))
		.find((kind) => kind !== undefined);
}

/** Whether values have this type; they may be `null` too. */
function isOnly(name: string, type: unknown): boolean {
	const names = [type].flat().filter((other) => other !== 'null');
	return names.length === 1 && names[0] === name;
}

function isFile({ type, format, contentMediaType, contentEncoding }: WireObject): boolean {
	if (type !== undefined && !isOnly('string', type)) return false;
	return (
		format === 'binary' ||
		(typeof contentMediaType === 'string' && contentMediaType !== 'application/json') ||
		contentEncoding === 'binary'
	);
}
