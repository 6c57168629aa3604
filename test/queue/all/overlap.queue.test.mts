import { afterAll, beforeAll, describe, it } from 'vitest';

import { expectOverlapToBuyOnce } from '../support/onceKeys.mts';
import { type QueueLab, startQueueLab } from '../support/queueLab.mts';

const TEST_TIMEOUT_MS = 600_000;

describe('many once keys', () => {
	let lab: QueueLab;

	beforeAll(async () => {
		// No worker can take all eight executions.
		lab = await startQueueLab({ workerConcurrency: 4 });
	});

	afterAll(async () => await lab?.[Symbol.asyncDispose]());

	it(
		'are bought once and not forgotten when eight executions on two workers claim 2,000',
		async () => {
			await expectOverlapToBuyOnce(lab, { keys: 2_000, executions: 8 });
		},
		TEST_TIMEOUT_MS,
	);
});
