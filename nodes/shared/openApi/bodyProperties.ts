import { isWireObject, type WireObject } from '../api/wire';
import { canonical } from './canonical';
import { isName, MOST_FIELDS, schemaOf } from './endpointField';
import { follow, MOST_COMBINED, partsOf } from './references';

type Schema = WireObject | boolean;

/** The fields of an object. */
export interface Properties {
	readonly fields: ReadonlyMap<string, Schema>;
	readonly required: ReadonlySet<string>;
}

/** What schemas have been found to hold. One that is still being read, in a circle, holds nothing. */
type Known = Map<WireObject, Properties | undefined>;

/**
 * The fields of an object: its own, those of `allOf`, and those of the forms that it may have besides (`anyOf`, `oneOf`).
 * `undefined` when the schema itself does not say that it is about an object.
 */
export function propertiesOf(
	root: WireObject,
	schema: Schema,
	known: Known = new Map(),
): Properties | undefined {
	if (typeof schema === 'boolean') return undefined;
	const found = follow(root, schema);
	if (known.has(found) || known.size >= MOST_COMBINED) return known.get(found);
	known.set(found, undefined);
	const properties = readProperties(root, found, known);
	known.set(found, properties);
	return properties;
}

/** The same for a schema that only lists forms, each with all of its fields. */
export function propertiesOfForms(root: WireObject, schema: Schema): Properties | undefined {
	if (typeof schema === 'boolean') return undefined;
	const { fields, required } = formsOf(root, partsOf(follow(root, schema)), new Map());
	return fields.size === 0 ? undefined : { fields, required };
}

function readProperties(
	root: WireObject,
	{ properties, required, allOf, anyOf, oneOf, type }: WireObject,
	known: Known,
): Properties | undefined {
	const parts = partsOf({ allOf }).flatMap((part) => propertiesOf(root, part, known) ?? []);
	const own = isWireObject(properties) ? Object.entries(properties) : [];
	const isObject = isWireObject(properties) || [type].flat().includes('object');
	if (!isObject && parts.length === 0) return undefined;
	const forms = [{ anyOf }, { oneOf }].map((list) => formsOf(root, partsOf(list), known));
	const fields = new Map<string, Schema>();
	const put = (name: string, schema: Schema) => {
		if (fields.has(name) || fields.size < MOST_FIELDS) fields.set(name, schema);
	};
	for (const part of parts) for (const [name, schema] of part.fields) put(name, schema);
	for (const [name, schema] of own)
		if (isName(name) && !isReadOnly(schema)) put(name, schemaOf(schema));
	// A form says less about a field than the object itself: it may be another form that is sent.
	for (const form of forms)
		for (const [name, schema] of form.fields) if (!fields.has(name)) put(name, schema);
	const needed = Array.isArray(required) ? required.filter(isName) : [];
	const inner = [...parts, ...forms].flatMap((part) => [...part.required]);
	return { fields, required: new Set([...needed, ...inner]) };
}

/** All that one of the forms has; required is what all of them require. */
function formsOf(root: WireObject, parts: readonly WireObject[], known: Known): Properties {
	const read = parts.map((part) => propertiesOf(root, part, known));
	const forms = [...new Set(read.flatMap((form) => form ?? []))];
	const schemas = new Map<string, Map<string, Schema>>();
	for (const { fields } of forms)
		for (const [name, schema] of fields) {
			const ofName = schemas.get(name) ?? new Map<string, Schema>();
			schemas.set(name, ofName.set(canonical(schema), schema));
		}
	const fields = new Map([...schemas].map(([name, ofName]) => [name, eitherOf([...ofName.values()])]));
	// A form that names no fields requires none that is known.
	const required = read.every((form) => form !== undefined) ? [...(forms[0]?.required ?? [])] : [];
	return {
		fields,
		required: new Set(required.filter((name) => forms.every((form) => form.required.has(name)))),
	};
}

/** What a field is when the forms say different things about it. */
function eitherOf([first = true, ...others]: readonly Schema[]): Schema {
	if (others.length === 0) return first;
	const { description } = isWireObject(first) ? first : {};
	return { ...(description !== undefined && { description }), anyOf: [first, ...others] };
}

function isReadOnly(schema: unknown): boolean {
	return isWireObject(schema) && schema.readOnly === true;
}
