import type { Evidence } from '../evidence.mts';

/** What became of a statement; absent when there was nothing to see. */
export type Verdict = { readonly held: true } | { readonly held: false; readonly seen: string };

/** One sentence of docs/api-contract.md that a run can hold against the service. */
export interface Statement {
	/** Such as `2.profile.credits`. */
	readonly id: string;
	/** Of the contract. */
	readonly section: string;
	readonly statement: string;
	/** The step that tries it; `none` when no step of this tool may. */
	readonly step: string;
	/** How it is tried, or why it is not. */
	readonly how: string;
	/** What to read and change when it differs. */
	readonly rule: string;
	readonly file: string;
	check(evidence: Evidence): Verdict | undefined;
}

export const held: Verdict = { held: true };

export function differs(seen: string): Verdict {
	return { held: false, seen };
}
