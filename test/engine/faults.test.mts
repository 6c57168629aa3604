import { describe, expect, it } from 'vitest';
import { allPairs, slice } from '../faults/cases.mts';
import { describeReport, runMatrix } from '../faults/matrix.mts';

/** Of the cases that bring all pairs together, one in so many; `npm run test:faults` runs them all. */
const ONE_IN = 7;
/** Only for a machine that stands still: a case that hangs ends by a limit of its own. */
const TIMEOUT_MS = 900_000;

describe('the fault matrix', () => {
	it('holds all six invariants in a slice of it', { timeout: TIMEOUT_MS }, async () => {
		const report = await runMatrix(slice(allPairs(), ONE_IN));
		console.log(describeReport(report));
		expect(report.broken).toEqual([]);
	});
});
