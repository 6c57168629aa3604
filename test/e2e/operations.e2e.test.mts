import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Lab } from './support/lab.mts';
import { publishedOperations } from './support/manifest.mts';
import { OPERATION_CASES, expectCaseToWork, nameOfCase } from './support/operationCases.mts';
import { startLab } from './support/startLab.mts';

describe('each operation in a workflow', () => {
	let lab: Lab;

	beforeAll(async () => {
		lab = await startLab();
	});

	beforeEach(async () => await lab.sandbox.control.reset());

	afterAll(async () => await lab?.[Symbol.asyncDispose]());

	it('is in the table of this suite', async () => {
		const tested = new Set(OPERATION_CASES.map(({ node, operation }) => `${node}.${operation}`));
		expect([...tested].sort()).toEqual([...(await publishedOperations())].sort());
	});

	for (const operation of OPERATION_CASES) {
		it(nameOfCase(operation), async () => await expectCaseToWork(lab, operation));
	}
});
