import { setTimeout as delay } from 'node:timers/promises';
import type { RunResult } from '../support/engine/index.mts';
import { startLab, type Lab, type LabOptions } from '../support/lab/index.mts';
import type { FaultCase } from './cases.mts';
import {
	brokenInvariants,
	failuresOf,
	INVARIANTS,
	unknownItems,
	type Observation,
} from './invariants.mts';

const ITEMS = 4;
/** Real time; every wait of the package is jumped over, so that only a hang takes so long. */
const LONGEST_CASE_MS = 20_000;
/** Who presses Retry does so later: by then, an account that was asked to stay away may ask again. */
const BEFORE_RETRY_MS = 6 * 60_000;

export interface MatrixReport {
	readonly cases: number;
	/** Executions: the first of each case and its Retry. */
	readonly runs: number;
	readonly invariantsChecked: number;
	/** One line for each broken promise. */
	readonly broken: readonly string[];
	readonly seconds: number;
}

/** Runs the cases one after the other in n8n's engine against a sandbox of their own. */
export async function runMatrix(
	cases: readonly FaultCase[],
	options: Pick<LabOptions, 'service'> = {},
): Promise<MatrixReport> {
	const startedAt = performance.now();
	const lab = await startLab(options);
	await lab.engine.serveInstance();
	let runs = 0;
	const broken: string[] = [];
	try {
		for (const one of cases) {
			const outcome = await runCase(lab, one);
			runs += outcome.runs;
			broken.push(...outcome.broken.map((problem) => `${one.name}\n    ${problem}`));
			if (outcome.hangs) break;
		}
	} finally {
		await lab.close();
	}
	const seconds = (performance.now() - startedAt) / 1_000;
	return {
		cases: cases.length,
		runs,
		invariantsChecked: runs * INVARIANTS.length,
		broken,
		seconds,
	};
}

export function describeReport({
	cases,
	runs,
	invariantsChecked,
	broken,
	seconds,
}: MatrixReport): string {
	return `Fault matrix: ${cases} cases, ${runs} executions, ${invariantsChecked} invariants checked, ${broken.length} broken, ${seconds.toFixed(0)} s.`;
}

interface CaseOutcome {
	readonly runs: number;
	readonly broken: readonly string[];
	/** Nothing can be said about what comes after a hang in the same process. */
	readonly hangs: boolean;
}

async function runCase(lab: Lab, one: FaultCase): Promise<CaseOutcome> {
	const { operation, phase, fault, setting, times } = one;
	await lab.reset();
	lab.control.configure({ jobDurationMs: 1_500, jobShape: operation.jobShape });
	const prepared = await operation.prepare(lab, ITEMS);
	const { endpoint: path, nth } = phase;
	lab.control.addFaults({ match: { path, nth, times }, do: fault.do });

	const observe = async (
		result: RunResult,
		alreadyUnknown: number,
		before: Observation['before'],
	) =>
		await brokenInvariants({
			lab,
			result,
			prepared,
			before,
			fault,
			methodClass: phase.methodClass,
			alreadyUnknown,
			operation,
		});
	const before = {
		requests: lab.control.requests().length,
		charges: lab.control.charges().length,
	};
	const items = prepared.map(({ item }) => item);
	const { settings } = setting;
	const first = await inTime(lab.run(operation.node, operation.parameters, { items, settings }));
	if (first === 'hangs') return { runs: 1, broken: [INVARIANTS[5]], hangs: true };
	// Until then the service is not well enough for another run, be it this case's or the next one's.
	if (fault.lastsMs !== undefined) await delay(fault.lastsMs);
	const broken = await observe(first, 0, before);
	if (first.status !== 'error') return { runs: 1, broken, hangs: false };

	lab.control.clearFaults();
	lab.clock?.skip(BEFORE_RETRY_MS);
	const unknown = unknownItems(first).length;
	const second = await inTime(lab.engine.retry(first));
	if (second === 'hangs') return { runs: 2, broken: [...broken, INVARIANTS[5]], hangs: true };
	broken.push(...(await observe(second, unknown, before)));
	const isGone =
		phase.methodClass === 'delete' &&
		failuresOf(second).every(({ details }) => details.reason === 'notFound');
	if (second.status !== 'success' && !isGone)
		broken.push(`Retry did not succeed: ${second.error?.message ?? second.status}`);
	return { runs: 2, broken, hangs: false };
}

async function inTime<T>(run: Promise<T>): Promise<T | 'hangs'> {
	const settled = new AbortController();
	const limit = delay(LONGEST_CASE_MS, 'hangs' as const, { signal: settled.signal }).catch(
		() => 'hangs' as const,
	);
	try {
		return await Promise.race([run, limit]);
	} finally {
		settled.abort();
	}
}
