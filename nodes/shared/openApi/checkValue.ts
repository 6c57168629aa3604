import { caught } from '../api/caught';
import { isWireObject, type WireObject } from '../api/wire';
import { CannotCheck, Effort } from './effort';
import { isSchema, type Schema } from './endpointField';
import { closest, fitNone, fitsCertainly, type Form } from './forms';
import { isFullyChecked } from './keywords';
import { ReadOnlyFields } from './readOnly';
import { follow, isContainer } from './references';
import { choiceProblem, named, sizeProblem, typeProblem, type ValueProblem } from './valueProblems';

/** References into one another without going on in the value. */
const MOST_REFERENCES = 5;
/** A field is looked up by its name several times. */
const FIELD_LOOKS = 10;

/** Where a value is looked at. */
interface Place {
	/** Inside the value that is checked: `messages[0].role`. */
	readonly at: string;
	/** The schema with all parts that the value at this place has to fit. */
	readonly whole: Schema;
	/** How many were followed to come to the part that is looked at. */
	readonly references: number;
}

/**
 * Checks a JSON value against a schema of OpenAPI 3.0 or 3.1. Checked: `type`, `nullable`, `enum`, `const`, `required`,
 * `properties`, `additionalProperties`, `items`, `minItems`, `maxItems`, `uniqueItems`, `minProperties`,
 * `maxProperties`, `minLength`, `maxLength`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`,
 * `multipleOf`, `allOf`, `anyOf`, `oneOf`, `not`, `$ref` inside the document. Every other keyword is left to the
 * service: `pattern` and `patternProperties` (a pattern of the schema could take for ever), `format`, `if`,
 * `dependent…`, `contains`, `prefixItems`, `unevaluated…`, `$dynamicRef`. Returns the first problem that is certain,
 * whatever the unchecked keywords say. Throws `UnreadablePart` where a reference leads out of the document.
 */
export function checkValue(
	value: unknown,
	schema: Schema,
	document: WireObject,
): ValueProblem | undefined {
	try {
		return new Check(document).value(value, schema, '');
	} catch (error) {
		if (error instanceof CannotCheck) return undefined;
		throw caught(error);
	}
}

class Check {
	private readonly effort = new Effort();
	/** Whether all that a schema itself says is checked; see {@link isFullyChecked}. */
	private readonly fullyChecked = new Map<WireObject, boolean>();
	/** How often something about the value has been left to the service. */
	private leftOpen = 0;
	private readonly readOnly: ReadOnlyFields;
	private readonly readOnlyNames = new Map<WireObject, ReadonlySet<string>>();

	constructor(private readonly document: WireObject) {
		this.readOnly = new ReadOnlyFields(document);
	}

	value(value: unknown, schema: Schema, at: string): ValueProblem | undefined {
		return this.part(value, schema, { at, whole: schema, references: 0 });
	}

	/** Checks a value against one of the parts that its schema is put together from. */
	private part(value: unknown, schema: Schema, place: Place): ValueProblem | undefined {
		const { at, references } = place;
		this.effort.spend();
		if (schema === true) return undefined;
		if (schema === false) return { at, found: 'is not allowed here', accepted: 'nothing' };
		if (typeof schema.$ref !== 'string') return this.own(value, schema, place);
		// A circle of references that does not go on in the value says nothing new.
		if (references >= MOST_REFERENCES) return this.leaveOpen();
		const target = follow(this.document, schema);
		const ofTarget = this.part(value, target, { ...place, references: references + 1 });
		return ofTarget ?? this.own(value, schema, place);
	}

	private own(value: unknown, schema: WireObject, place: Place): ValueProblem | undefined {
		if (value === null && schema.nullable === true) return this.leaveOpen();
		if (!this.isFullyChecked(schema)) this.leaveOpen();
		const problem =
			typeProblem(value, schema) ??
			choiceProblem(value, schema, this.effort) ??
			sizeProblem(value, schema, this.effort);
		if (problem !== undefined) return { at: place.at, ...problem };
		if (Array.isArray(value))
			return this.list(value, schema, place) ?? this.combined(value, schema, place);
		if (isWireObject(value))
			return this.object(value, schema, place) ?? this.combined(value, schema, place);
		return this.combined(value, schema, place);
	}

	private list(
		value: readonly unknown[],
		schema: WireObject,
		{ at }: Place,
	): ValueProblem | undefined {
		const { items, prefixItems, uniqueItems } = schema;
		if (isSchema(items) && prefixItems === undefined)
			for (const [index, entry] of value.entries()) {
				const problem = this.value(entry, items, `${at}[${index}]`);
				if (problem !== undefined) return problem;
			}
		if (uniqueItems === true && this.differing(value) < value.length)
			return { at, found: 'has an entry twice', accepted: 'a list whose entries all differ' };
		return undefined;
	}

	/** How many different entries a list has. */
	private differing(value: readonly unknown[]): number {
		this.effort.look(value.length);
		const plain = new Set(value.filter((entry) => !isContainer(entry)));
		const texts = new Set(value.filter(isContainer).map((entry) => this.effort.textOf(entry)));
		return plain.size + texts.size;
	}

	private object(value: WireObject, schema: WireObject, place: Place): ValueProblem | undefined {
		const { required, properties, additionalProperties, patternProperties } = schema;
		const inside = (name: string) => (place.at === '' ? name : `${place.at}.${name}`);
		const known = isWireObject(properties) ? properties : {};
		const names = Object.keys(value);
		this.effort.look(FIELD_LOOKS * names.length + (Array.isArray(required) ? required.length : 0));
		for (const name of Array.isArray(required) ? required : [])
			if (typeof name === 'string' && !Object.hasOwn(value, name)) {
				const accepted = 'a value, because it is required';
				if (!this.isReadOnly(name, place))
					return { at: inside(name), found: 'is missing', accepted };
				this.leaveOpen();
			}
		for (const name of names) {
			const entry = value[name];
			const isKnown = Object.hasOwn(known, name);
			const other = patternProperties === undefined ? additionalProperties : true;
			const schemaOfEntry = isKnown ? known[name] : other;
			if (!isSchema(schemaOfEntry)) continue;
			const problem = this.value(entry, schemaOfEntry, inside(name));
			if (problem === undefined) continue;
			if (isKnown || schemaOfEntry !== false) return problem;
			const accepted = Object.keys(known);
			this.effort.look(accepted.length);
			return { ...problem, found: 'is not a field of this endpoint', accepted: named(accepted) };
		}
		return undefined;
	}

	/** Whether any part of the object's schema says so, wherever the field is required. */
	private isReadOnly(name: string, { whole }: Place): boolean {
		if (!isWireObject(whole)) return false;
		const names = this.readOnlyNames.get(whole) ?? this.readOnly.namesIn(whole, this.effort);
		this.readOnlyNames.set(whole, names);
		return names.has(name);
	}

	private combined(value: unknown, schema: WireObject, place: Place): ValueProblem | undefined {
		const { at } = place;
		const { allOf, anyOf, oneOf, not, discriminator } = schema;
		for (const part of schemasOf(allOf)) {
			const problem = this.part(value, part, place);
			if (problem !== undefined) return problem;
		}
		const ofAny = this.forms(value, anyOf, 1, place);
		if (fitNone(ofAny)) return closest(ofAny, at);
		const ofOne = this.forms(value, oneOf, 2, place);
		if (fitNone(ofOne)) return closest(ofOne, at);
		// A discriminator says which of several forms counts.
		if (discriminator === undefined && ofOne.filter(fitsCertainly).length > 1)
			return { at, found: 'fits more than one form', accepted: 'a value of exactly one form' };
		if (isSchema(not) && fitsCertainly(this.form(value, not, place)))
			return {
				at,
				found: 'is not allowed',
				accepted: 'any value but those that the schema excludes',
			};
		return undefined;
	}

	/** What each of the forms says about a value, until it certainly fits `enough` of them. */
	private forms(value: unknown, list: unknown, enough: number, place: Place): Form[] {
		const forms: Form[] = [];
		let fits = 0;
		for (const part of schemasOf(list)) {
			const form = this.form(value, part, place);
			forms.push(form);
			if (fitsCertainly(form)) fits++;
			if (fits === enough) break;
		}
		return forms;
	}

	private form(value: unknown, schema: Schema, place: Place): Form {
		const before = this.leftOpen;
		const problem = this.part(value, schema, place);
		// What does not fit for certain leaves nothing open.
		if (problem !== undefined) this.leftOpen = before;
		return { problem, isCertain: this.leftOpen === before };
	}

	private isFullyChecked(schema: WireObject): boolean {
		const known = this.fullyChecked.get(schema) ?? isFullyChecked(schema);
		this.fullyChecked.set(schema, known);
		return known;
	}

	/** Notes that the value is fine as far as can be told. */
	private leaveOpen(): undefined {
		this.leftOpen += 1;
	}
}

function schemasOf(list: unknown): Schema[] {
	return Array.isArray(list) ? list.filter(isSchema) : [];
}
