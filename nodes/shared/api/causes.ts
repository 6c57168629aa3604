const MOST_CAUSES = 4;

/** An error and what it was wrapped around, from the outside in. */
export function causes(error: unknown): unknown[] {
	const chain: unknown[] = [];
	for (
		let current = error;
		current !== undefined && chain.length < MOST_CAUSES;
		current = property(current, 'cause')
	)
		chain.push(current);
	return chain;
}

/** An own property of a value that may be anything; its getters are not called. */
export function property(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null
		? Object.getOwnPropertyDescriptor(value, name)?.value
		: undefined;
}
