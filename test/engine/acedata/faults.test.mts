import { describe, expect, it } from 'vitest';
import { ACEDATA_OPERATIONS } from '../../faults/aceDataOperations.mts';
import { allPairs, slice } from '../../faults/cases.mts';
import { describeReport, runMatrix } from '../../faults/matrix.mts';
import { ACEDATA_NODE, useLab } from '../../support/lab/index.mts';

/** Of the cases that bring all pairs together, one in so many; `npm run test:faults` runs them all. */
const ONE_IN = 12;
/** Only for a machine that stands still: a case that hangs ends by a limit of its own. */
const TIMEOUT_MS = 900_000;

describe('the fault matrix of the second package', () => {
	it('holds all six invariants in a slice of it', { timeout: TIMEOUT_MS }, async () => {
		const cases = slice(allPairs(ACEDATA_OPERATIONS), ONE_IN);
		const report = await runMatrix(cases, { service: 'aceData' });
		console.log(describeReport(report));
		expect(report.broken).toEqual([]);
	});
});

describe('the operations of the second package', () => {
	const lab = useLab({ service: 'aceData' });

	it('all go through the fault matrix', () => {
		const node = lab.engine.loader.types.nodes.find(({ name }) => name === ACEDATA_NODE);
		const operation = node?.properties.find(({ name }) => name === 'operation');
		const known = operation?.options?.flatMap((option) =>
			'value' in option ? [option.value] : [],
		);
		const covered = ACEDATA_OPERATIONS.map(({ parameters }) => parameters.operation);
		expect([...new Set(covered)].sort()).toEqual(known?.sort());
	});
});
