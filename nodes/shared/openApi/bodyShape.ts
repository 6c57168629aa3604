import { isWireObject, type WireObject } from '../api/wire';
import { oneLine } from './apiDocument';
import { propertiesOf, propertiesOfForms } from './bodyProperties';
import { fieldOf, schemaOf, type EndpointField } from './endpointField';
import { follow, MOST_COMBINED, partsOf, UnreadablePart } from './references';

export type BodyKind = 'none' | 'json' | 'multipart';

/** The body that an endpoint takes. */
export interface BodyShape {
	readonly fields: readonly EndpointField[];
	readonly bodyKind: BodyKind;
	readonly isBodyRequired: boolean;
	/** The body's own schema, for values that several fields share. */
	readonly bodySchema: WireObject | boolean | undefined;
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
	const bodyKind = json === undefined ? 'multipart' : 'json';
	const bodySchema = schemaOf(isWireObject(chosen) ? chosen.schema : undefined);
	const isBodyRequired = required === true;
	const isMultipart = bodyKind === 'multipart';
	const properties =
		propertiesOf(root, bodySchema) ??
		(isMultipart ? propertiesOfForms(root, bodySchema) : undefined);
	if (properties === undefined)
		return {
			bodyKind,
			isBodyRequired,
			bodySchema,
			isBodyObject: isMultipart,
			fields: isMultipart
				? []
				: [
						{
							...fieldOf('body', '', { required: isBodyRequired, schema: bodySchema }),
							id: 'body',
						},
					],
		};
	const fields = [...properties.fields].map(([name, schema]) => {
		const required = properties.required.has(name);
		const resolved = isWireObject(schema) ? follow(root, schema) : schema;
		const description = isWireObject(resolved) ? resolved.description : undefined;
		const file = isMultipart ? fileKind(root, resolved) : undefined;
		const place = file === undefined ? 'body' : 'file';
		return fieldOf(place, name, { required, schema, description, isList: file === 'files' });
	});
	return { fields, bodyKind, isBodyRequired, bodySchema, isBodyObject: true };
}

/** Whether a part of a multipart body is a file, or several. */
function fileKind(
	root: WireObject,
	schema: WireObject | boolean,
	seen = new Set<WireObject>(),
): 'file' | 'files' | undefined {
	if (typeof schema === 'boolean') return undefined;
	const found = follow(root, schema);
	if (!isNew(found, seen)) return undefined;
	if (isFile(found)) return 'file';
	if (isOnly('array', found.type) && isWireObject(found.items))
		return fileKind(root, found.items, seen) === undefined ? undefined : 'files';
	return partsOf(found)
		.map((part) => fileKind(root, part, seen))
		.find((kind) => kind !== undefined);
}

/** Whether a walk comes to a schema for the first time, and has not come to too many. It has seen it then. */
function isNew(schema: WireObject, seen: Set<WireObject>): boolean {
	if (seen.has(schema) || seen.size >= MOST_COMBINED) return false;
	seen.add(schema);
	return true;
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
