import { describe, expect, it } from 'vitest';
import { allPairs, slice } from '../faults/cases.mts';
import { describeReport, runMatrix } from '../faults/matrix.mts';

/** Of the cases that bring all pairs together, one in so many; `npm run test:faults` runs them all. */
const ONE_IN = 7;

describe('the fault matrix', () => {
	it('holds all six invariants in a slice of it', { timeout: 300_000 }, async () => {
		const report = await runMatrix(slice(allPairs(), ONE_IN));
		console.log(describeReport(report));
		expect(report.broken).toEqual([]);
	});
});
