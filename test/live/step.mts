import type { Stage } from './stage.mts';

export const STEP_NAMES = [
	'profile',
	'voices',
	'lipSyncList',
	'schema',
	'wrongToken',
	'unknownJob',
	'unknownLipSyncJob',
	'speech',
	'cached',
	'job',
	'transcription',
	'voice',
	'lipSync',
	'idempotency',
] as const;

export type StepName = (typeof STEP_NAMES)[number];

export interface Step {
	readonly name: StepName;
	readonly kind: 'read' | 'paid' | 'lipSync' | 'idempotency';
	/** What it sends, for the announcement. */
	readonly what: string;
	readonly cost: string;
	/** False when something that it needs is missing. */
	run(stage: Stage): Promise<boolean>;
}
