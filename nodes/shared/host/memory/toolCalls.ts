import type { IContextObject, IDataObject } from 'n8n-workflow';

const contexts = new WeakMap<IDataObject, IContextObject>();

/**
 * What is remembered of one call of a tool by its agent, for as long as the call lasts. n8n counts each of its tries at
 * the call as a run of its own, or has no execution at all; but it hands the very same input to all of them, and
 * another one to each call.
 */
export function contextOfCall(input: IDataObject): IContextObject {
	const known = contexts.get(input) ?? {};
	contexts.set(input, known);
	return known;
}
