import { isWireObject, type WireObject } from '../api/wire';
import type { Effort } from './effort';
import { isContainer } from './references';

/** What is wrong with a value, without the value itself. */
export interface ValueProblem {
	/** Inside the value: `messages[0].role`; empty for the value itself. */
	readonly at: string;
	/** Completes "The value …". */
	readonly found: string;
	/** What would be accepted. */
	readonly accepted: string;
}

/** What is wrong with a value itself, not with something inside it. */
export type OwnProblem = Omit<ValueProblem, 'at'>;

/** There are seven. A longer list says nothing that is certain. */
const MOST_TYPES = 20;

/** Checks `type`. One that is not known says nothing. */
export function typeProblem(value: unknown, { type }: WireObject): OwnProblem | undefined {
	const types = knownTypes(type) ?? [];
	if (types.length === 0 || types.some((name) => isOfType(value, name))) return undefined;
	return {
		found: `is ${typeName(value)}`,
		accepted: types.map((name) => TYPE_NAMES.get(name)).join(' or '),
	};
}

/** The names that `type` lists; `undefined` where there is one that is not known. */
export function knownTypes(type: unknown): readonly string[] | undefined {
	if (Array.isArray(type) && type.length > MOST_TYPES) return undefined;
	const types = [type].flat().filter((name): name is string => typeof name === 'string');
	return types.every((name) => TYPE_NAMES.has(name)) ? types : undefined;
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
	['string', 'a text'],
	['number', 'a number'],
	['integer', 'a whole number'],
	['boolean', 'true or false'],
	['object', 'an object'],
	['array', 'a list'],
	['null', 'null'],
]);

function isOfType(value: unknown, type: string): boolean {
	switch (type) {
		case 'null':
			return value === null;
		case 'array':
			return Array.isArray(value);
		case 'object':
			return isWireObject(value);
		case 'integer':
			return Number.isInteger(value);
		case 'number':
			return typeof value === 'number' && Number.isFinite(value);
		default:
			return typeof value === type;
	}
}

function typeName(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'an object';
	return TYPE_NAMES.get(typeof value) ?? 'something else';
}

/** Checks `enum` and `const`. */
export function choiceProblem(
	value: unknown,
	schema: WireObject,
	effort: Effort,
): OwnProblem | undefined {
	const { enum: choices } = schema;
	const isConstant = Object.hasOwn(schema, 'const');
	if (!Array.isArray(choices) && !isConstant) return undefined;
	const found = 'is none of the values that are accepted';
	const shown = (choice: unknown) =>
		(typeof choice === 'string' ? choice : effort.textOf(choice)).slice(0, 60);
	if (Array.isArray(choices) && !isAmong(value, choices, effort))
		return { found, accepted: named(choices.slice(0, MOST_NAMED + 1).map(shown)) };
	if (isConstant && !isAmong(value, [schema.const], effort))
		return { found, accepted: shown(schema.const) };
	return undefined;
}

function isAmong(value: unknown, choices: readonly unknown[], effort: Effort): boolean {
	effort.look(choices.length);
	if (!isContainer(value)) return choices.includes(value);
	const own = effort.textOf(value);
	return choices.some((choice) => isContainer(choice) && effort.textOf(choice) === own);
}

/** Checks how large a number is and how long everything else. */
export function sizeProblem(
	value: unknown,
	schema: WireObject,
	effort: Effort,
): OwnProblem | undefined {
	const { minLength, maxLength, minItems, maxItems, minProperties, maxProperties } = schema;
	if (typeof value === 'number') return numberProblem(value, schema);
	if (typeof value === 'string')
		return countProblem(() => effort.lengthOf(value), minLength, maxLength, 'characters');
	if (Array.isArray(value)) return countProblem(() => value.length, minItems, maxItems, 'entries');
	if (isWireObject(value))
		return countProblem(() => Object.keys(value).length, minProperties, maxProperties, 'fields');
	return undefined;
}

/** Counts only where there is a limit: that takes as long as the value is large. */
function countProblem(
	countAll: () => number,
	min: unknown,
	max: unknown,
	unit: string,
): OwnProblem | undefined {
	if (typeof min !== 'number' && typeof max !== 'number') return undefined;
	const count = countAll();
	const found = `has ${count} ${unit}`;
	if (typeof min === 'number' && count < min) return { found, accepted: `at least ${min} ${unit}` };
	if (typeof max === 'number' && count > max) return { found, accepted: `at most ${max} ${unit}` };
	return undefined;
}

function numberProblem(value: number, schema: WireObject): OwnProblem | undefined {
	const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
	// Version 3.0 has a boolean beside the limit, version 3.1 a limit of its own.
	const above = exclusiveMinimum === true ? minimum : exclusiveMinimum;
	const below = exclusiveMaximum === true ? maximum : exclusiveMaximum;
	const found = `is ${value}`;
	if (typeof above === 'number' && value <= above)
		return { found, accepted: `a number above ${above}` };
	if (typeof below === 'number' && value >= below)
		return { found, accepted: `a number below ${below}` };
	if (typeof minimum === 'number' && value < minimum)
		return { found, accepted: `a number of at least ${minimum}` };
	if (typeof maximum === 'number' && value > maximum)
		return { found, accepted: `a number of at most ${maximum}` };
	if (typeof multipleOf === 'number' && multipleOf > 0 && !isMultiple(value, multipleOf))
		return { found, accepted: `a multiple of ${multipleOf}` };
	return undefined;
}

/** Decimals are not exact: 0.3 counts as a multiple of 0.1. */
function isMultiple(value: number, step: number): boolean {
	const quotient = value / step;
	if (!Number.isFinite(quotient)) return Number.isInteger(value) && Number.isInteger(1 / step);
	return Math.abs(quotient - Math.round(quotient)) <= 1e-9 * Math.max(1, Math.abs(quotient));
}

const MOST_NAMED = 20;

/** A list for a message, cut where it is long. */
export function named(names: readonly string[]): string {
	const listed = names.slice(0, MOST_NAMED).join(', ');
	return names.length > MOST_NAMED ? `${listed}, …` : listed || 'none';
}
