import { isWireObject, type WireObject } from '../api/wire';
import { canonical } from './canonical';
import { isName, MOST_FIELDS, schemaOf, type Schema } from './endpointField';
import { ReadOnlyFields } from './readOnly';
import { follow, MOST_COMBINED, partsOf, UnreadablePart } from './references';

/** The fields of an object. */
export interface Properties {
	readonly fields: ReadonlyMap<string, Schema>;
	readonly required: ReadonlySet<string>;
}

/** The same, before fields that differ between forms are resolved. */
interface Found {
	readonly fields: ReadonlyMap<string, ReadonlySet<Schema>>;
	readonly required: ReadonlySet<string>;
	/** Names of fields that only answers have, and that are left out of the others. */
	readonly readOnly: ReadonlySet<string>;
}

/** Fields that may be taken over from one schema into another: a schema can be written so that there is no end of it. */
const MOST_TAKEN_OVER = 100_000;
/** A field of which more forms say something else may be anything. */
const MOST_FORMS_OF_FIELD = 20;

/**
 * The fields of an object: its own, those of `allOf`, and those of the forms that it may have besides (`anyOf`, `oneOf`).
 * `undefined` when the schema itself does not say that it is about an object. Throws `UnreadablePart` where there is no
 * end of it.
 */
export function propertiesOf(root: WireObject, schema: Schema): Properties | undefined {
	const found = new PropertyReader(root).ofObject(schema);
	return found && decided(found);
}

/** The same for a schema that only lists forms, each with all of its fields. */
export function propertiesOfForms(root: WireObject, schema: Schema): Properties {
	const forms = typeof schema === 'boolean' ? [] : partsOf(follow(root, schema));
	return decided(new PropertyReader(root).ofForms(forms));
}

class PropertyReader {
	/** What schemas have been found to hold. One that is still being read, in a circle, holds nothing. */
	private readonly known = new Map<WireObject, Found | undefined>();
	private readonly readOnly: ReadOnlyFields;
	private takenOver = 0;

	constructor(private readonly root: WireObject) {
		this.readOnly = new ReadOnlyFields(root);
	}

	ofObject(schema: Schema): Found | undefined {
		if (typeof schema === 'boolean') return undefined;
		const { known } = this;
		const object = follow(this.root, schema);
		if (known.has(object) || known.size >= MOST_COMBINED) return known.get(object);
		known.set(object, undefined);
		const found = this.read(object);
		known.set(object, found);
		return found;
	}

	/** All that one of the forms has; required or read-only is what all of them call so. */
	ofForms(parts: readonly WireObject[]): Found {
		const read = parts.map((part) => this.ofObject(part));
		const forms = [...new Set(read.flatMap((form) => form ?? []))];
		const fields = new Map<string, Set<Schema>>();
		for (const form of forms)
			for (const [name, schemas] of this.taken(form)) {
				const ofName = fields.get(name) ?? new Set();
				for (const schema of schemas) if (ofName.size <= MOST_FORMS_OF_FIELD) ofName.add(schema);
				fields.set(name, ofName);
			}
		// A form that names no fields says nothing about one that is known.
		const [first] = read.includes(undefined) ? [] : forms;
		const inAll = (kind: 'required' | 'readOnly') =>
			new Set(
				[...(first?.[kind] ?? [])].filter((name) => forms.every((form) => form[kind].has(name))),
			);
		return { fields, required: inAll('required'), readOnly: inAll('readOnly') };
	}

	private read({ properties, required, allOf, anyOf, oneOf, type }: WireObject): Found | undefined {
		const parts = partsOf({ allOf }).flatMap((part) => this.ofObject(part) ?? []);
		const own = isWireObject(properties) ? Object.entries(properties) : [];
		const isObject = isWireObject(properties) || [type].flat().includes('object');
		if (!isObject && parts.length === 0) return undefined;
		const forms = [{ anyOf }, { oneOf }].map((list) => this.ofForms(partsOf(list)));
		const marked = own.flatMap(([name, schema]) => (this.readOnly.isMarked(schema) ? [name] : []));
		const readOnly = new Set([
			...marked,
			...[...parts, ...forms].flatMap((part) => [...part.readOnly]),
		]);
		const fields = new Map<string, ReadonlySet<Schema>>();
		const put = (name: string, schemas: ReadonlySet<Schema>) => {
			if (readOnly.has(name)) return;
			if (fields.has(name) || fields.size < MOST_FIELDS) fields.set(name, schemas);
		};
		for (const part of parts) for (const [name, schemas] of this.taken(part)) put(name, schemas);
		for (const [name, schema] of own) if (isName(name)) put(name, new Set([schemaOf(schema)]));
		// A form says less about a field than the object itself: it may be another form that is sent.
		for (const form of forms)
			for (const [name, schemas] of this.taken(form)) if (!fields.has(name)) put(name, schemas);
		const needed = Array.isArray(required) ? required.filter(isName) : [];
		const inner = [...parts, ...forms].flatMap((part) => [...part.required]);
		const all = [...needed, ...inner].filter((name) => !readOnly.has(name));
		return { fields, required: new Set(all), readOnly };
	}

	private taken({ fields }: Found): Found['fields'] {
		this.takenOver += fields.size;
		if (this.takenOver > MOST_TAKEN_OVER)
			throw new UnreadablePart('is put together from too many parts');
		return fields;
	}
}

function decided({ fields, required }: Found): Properties {
	// Written out once each: many fields may share a large one.
	const texts = new Map<Schema, string>();
	const textOf = (schema: Schema) => {
		const text = texts.get(schema) ?? canonical(schema);
		texts.set(schema, text);
		return text;
	};
	const distinct = (schemas: ReadonlySet<Schema>) => [
		...new Map([...schemas].map((schema) => [textOf(schema), schema])).values(),
	];
	const oneOf = (schemas: ReadonlySet<Schema>): Schema => {
		if (schemas.size > MOST_FORMS_OF_FIELD) return true;
		// Most have one, which need not be written out.
		return eitherOf(schemas.size === 1 ? [...schemas] : distinct(schemas));
	};
	return {
		fields: new Map([...fields].map(([name, schemas]) => [name, oneOf(schemas)])),
		required,
	};
}

/** What a field is when the forms say different things about it. */
function eitherOf([first = true, ...others]: readonly Schema[]): Schema {
	return others.length === 0 ? first : { anyOf: [first, ...others] };
}
