const MOST_SHOWN = 10;

/** Problems as one clause that completes `Parameter "Lines" …`. */
export function listProblems(problems: readonly string[]): string {
	const shown = problems.slice(0, MOST_SHOWN).join('; ');
	const more = problems.length - MOST_SHOWN;
	return more > 0 ? `${shown}; and ${more} more` : shown;
}
