import type { ValueProblem } from './valueProblems';

/** What one of several forms says about a value. */
export interface Form {
	/** Absent where the value fits. */
	readonly problem: ValueProblem | undefined;
	/** Whether it fits or not whatever the keywords say that are not checked. A problem is always certain. */
	readonly isCertain: boolean;
}

/** Whether there are forms, and none of them fits. */
export function fitNone(forms: readonly Form[]): boolean {
	return forms.length > 0 && forms.every(({ problem }) => problem !== undefined);
}

export function fitsCertainly({ problem, isCertain }: Form): boolean {
	return problem === undefined && isCertain;
}

/** If no form fits, the problem of the closest one. */
export function closest(forms: readonly Form[], at: string): ValueProblem {
	const problems = forms.flatMap(({ problem }) => problem ?? []);
	const [only, ...others] = problems;
	if (only !== undefined && others.length === 0) return only;
	const deepest = problems.find((problem) => problem.at.length > at.length);
	return (
		deepest ?? {
			at,
			found: 'fits none of its forms',
			accepted: 'a value of one of the forms that the schema lists',
		}
	);
}
