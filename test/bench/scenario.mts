import type { Figure } from './report.mts';

export interface ScenarioOptions {
	readonly rounds: number;
}

/** One row of the benchmark: runs in a process of its own, which has `gc` and trusts the bench's certificate. */
export interface Scenario {
	readonly name: string;
	/** Runs only when it is named or everything is asked for. */
	readonly isOptional?: boolean;
	run(options: ScenarioOptions): Promise<readonly Figure[]>;
}
