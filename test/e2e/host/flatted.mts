/**
 * Reads the `flatted` format, in which n8n hands out execution data: one array of values, where
 * the strings inside objects and arrays are indexes into it.
 */
export function parseFlatted(text: string): unknown {
	const values: unknown = JSON.parse(text);
	if (!Array.isArray(values)) throw new Error('Flatted data must be an array');
	const table: readonly unknown[] = values;
	const revived = new Map<number, unknown>();

	const revive = (index: number): unknown => {
		if (revived.has(index)) return revived.get(index);
		const value = table[index];
		if (typeof value !== 'object' || value === null) return value;
		if (Array.isArray(value)) {
			const list: unknown[] = [];
			revived.set(index, list);
			list.push(...value.map(dereference));
			return list;
		}
		const record: Record<string, unknown> = {};
		revived.set(index, record);
		for (const [key, entry] of Object.entries(value)) record[key] = dereference(entry);
		return record;
	};
	const dereference = (entry: unknown) =>
		typeof entry === 'string' ? revive(Number(entry)) : entry;

	return revive(0);
}
