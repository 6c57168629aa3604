import type { z } from 'zod/v4';
import type { FaultRule } from '../sandbox/faults.mts';
import type { RunResult } from '../support/engine/index.mts';
import { startLab, type Lab } from '../support/lab/index.mts';
import { FAULTS } from './faults.mts';
import { brokenInvariants, unknownItems } from './invariants.mts';
import type { FaultedOperation, Prepared } from './phases.mts';
import { Random } from './random.mts';

const ITEMS = 200;
/** Of every call, whatever it asks for. */
const FAULT_RATE = 0.1;
const KINDS_AT_A_TIME = 20;
/** n8n's own limit of Max Tries. */
const MOST_TRIES = 5;
const MOST_RETRIES = 150;
const TURNED_AWAY_MS = 6 * 60_000;

export interface WalkReport {
	readonly seed: number;
	readonly executions: number;
	readonly requests: number;
	readonly faults: number;
	readonly bought: number;
	readonly broken: readonly string[];
}

/**
 * Runs 200 items while one call in ten goes wrong in some way, with Retry On Fail, and presses Retry until all is done.
 */
export async function randomWalk(operation: FaultedOperation, seed: number): Promise<WalkReport> {
	const random = new Random(seed);
	const lab = await startLab();
	try {
		lab.control.configure({ jobDurationMs: 1_500 });
		const prepared = await operation.prepare(lab, ITEMS);
		const before = {
			requests: lab.control.requests().length,
			charges: lab.control.charges().length,
		};
		lab.control.addFaults(...someFaults(random));
		const broken: string[] = [];
		// What was lost without the service's word may be bought again, once the user has been told and presses Retry.
		const told = new Map<number, number>();
		let executions = 0;
		let result: RunResult | undefined;
		do {
			// After a wait that is too long for a node, the account's calls are turned away for five minutes.
			if (result !== undefined) lab.clock?.skip(TURNED_AWAY_MS);
			result =
				result === undefined
					? await lab.run(operation.node, operation.parameters, {
							items: prepared.map(({ item }) => item),
							settings: { retryOnFail: true, maxTries: MOST_TRIES },
						})
					: await lab.engine.retry(result);
			executions++;
			broken.push(...boughtTooOften(lab, prepared, before.charges, told));
			for (const index of unknownItems(result)) told.set(index, (told.get(index) ?? 0) + 1);
			const problems = await brokenInvariants({
				lab,
				result,
				prepared,
				before,
				// Counted item by item above.
				alreadyUnknown: Number.POSITIVE_INFINITY,
				fault: { name: 'anything', do: { kind: 'reset' }, shortens: true },
				methodClass: classOfFailure(result),
				operation,
			});
			broken.push(...problems.map((problem) => `execution ${executions}: ${problem}`));
		} while (result.status === 'error' && executions < MOST_RETRIES && broken.length === 0);
		if (result.status !== 'success') broken.push(`ended as ${result.status}`);
		const faults = lab.control.faults().reduce((sum, { fired }) => sum + fired, 0);
		return {
			seed,
			executions,
			requests: lab.control.requests().length,
			faults,
			bought: lab.control.charges().length - before.charges,
			broken,
		};
	} finally {
		await lab.close();
	}
}

/** Rules that together spoil one call in ten. */
export function someFaults(random: Random): Array<z.input<typeof FaultRule>> {
	const probability = 1 - (1 - FAULT_RATE) ** (1 / KINDS_AT_A_TIME);
	// A refusal of connections lasts in real time and would spoil more than its share; shortened files cannot be told.
	const possible = FAULTS.filter(({ lastsMs, shortens }) => lastsMs === undefined && !shortens);
	return Array.from({ length: KINDS_AT_A_TIME }, () => ({
		match: { probability, seed: random.below(2 ** 31) },
		do: random.pick(possible).do,
	}));
}

function boughtTooOften(
	lab: Lab,
	prepared: readonly Prepared[],
	from: number,
	told: ReadonlyMap<number, number>,
): string[] {
	const charges = lab.control.charges().slice(from);
	return prepared.flatMap(({ subject }, index) => {
		const bought = charges.filter((charge) => charge.subject === subject).length;
		const allowed = 1 + (told.get(index) ?? 0);
		return bought > allowed ? [`item ${index} was bought ${bought} times, ${allowed} allowed`] : [];
	});
}

/** Which call failed is not known beforehand here; what is known of a job failed later than its create. */
function classOfFailure({ error }: RunResult): 'create' | 'read' {
	const details = error?.context?.details;
	const isOfCreate =
		typeof details === 'object' && details !== null && !('jobId' in details && details.jobId);
	return isOfCreate ? 'create' : 'read';
}

export function describeWalk({ seed, executions, requests, faults, bought }: WalkReport): string {
	return `seed ${seed}: ${executions} executions, ${requests} requests, ${faults} of them spoilt, ${bought} bought for ${ITEMS} items`;
}
