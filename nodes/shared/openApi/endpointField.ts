import { isWireObject, type WireObject } from '../api/wire';
import { oneLine } from './apiDocument';

/** Where a value goes. `file` is a part of a multipart body. */
export type FieldPlace = 'path' | 'query' | 'body' | 'file';

/** One value that an endpoint takes. */
export interface EndpointField {
	/** Place and name: `query.limit`. The whole body, where it is no object, is `body`. */
	readonly id: string;
	readonly place: FieldPlace;
	readonly name: string;
	readonly required: boolean;
	readonly schema: WireObject | boolean;
	readonly description: string;
	/** Several files under one name. */
	readonly isList: boolean;
}

/** More are not shown. */
export const MOST_FIELDS = 300;
const LONGEST_NAME = 200;
const LONGEST_DESCRIPTION = 300;

/** A schema, whatever stands in its place. */
export function schemaOf(value: unknown): WireObject | boolean {
	// A part that is no schema says nothing.
	return isWireObject(value) || typeof value === 'boolean' ? value : true;
}

/** Whether a field can be called so. */
export function isName(value: unknown): value is string {
	return typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME;
}

/** A field that only answers have. */
export function isReadOnly(schema: unknown): boolean {
	return isWireObject(schema) && schema.readOnly === true;
}

export function fieldOf(
	place: FieldPlace,
	name: string,
	about: {
		readonly required: boolean;
		readonly schema: WireObject | boolean;
		readonly description?: unknown;
		readonly isList?: boolean;
	},
): EndpointField {
	const description = oneLine(about.description, LONGEST_DESCRIPTION);
	return { isList: false, ...about, id: `${place}.${name}`, place, name, description };
}
