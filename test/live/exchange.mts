import { ENDPOINTS } from '../sandbox/endpoints.mts';

/** One request of the run and its answer, as they went over the wire. Never written to a report as it is. */
export interface Exchange {
	/** The step that it belongs to. */
	readonly step: string;
	/** Such as `GET /speech/tts/jobs/:taskId`, or `unknown`. */
	readonly endpoint: string;
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly bytes: number;
	/** Parsed, when it is JSON. */
	readonly json: unknown;
	readonly at: number;
}

/** Fills a path of the API into the table of endpoints: IDs get their names. */
export function endpointOf(method: string, path: string): string {
	const exact = Object.values(ENDPOINTS).find((endpoint) => endpoint === `${method} ${path}`);
	if (exact !== undefined) return exact;
	const found = Object.values(ENDPOINTS).find((endpoint) => {
		const pattern = endpoint.replaceAll(/:\w+/g, '[^/]+');
		return new RegExp(`^${pattern}$`).test(`${method} ${path}`);
	});
	return found ?? 'unknown';
}

/** The value at a dotted path; `items.0.id` looks into a list. */
export function valueAt(value: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((inner, key) => fieldOf(inner, key), value);
}

function fieldOf(value: unknown, key: string): unknown {
	if (typeof value !== 'object' || value === null) return undefined;
	return Object.entries(value).find(([name]) => name === key)?.[1];
}

export function typeName(value: unknown): string {
	if (value === null) return 'null';
	if (value === undefined) return 'absent';
	return Array.isArray(value) ? 'list' : typeof value;
}

const MAX_DEPTH = 4;

/** The names and types of a body's fields, without any value: `items[].id: string`. */
export function fieldNames(value: unknown, prefix = '', depth = 0): string[] {
	if (depth > MAX_DEPTH) return [];
	if (Array.isArray(value))
		return [...new Set(value.flatMap((entry) => fieldNames(entry, `${prefix}[]`, depth + 1)))];
	if (typeof value !== 'object' || value === null)
		return prefix.endsWith('[]') ? [`${prefix}: ${typeName(value)}`] : [];
	return Object.entries(value).flatMap(([name, inner]) => {
		const path = prefix === '' ? name : `${prefix}.${name}`;
		const isTree = typeof inner === 'object' && inner !== null;
		return [`${path}: ${typeName(inner)}`, ...(isTree ? fieldNames(inner, path, depth + 1) : [])];
	});
}

/** Codes and states are words; whatever else stands there is not for a report. */
export function wordOnly(text: unknown): string {
	return /^[\w.-]{1,60}$/.test(String(text)) ? String(text) : 'not a word';
}
