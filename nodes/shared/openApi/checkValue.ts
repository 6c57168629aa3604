import { caught } from '../api/caught';
import { isWireObject, type WireObject } from '../api/wire';
import { CannotCheck, Effort } from './effort';
import { isReadOnly, isSchema, type Schema } from './endpointField';
import { isFullyChecked } from './keywords';
import { follow, isContainer } from './references';
import { choiceProblem, named, sizeProblem, typeProblem, type ValueProblem } from './valueProblems';

/** References into one another without going on in the value. */
const MOST_REFERENCES = 5;
/** A field is looked up by its name several times. */
const FIELD_LOOKS = 10;

/** What one of several forms says about a value. */
interface Form {
	/** Absent where the value fits. */
	readonly problem: ValueProblem | undefined;
	/** Whether it fits or not whatever the keywords say that are not checked. A problem is always certain. */
	readonly isCertain: boolean;
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
		return new Check(document).value(value, schema, '', 0);
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

	constructor(private readonly document: WireObject) {}

	value(value: unknown, schema: Schema, at: string, references: number): ValueProblem | undefined {
		this.effort.spend();
		if (schema === true) return undefined;
		if (schema === false) return { at, found: 'is not allowed here', accepted: 'nothing' };
		if (typeof schema.$ref !== 'string') return this.own(value, schema, at, references);
		// A circle of references that does not go on in the value says nothing new.
		if (references >= MOST_REFERENCES) return this.leaveOpen();
		const target = follow(this.document, schema);
		return this.value(value, target, at, references + 1) ?? this.own(value, schema, at, references);
	}

	private own(
		value: unknown,
		schema: WireObject,
		at: string,
		references: number,
	): ValueProblem | undefined {
		if (value === null && schema.nullable === true) return this.leaveOpen();
		if (!this.isFullyChecked(schema)) this.leaveOpen();
		const problem =
			typeProblem(value, schema) ??
			choiceProblem(value, schema, this.effort) ??
			sizeProblem(value, schema, this.effort);
		if (problem !== undefined) return { at, ...problem };
		if (Array.isArray(value))
			return this.list(value, schema, at) ?? this.combined(value, schema, at, references);
		if (isWireObject(value))
			return this.object(value, schema, at) ?? this.combined(value, schema, at, references);
		return this.combined(value, schema, at, references);
	}

	private list(
		value: readonly unknown[],
		schema: WireObject,
		at: string,
	): ValueProblem | undefined {
		const { items, prefixItems, uniqueItems } = schema;
		if (isSchema(items) && prefixItems === undefined)
			for (const [index, entry] of value.entries()) {
				const problem = this.value(entry, items, `${at}[${index}]`, 0);
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

	private object(value: WireObject, schema: WireObject, at: string): ValueProblem | undefined {
		const { required, properties, additionalProperties, patternProperties } = schema;
		const inside = (name: string) => (at === '' ? name : `${at}.${name}`);
		const known = isWireObject(properties) ? properties : {};
		const names = Object.keys(value);
		this.effort.look(FIELD_LOOKS * names.length + (Array.isArray(required) ? required.length : 0));
		for (const name of Array.isArray(required) ? required : [])
			if (typeof name === 'string' && !Object.hasOwn(value, name) && !isReadOnly(known[name]))
				return {
					at: inside(name),
					found: 'is missing',
					accepted: 'a value, because it is required',
				};
		for (const name of names) {
			const entry = value[name];
			const isKnown = Object.hasOwn(known, name);
			const other = patternProperties === undefined ? additionalProperties : true;
			const schemaOfEntry = isKnown ? known[name] : other;
			if (!isSchema(schemaOfEntry)) continue;
			const problem = this.value(entry, schemaOfEntry, inside(name), 0);
			if (problem === undefined) continue;
			if (isKnown || schemaOfEntry !== false) return problem;
			const accepted = Object.keys(known);
			this.effort.look(accepted.length);
			return { ...problem, found: 'is not a field of this endpoint', accepted: named(accepted) };
		}
		return undefined;
	}

	private combined(
		value: unknown,
		schema: WireObject,
		at: string,
		references: number,
	): ValueProblem | undefined {
		const { allOf, anyOf, oneOf, not, discriminator } = schema;
		for (const part of schemasOf(allOf)) {
			const problem = this.value(value, part, at, references);
			if (problem !== undefined) return problem;
		}
		const ofAny = this.forms(value, anyOf, 1, at, references);
		if (fitNone(ofAny)) return closest(ofAny, at);
		const ofOne = this.forms(value, oneOf, 2, at, references);
		if (fitNone(ofOne)) return closest(ofOne, at);
		// A discriminator says which of several forms counts.
		if (discriminator === undefined && ofOne.filter(fitsCertainly).length > 1)
			return { at, found: 'fits more than one form', accepted: 'a value of exactly one form' };
		if (isSchema(not) && fitsCertainly(this.form(value, not, at, references)))
			return {
				at,
				found: 'is not allowed',
				accepted: 'any value but those that the schema excludes',
			};
		return undefined;
	}

	/** What each of the forms says about a value, until it certainly fits `enough` of them. */
	private forms(
		value: unknown,
		list: unknown,
		enough: number,
		at: string,
		references: number,
	): Form[] {
		const forms: Form[] = [];
		let fits = 0;
		for (const part of schemasOf(list)) {
			const form = this.form(value, part, at, references);
			forms.push(form);
			if (fitsCertainly(form)) fits++;
			if (fits === enough) break;
		}
		return forms;
	}

	private form(value: unknown, schema: Schema, at: string, references: number): Form {
		const before = this.leftOpen;
		const problem = this.value(value, schema, at, references);
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

function fitNone(forms: readonly Form[]): boolean {
	return forms.length > 0 && forms.every(({ problem }) => problem !== undefined);
}

function fitsCertainly({ problem, isCertain }: Form): boolean {
	return problem === undefined && isCertain;
}

/** If no form fits, the problem of the closest one. */
function closest(forms: readonly Form[], at: string): ValueProblem {
	const problems = forms.flatMap(({ problem }) => problem ?? []);
	const [only, ...others] = problems;
	if (only !== undefined && others.length === 0) return only;
	const deepest = problems.find((problem) => problem.at.length > at.length);
	return (
		deepest ?? {
			at,
			found: 'fits none of its forms',
			accepted: 'a value of one of the forms that the schema lists',
		}
	);
}

function schemasOf(list: unknown): Schema[] {
	return Array.isArray(list) ? list.filter(isSchema) : [];
}
