/**
 * The value as it comes back from n8n's database: JSON's rules (`toJSON`, no functions, no undefined, plain objects),
 * while objects that are shared or circular stay so, since n8n stores executions with `flatted`.
 */
export function storedCopy<T>(value: T): T {
	return copy(value, new Map()) as T;
}

type Copied = Record<string, unknown> | unknown[];

function copy(value: unknown, seen: Map<object, Copied>): unknown {
	if (typeof value === 'number' && !Number.isFinite(value)) return null;
	if (typeof value !== 'object' || value === null) return isStorable(value) ? value : undefined;
	const known = seen.get(value);
	if (known) return known;
	if (hasToJson(value)) return copy(value.toJSON(), seen);
	if (Array.isArray(value)) {
		const list: unknown[] = [];
		seen.set(value, list);
		for (const entry of value) list.push(copy(entry, seen) ?? null);
		return list;
	}
	const record: Record<string, unknown> = {};
	seen.set(value, record);
	for (const [name, entry] of Object.entries(value)) {
		const copied = copy(entry, seen);
		if (copied !== undefined) record[name] = copied;
	}
	return record;
}

function isStorable(value: unknown): boolean {
	if (typeof value === 'bigint') throw new TypeError('n8n cannot store a BigInt');
	return typeof value !== 'function' && typeof value !== 'symbol';
}

function hasToJson(value: object): value is { toJSON(): unknown } {
	return 'toJSON' in value && typeof value.toJSON === 'function';
}
