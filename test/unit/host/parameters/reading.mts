import { expect } from 'vitest';
import { ServiceError } from '../../../../nodes/shared/api/errors.ts';
import { ParameterReader } from '../../../../nodes/shared/host/parameters/reader.ts';

export const ITEM = 3;

/** A reader of the given parameters, as n8n has resolved them; a function stands for an expression that fails. */
export function readerOf(
	parameters: Readonly<Record<string, unknown>>,
	itemIndex: number | undefined = ITEM,
): ParameterReader {
	return new ParameterReader((name, fallback) => {
		const value = Object.hasOwn(parameters, name) ? parameters[name] : fallback;
		return typeof value === 'function' ? value() : value;
	}, itemIndex);
}

export function withOptions(options: unknown, itemIndex?: number): ParameterReader {
	return readerOf({ options }, itemIndex);
}

/** What was found and what would be accepted, of a parameter that is refused. */
export function refusalOf(read: () => unknown): string {
	try {
		read();
	} catch (error) {
		if (!(error instanceof ServiceError)) throw error;
		expect(error.details).toEqual({
			kind: 'terminal',
			reason: 'invalidParameter',
			attempts: 0,
			outcomeUnknown: false,
		});
		expect(error.message).toMatch(/^Parameter ".+" .*\[item \d+\]\.$/s);
		expect(error.action).toMatch(/^Accepted: .+\. Nothing was sent for this item\.$/);
		return `${error.message} ${error.action}`;
	}
	throw new Error('it was accepted');
}
