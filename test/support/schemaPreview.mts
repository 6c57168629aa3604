import type { IDataObject } from 'n8n-workflow';

/** A JSON schema, as far as n8n's previews use it. */
export interface Schema {
	readonly type: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly items?: Schema;
}

/** Where a value is not what its preview says; unknown fields count unless the row is open. */
export function misfits(value: unknown, schema: Schema, isOpen: boolean, place = 'row'): string[] {
	if (!isOfType(value, schema.type)) return [`${place} is not of type ${schema.type}`];
	if (Array.isArray(value)) {
		const { items } = schema;
		if (items === undefined) return [`${place} has entries that the preview does not tell`];
		return value.flatMap((entry, index) => misfits(entry, items, false, `${place}[${index}]`));
	}
	if (!isObject(value)) return [];
	return Object.entries(value).flatMap(([key, entry]) => {
		const known = schema.properties?.[key];
		if (known !== undefined) return misfits(entry, known, false, `${place}.${key}`);
		return isOpen ? [] : [`${place}.${key} is not in the preview`];
	});
}

function isOfType(value: unknown, type: Schema['type']): boolean {
	if (type === 'array') return Array.isArray(value);
	if (type === 'object') return isObject(value);
	return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
