import { isWireObject, type WireObject } from '../api/wire';
import { oneLine } from './apiDocument';
import { fieldOf, isName, MOST_FIELDS, schemaOf, type EndpointField } from './endpointField';
import { follow, MOST_COMBINED, UnreadablePart } from './references';

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
		propertiesOf(root, bodySchema) ?? (isMultipart ? formsOf(root, bodySchema) : undefined);
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

interface Properties {
	readonly fields: Map<string, WireObject | boolean>;
	readonly required: ReadonlySet<string>;
}

/**
 * The fields of an object, those of `allOf` included; `undefined` when the schema is not about an object. `seen` are the
 * schemas on the way here: one that comes again adds nothing.
 */
function propertiesOf(
	root: WireObject,
	schema: WireObject | boolean,
	seen = new Set<WireObject>(),
): Properties | undefined {
	if (typeof schema === 'boolean') return undefined;
	const found = follow(root, schema);
	if (!isNew(found, seen)) return undefined;
	const { properties, required, allOf, type } = found;
	const fields = new Map<string, WireObject | boolean>();
	const needed = new Set(Array.isArray(required) ? required.filter(isName) : []);
	let isObject = isWireObject(properties) || [type].flat().includes('object');
	for (const part of Array.isArray(allOf) ? allOf : []) {
		const inner = propertiesOf(root, schemaOf(part), seen);
		if (inner === undefined) continue;
		isObject = true;
		for (const [name, field] of inner.fields) fields.set(name, field);
		for (const name of inner.required) needed.add(name);
	}
	for (const [name, field] of Object.entries(isWireObject(properties) ? properties : {})) {
		const isReadOnly = isWireObject(field) && field.readOnly === true;
		if (isName(name) && !isReadOnly && fields.size < MOST_FIELDS) fields.set(name, schemaOf(field));
	}
	return isObject ? { fields, required: needed } : undefined;
}

/** The fields of a form that may be filled in in several ways: all that one of them has; required is what all require. */
function formsOf(root: WireObject, schema: WireObject | boolean): Properties | undefined {
	if (typeof schema === 'boolean') return undefined;
	const forms = partsOf(follow(root, schema)).flatMap((part) => propertiesOf(root, part) ?? []);
	const [first] = forms;
	if (first === undefined) return undefined;
	return {
		fields: new Map(forms.flatMap(({ fields }) => [...fields])),
		required: new Set(
			[...first.required].filter((name) => forms.every(({ required }) => required.has(name))),
		),
	};
}

/** The schemas that a schema is put together from, `null` aside: an optional value is one that may be `null` too. */
function partsOf({ allOf, anyOf, oneOf }: WireObject): WireObject[] {
	return [allOf, anyOf, oneOf]
		.flat()
		.filter(isWireObject)
		.filter(({ type }) => type !== 'null')
		.slice(0, MOST_COMBINED);
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
