import { isWireObject } from '../api/wire';

/** The same text for equal JSON values, whatever the order of their fields. */
export function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (!isWireObject(value)) return JSON.stringify(value) ?? 'undefined';
	const fields = Object.keys(value)
		.sort()
		.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
	return `{${fields.join(',')}}`;
}
