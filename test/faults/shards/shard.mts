import { expect, it } from 'vitest';
import { slice, wholeMatrix } from '../cases.mts';
import { describeReport, runMatrix } from '../matrix.mts';

const SHARDS = 2;

/** The cases of one process. */
export function testShard(shard: number): void {
	it(`the fault matrix holds all six invariants, part ${shard + 1} of ${SHARDS}`, async () => {
		const report = await runMatrix(slice(wholeMatrix(), SHARDS, shard));
		console.log(describeReport(report));
		expect(report.broken).toEqual([]);
	});
}
