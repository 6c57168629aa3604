import { isWireObject, type WireObject } from '../api/wire';

/** A schema of the document. */
export type Schema = WireObject | boolean;

/** Where a value goes. `file` is a part of a multipart body. */
export type FieldPlace = 'path' | 'query' | 'body' | 'file';

/** One value that an endpoint takes. */
export interface EndpointField {
	/** Place and name: `query.limit`. The whole body, where it is not an object, is `body`. */
	readonly id: string;
	readonly place: FieldPlace;
	readonly name: string;
	readonly required: boolean;
	readonly schema: Schema;
	/** Several files under one name. */
	readonly isList: boolean;
	/** What stands between the entries of a list in a path or a query, as `delimiterOf` reads it. */
	readonly delimiter?: string | undefined;
}

/** More are not shown. */
export const MOST_FIELDS = 300;
const LONGEST_NAME = 200;

/** A schema, whatever stands in its place. */
export function schemaOf(value: unknown): Schema {
	// A part that is not a schema says nothing.
	return isSchema(value) ? value : true;
}

export function isSchema(value: unknown): value is Schema {
	return isWireObject(value) || typeof value === 'boolean';
}

/** Whether a field can be called so. */
export function isName(value: unknown): value is string {
	return typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME;
}

export function fieldOf(
	place: FieldPlace,
	name: string,
	about: Pick<EndpointField, 'required' | 'schema' | 'delimiter'> & { readonly isList?: boolean },
): EndpointField {
	const id = name === '' ? place : `${place}.${name}`;
	return { isList: false, ...about, id, place, name };
}
