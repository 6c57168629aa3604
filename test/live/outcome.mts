import type { Evidence } from './evidence.mts';
import { fieldNames } from './exchange.mts';
import type { SchemaComparison } from './schema.mts';
import { PAID } from './statements/paid.mts';
import { READS } from './statements/reads.mts';
import { comparisonOf, schemaStatements } from './statements/schema.mts';
import type { Statement } from './statements/statement.mts';
import { UNTRIED } from './statements/untried.mts';
import { UNKNOWNS } from './unknowns.mts';

export interface StatementOutcome extends Omit<Statement, 'check'> {
	readonly outcome: 'held' | 'differs' | 'not tried';
	/** What was seen, or why it was not tried. */
	readonly seen?: string;
}

export interface UnknownOutcome {
	readonly id: string;
	readonly section: string;
	readonly question: string;
	readonly learned: string;
}

/** An exchange as a report may show it: names, no values. */
export interface ShownExchange {
	readonly step: string;
	readonly endpoint: string;
	readonly status: number;
	readonly headers: readonly string[];
	readonly fields: readonly string[];
}

export interface Report {
	readonly startedAt: string;
	readonly paid: boolean;
	/** Credits and API quota by which the balances fell; absent when unreadable. */
	readonly spent?: number;
	readonly ended: string;
	readonly statements: readonly StatementOutcome[];
	readonly unknowns: readonly UnknownOutcome[];
	readonly schema: SchemaComparison | undefined;
	readonly exchanges: readonly ShownExchange[];
}

export function allStatements(basePath: string): Statement[] {
	return [...READS, ...schemaStatements(basePath), ...PAID, ...UNTRIED];
}

/** Holds all statements against what was seen. `skipped` says why a step was not made. */
export function judge(
	evidence: Evidence,
	basePath: string,
	skipped: ReadonlyMap<string, string>,
): Pick<Report, 'statements' | 'unknowns' | 'schema' | 'exchanges'> {
	return {
		statements: allStatements(basePath).map(({ check, ...about }) => {
			const verdict = check(evidence);
			if (verdict === undefined)
				return { ...about, outcome: 'not tried', seen: whyNot(about, skipped) };
			return verdict.held
				? { ...about, outcome: 'held' }
				: { ...about, outcome: 'differs', seen: verdict.seen };
		}),
		unknowns: UNKNOWNS.map(({ learned, ...about }) => ({
			...about,
			learned: learned(evidence) ?? 'nothing',
		})),
		schema: comparisonOf(evidence, basePath),
		exchanges: evidence.exchanges.map(({ step, endpoint, status, headers, json }) => ({
			step,
			endpoint,
			status,
			headers: Object.keys(headers).sort(),
			fields: fieldNames(json),
		})),
	};
}

function whyNot(
	{ step, how }: Pick<Statement, 'step' | 'how'>,
	skipped: ReadonlyMap<string, string>,
): string {
	if (step === 'none') return how;
	return skipped.get(step) ?? 'the answer had nothing to see it by';
}
