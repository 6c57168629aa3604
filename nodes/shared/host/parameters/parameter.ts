import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { ServiceError } from '../../api/errors';
import { asId } from '../../api/wire';

/** Makes the failure of a parameter: what was found (completes "Parameter X …"), and what would be accepted. */
export type Fail = (found: string, accepted: string) => ServiceError;

/** A parameter of a node: its field in the editor, and how the value that n8n hands over is read. */
export interface Parameter<T> {
	readonly field: INodeProperties;
	/** Throws what `fail` makes. */
	parse(value: unknown, fail: Fail): T;
}

export type DisplayOptions = NonNullable<INodeProperties['displayOptions']>;

/** Shows a parameter only where others have these values. */
export function shownWhen<T>(parameter: Parameter<T>, show: DisplayOptions['show']): Parameter<T> {
	return { ...parameter, field: withDisplay(parameter.field, { show }) };
}

/** The opposite of {@link shownWhen}: one condition that holds hides the parameter. */
export function hiddenWhen<T>(parameter: Parameter<T>, hide: DisplayOptions['hide']): Parameter<T> {
	return { ...parameter, field: withDisplay(parameter.field, { hide }) };
}

/** Adds to the conditions that a field has. */
export function withDisplay(
	field: INodeProperties,
	{ show, hide }: DisplayOptions,
): INodeProperties {
	const { displayOptions: known } = field;
	const displayOptions = {
		...known,
		...(show && { show: { ...known?.show, ...show } }),
		...(hide && { hide: { ...known?.hide, ...hide } }),
	};
	return { ...field, displayOptions };
}

/** The same parameter with another field text or default. */
export function withField<T>(
	parameter: Parameter<T>,
	changes: Partial<INodeProperties>,
): Parameter<T> {
	return { ...parameter, field: { ...parameter.field, ...changes } };
}

export function flag(field: INodeProperties): Parameter<boolean> {
	return {
		field,
		parse(value, fail) {
			if (typeof value === 'boolean') return value;
			if (value === 'true' || value === 'false') return value === 'true';
			throw fail(describeValue(value), 'true or false');
		},
	};
}

/** A number within the field's own limits; a whole one where the field has no decimals or counts something. */
export function number(field: INodeProperties, isCount = false): Parameter<number> {
	const {
		minValue: min = 0,
		maxValue: max = Number.MAX_SAFE_INTEGER,
		numberPrecision,
	} = field.typeOptions ?? {};
	const isWhole = isCount || numberPrecision === 0;
	const accepted = `a ${isWhole ? 'whole number' : 'number'} from ${min} to ${max}`;
	return {
		field,
		parse(value, fail) {
			const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
			if (typeof parsed !== 'number' || !Number.isFinite(parsed))
				throw fail(describeValue(value), accepted);
			if (parsed < min || parsed > max || (isWhole && !Number.isInteger(parsed)))
				throw fail(describeValue(parsed), accepted);
			return parsed;
		},
	};
}

/** A wait that the user enters in seconds, as milliseconds. */
export function seconds(field: INodeProperties): Parameter<number> {
	const inSeconds = number(field);
	return { ...inSeconds, parse: (value, fail) => 1_000 * inSeconds.parse(value, fail) };
}

export type Choice<T extends string> = readonly [name: string, value: T, description: string];

/** One of several values. */
export function choice<const T extends string>(
	field: Omit<INodeProperties, 'type' | 'options'>,
	...entries: ReadonlyArray<Choice<T>>
): Parameter<T> {
	const values = entries.map(([, value]) => value);
	return {
		field: { ...field, type: 'options', options: choices(...entries) },
		parse(value, fail) {
			const found = values.find((candidate) => candidate === value);
			if (found === undefined) throw fail(describeValue(value), values.join(', '));
			return found;
		},
	};
}

export function choices(...entries: ReadonlyArray<Choice<string>>): INodePropertyOptions[] {
	return entries.map(([name, value, description]) => ({ name, value, description }));
}

/** A text that must not be empty. */
export function text(field: INodeProperties, accepted: string): Parameter<string> {
	return {
		field,
		parse(value, fail) {
			const found = textOf(value, fail, accepted);
			if (found === '') throw fail('is empty', accepted);
			return found;
		},
	};
}

/** A text that may be empty. */
export function optionalText(field: INodeProperties, accepted = 'a text'): Parameter<string> {
	return { field, parse: (value, fail) => textOf(value, fail, accepted) };
}

function textOf(value: unknown, fail: Fail, accepted: string): string {
	const found = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
	if (typeof found !== 'string') throw fail(describeValue(found), accepted);
	return found.trim();
}

/** Characters with a meaning of their own in a path. */
const PATH_CHARACTER = /[/\\%?#]/;

/** An ID that becomes part of a path: nothing in it may lead elsewhere. */
export function id(field: INodeProperties): Parameter<string> {
	const accepted = 'an ID as the service gave it, without slashes, percent signs or spaces';
	const asText = text(field, accepted);
	return {
		...asText,
		parse(value, fail) {
			const found = asText.parse(value, fail);
			if (asId(found) === undefined || PATH_CHARACTER.test(found))
				throw fail(describeValue(found), accepted);
			return found;
		},
	};
}

const LOOKS_LIKE_ADDRESS = /:\/\/|^www\.|[?&][\w.~%-]{1,64}=/;

/** An absolute http(s) URL. The message never shows its query string. */
export function url(field: INodeProperties): Parameter<string> {
	return { field, parse: parseUrl };
}

function parseUrl(value: unknown, fail: Fail): string {
	const accepted = 'a whole URL that starts with https:// or http://';
	if (typeof value !== 'string') throw fail(describeValue(value), accepted);
	const found = value.trim();
	const shown = describeValue(withoutKeys(found));
	if (!URL.canParse(found)) throw fail(shown, accepted);
	const { href, protocol, username, password } = new URL(found);
	if (username !== '' || password !== '') throw fail('contains a user name or password', accepted);
	if (protocol !== 'https:' && protocol !== 'http:') throw fail(shown, accepted);
	// With spaces or line breaks, an address is only one in its encoded form.
	return /\s/.test(found) ? href : found;
}

/** What may be shown of a refused value: of an address nothing after "?" or "#", and no password before an "@". */
function withoutKeys(address: string): string {
	const [shown = ''] = address.split(/[?#]/, 1);
	return shown.slice(shown.lastIndexOf('@') + 1);
}

/** A short text of a value, for messages. Only for parameters that hold no request text. */
export function describeValue(value: unknown): string {
	if (typeof value === 'string')
		return value === ''
			? 'is empty'
			: `is "${(LOOKS_LIKE_ADDRESS.test(value) ? withoutKeys(value) : value).slice(0, 60)}"`;
	if (value === undefined || value === null) return 'is missing';
	if (typeof value === 'number' || typeof value === 'boolean') return `is ${value}`;
	return Array.isArray(value) ? 'is a list' : 'is an object';
}
