import { expect, it } from 'vitest';
import { ACEDATA_OPERATIONS } from '../aceDataOperations.mts';
import { wholeMatrix } from '../cases.mts';
import { describeReport, runMatrix } from '../matrix.mts';

it('the fault matrix of the second package holds all six invariants', async () => {
	const report = await runMatrix(wholeMatrix(ACEDATA_OPERATIONS), { service: 'aceData' });
	console.log(describeReport(report));
	expect(report.broken).toEqual([]);
});
