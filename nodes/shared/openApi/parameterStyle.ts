import type { WireObject } from '../api/wire';

/** What stands between the entries of a list, percent-encoded, where `explode` is not set. */
const DELIMITERS: ReadonlyMap<unknown, string> = new Map([
	['form', ','],
	['spaceDelimited', '%20'],
	['pipeDelimited', '%7C'],
]);

/**
 * What stands between the entries of a list in a path or a query, as `style` and `explode` of its parameter say;
 * `undefined` where each entry is sent under the parameter's name, or where a list cannot be sent.
 */
export function delimiterOf({
	in: place,
	style,
	explode,
	content,
}: WireObject): string | undefined {
	if (content !== undefined) return undefined;
	if (place === 'path') return (style ?? 'simple') === 'simple' ? ',' : undefined;
	const named = style ?? 'form';
	const isExploded = explode === true || (explode !== false && named === 'form');
	return isExploded ? undefined : DELIMITERS.get(named);
}
