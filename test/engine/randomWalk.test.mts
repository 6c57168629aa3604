import { expect, it } from 'vitest';
import { operationCalled } from '../faults/operations.mts';
import { newSeed } from '../faults/random.mts';
import { describeWalk, randomWalk } from '../faults/walk.mts';

const walked = ['synthesize as a file', 'createJob and wait'].map(operationCalled);

it.each(walked)(
	'$name gets 200 items done, none bought twice, while one call in ten goes wrong',
	{ timeout: 180_000 },
	async (operation) => {
		const seed = newSeed();
		const report = await randomWalk(operation, seed);
		console.log(`${operation.name}, ${describeWalk(report)}`);
		expect(report.broken, `FAULTS_SEED=${seed}`).toEqual([]);
	},
);
