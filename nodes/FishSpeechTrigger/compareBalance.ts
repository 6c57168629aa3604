/**
 * Whether a balance is below its minimum, and whether it has just fallen below it. The first look only finds out where it
 * stands: a balance that was low before the workflow was activated is nothing new.
 */
export function compareBalance(
	wasBelow: boolean | undefined,
	balance: number,
	minimum: number,
): { readonly isBelow: boolean; readonly hasFallen: boolean } {
	const isBelow = balance < minimum;
	return { isBelow, hasFallen: isBelow && wasBelow === false };
}
