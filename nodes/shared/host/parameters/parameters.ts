import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { FishSpeechError } from '../../api/errors';

/** `invalidParameter`: names the parameter and the item, says what was found and what would be accepted. */
export function invalidParameter(
	operation: string,
	itemIndex: number,
	parameter: string,
	found: string,
	accepted: string,
): FishSpeechError {
	return new FishSpeechError(`Parameter "${parameter}" ${found} [item ${itemIndex}].`, {
		action: `Accepted: ${accepted}. Nothing was sent for this item.`,
		details: {
			kind: 'terminal',
			reason: 'invalidParameter',
			operation,
			attempts: 0,
			outcomeUnknown: false,
		},
	});
}

/** A short text of a value, for messages. Only for parameters that hold no request text. */
export function describeValue(value: unknown): string {
	if (typeof value === 'string') return value === '' ? 'is empty' : `is "${value.slice(0, 60)}"`;
	if (value === undefined || value === null) return 'is missing';
	if (typeof value === 'number' || typeof value === 'boolean') return `is ${value}`;
	return Array.isArray(value) ? 'is a list' : 'is an object';
}

const LONGEST_WAIT_SECONDS = 24 * 60 * 60;
const ID_PATTERN = /^[^/\\%?#\s.]+$/;

/** Reads one item's parameters, typed and checked, so that nothing wrong is ever sent. */
export class ParameterReader {
	private readonly collections = new Map<string, IDataObject>();

	constructor(
		private readonly host: IExecuteFunctions,
		readonly operation: string,
		readonly itemIndex: number,
	) {}

	fail(parameter: string, found: string, accepted: string): FishSpeechError {
		return invalidParameter(this.operation, this.itemIndex, parameter, found, accepted);
	}

	/** A parameter as n8n resolved it; an expression that fails is an invalid parameter. */
	value(name: string, displayName: string, fallback?: unknown): unknown {
		try {
			return this.host.getNodeParameter(name, this.itemIndex, fallback, { extractValue: true });
		} catch (error) {
			const said = error instanceof Error ? error.message : 'it has no value';
			throw this.fail(
				displayName,
				`could not be read: ${said}`,
				'an expression that works for every item',
			);
		}
	}

	/** The entries of a collection such as Options, read once for each item. */
	collection(name: string, displayName: string): IDataObject {
		const known = this.collections.get(name);
		if (known !== undefined) return known;
		const value = this.value(name, displayName, {});
		if (!isDataObject(value))
			throw this.fail(displayName, describeValue(value), 'a set of options');
		this.collections.set(name, value);
		return value;
	}

	string(name: string, displayName: string, accepted: string): string {
		const value = this.value(name, displayName);
		const text = typeof value === 'number' ? String(value) : value;
		if (typeof text !== 'string') throw this.fail(displayName, describeValue(value), accepted);
		if (text.trim() === '') throw this.fail(displayName, 'is empty', accepted);
		return text.trim();
	}

	boolean(name: string, displayName: string): boolean {
		const value = this.value(name, displayName);
		if (typeof value === 'boolean') return value;
		if (value === 'true' || value === 'false') return value === 'true';
		throw this.fail(displayName, describeValue(value), 'true or false');
	}

	choice<T extends string>(name: string, displayName: string, choices: readonly T[]): T {
		return this.oneOf(this.value(name, displayName), displayName, choices);
	}

	oneOf<T extends string>(value: unknown, displayName: string, choices: readonly T[]): T {
		const found = choices.find((choice) => choice === value);
		if (found === undefined) throw this.fail(displayName, describeValue(value), choices.join(', '));
		return found;
	}

	/** An ID that becomes part of a path: nothing in it may lead elsewhere. */
	id(name: string, displayName: string): string {
		const accepted = 'an ID as the service gave it, without slashes, dots, percent signs or spaces';
		const id = this.string(name, displayName, accepted);
		if (!ID_PATTERN.test(id) || id.length > 200)
			throw this.fail(displayName, describeValue(id), accepted);
		return id;
	}

	/** The name of a binary field. */
	fieldName(name: string, displayName: string): string {
		return this.string(name, displayName, 'the name of a binary field, for example data');
	}

	/** An absolute http(s) URL. The message never shows its query string. */
	url(value: unknown, displayName: string): string {
		const accepted = 'a whole URL that starts with https:// or http://';
		if (typeof value !== 'string') throw this.fail(displayName, describeValue(value), accepted);
		const text = value.trim();
		const shown = text === '' ? 'is empty' : `is "${text.split(/[?#]/, 1)[0]?.slice(0, 60)}"`;
		if (!URL.canParse(text)) throw this.fail(displayName, shown, accepted);
		const { protocol, username, password } = new URL(text);
		if (protocol !== 'https:' && protocol !== 'http:')
			throw this.fail(displayName, shown, accepted);
		if (username !== '' || password !== '')
			throw this.fail(displayName, 'contains a user name or password', accepted);
		return text;
	}

	/** A number out of a collection, in its range. */
	number(
		value: unknown,
		displayName: string,
		range: { readonly min: number; readonly max: number; readonly integer?: boolean },
	): number {
		const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
		const { min, max, integer = false } = range;
		const accepted = `a ${integer ? 'whole number' : 'number'} from ${min} to ${max}`;
		if (typeof number !== 'number' || !Number.isFinite(number))
			throw this.fail(displayName, describeValue(value), accepted);
		if (number < min || number > max || (integer && !Number.isInteger(number)))
			throw this.fail(displayName, describeValue(number), accepted);
		return number;
	}

	/** A wait in seconds, up to a day, as milliseconds. */
	secondsAsMs(value: unknown, displayName: string, minSeconds: number): number {
		return 1_000 * this.number(value, displayName, { min: minSeconds, max: LONGEST_WAIT_SECONDS });
	}
}

export function isDataObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
