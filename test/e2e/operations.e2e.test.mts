import { describe, expect, it } from 'vitest';

import { packageOperations } from '../support/packageOperations.mts';
import { OPERATION_CASES, expectCaseToWork, nameOfCase } from './support/operationCases.mts';
import { useLab } from './support/useLab.mts';

describe('each operation in a workflow', () => {
	const lab = useLab();

	it('is in the table of this suite', () => {
		const tested = new Set(OPERATION_CASES.map(({ node, operation }) => `${node}.${operation}`));
		expect([...tested].sort()).toEqual(packageOperations());
	});

	for (const operation of OPERATION_CASES) {
		it(nameOfCase(operation), async () => await expectCaseToWork(lab, operation));
	}
});
