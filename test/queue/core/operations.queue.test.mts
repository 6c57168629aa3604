import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';

import {
	OPERATION_CASES,
	expectCaseToWork,
	nameOfCase,
} from '../../e2e/support/operationCases.mts';
import { type QueueLab, startQueueLab } from '../support/queueLab.mts';

describe('each operation on a worker', () => {
	let lab: QueueLab;

	beforeAll(async () => {
		lab = await startQueueLab();
	});

	beforeEach(async () => await lab.sandbox.control.reset());

	afterAll(async () => await lab?.[Symbol.asyncDispose]());

	for (const operation of OPERATION_CASES) {
		it(nameOfCase(operation), async () => await expectCaseToWork(lab, operation));
	}
});
