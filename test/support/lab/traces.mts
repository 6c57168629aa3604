import type { RunResult } from '../engine/index.mts';

/** Everything of a run that n8n stores or shows, as one text: rows, errors, hints, what nodes remember, log lines. */
export function tracesOf({ run, logs, hints, contextData }: RunResult): string {
	const seen = new WeakSet<object>();
	return JSON.stringify({ run, logs, hints, contextData }, (_key, value: unknown) => {
		if (value instanceof Error) return { ...value, message: value.message, stack: value.stack };
		if (typeof value !== 'object' || value === null) return value;
		if (seen.has(value)) return undefined;
		seen.add(value);
		return value;
	});
}
