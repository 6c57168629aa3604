import type { NodeSettings } from '../support/engine/index.mts';
import { FAULTS, type Fault } from './faults.mts';
import { OPERATIONS } from './operations.mts';
import type { FaultedOperation, Phase } from './phases.mts';

export interface Setting {
	readonly name: string;
	readonly settings: NodeSettings;
}

/** What the user has set on the node. */
export const SETTINGS: readonly Setting[] = [
	{ name: 'stop', settings: {} },
	{ name: 'continue', settings: { onError: 'continueRegularOutput' } },
	{ name: 'error output', settings: { onError: 'continueErrorOutput' } },
	{ name: 'retry on fail', settings: { retryOnFail: true, maxTries: 3 } },
];

/** Whether the service recovers after one bad call, or only after the run. */
export const PERSISTENCE = [1, 'always'] as const;

export interface FaultCase {
	readonly name: string;
	readonly operation: FaultedOperation;
	readonly phase: Phase;
	readonly fault: Fault;
	readonly setting: Setting;
	readonly times: (typeof PERSISTENCE)[number];
}

interface Spot {
	readonly operation: FaultedOperation;
	readonly phase: Phase;
}

function spots(operations: readonly FaultedOperation[]): Spot[] {
	return operations.flatMap((operation) => operation.phases.map((phase) => ({ operation, phase })));
}

function faultCase(
	{ operation, phase }: Spot,
	fault: Fault,
	setting: Setting,
	times: FaultCase['times'],
): FaultCase {
	const name = `${operation.name}, ${phase.when} (${phase.endpoint}): ${fault.name}, ${times === 1 ? 'once' : 'always'}, node set to ${setting.name}`;
	return { name, operation, phase, fault, setting, times };
}

/**
 * Every fault at every spot, with setting and persistence turning so that every pair of values of any two of the four
 * dimensions meets.
 */
export function allPairs(operations: readonly FaultedOperation[] = OPERATIONS): FaultCase[] {
	return spots(operations).flatMap((spot, i) =>
		FAULTS.map((fault, j) => {
			const setting = at(SETTINGS, i + j);
			// Turns once for each round of the settings, so that it does not go along with them.
			const times = at(
				PERSISTENCE,
				Math.floor(i / SETTINGS.length) + Math.floor(j / SETTINGS.length),
			);
			return faultCase(spot, fault, setting, times);
		}),
	);
}

/** All pairs, and every combination where a fault meets a call that is paid for. */
export function wholeMatrix(operations: readonly FaultedOperation[] = OPERATIONS): FaultCase[] {
	const creates = spots(operations)
		.filter(({ phase }) => phase.methodClass === 'create')
		.flatMap((spot) =>
			FAULTS.flatMap((fault) =>
				SETTINGS.flatMap((setting) =>
					PERSISTENCE.map((times) => faultCase(spot, fault, setting, times)),
				),
			),
		);
	const all = [...allPairs(operations), ...creates];
	return [...new Map(all.map((one) => [one.name, one])).values()];
}

/** One in `step` cases, shifted from spot to spot so that all operations, faults and settings are among them. */
export function slice(cases: readonly FaultCase[], step: number, offset = 0): FaultCase[] {
	return cases.filter(
		(_case, index) => (index + Math.floor(index / FAULTS.length)) % step === offset,
	);
}

function at<T>(list: readonly T[], index: number): T {
	const found = list[index % list.length];
	if (found === undefined) throw new RangeError('an empty list');
	return found;
}
