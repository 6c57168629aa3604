import { expect } from 'vitest';

import { outputOf } from '../../e2e/host/execution.mts';
import { synthesis } from '../../e2e/support/nodes.mts';
import { Barrier } from './barrier.mts';
import { type QueueLab, TESTED, activateBatch, boughtOf } from './queueLab.mts';

/** Create Job for each item's `text` under its `key`, without waiting. */
export const KEYED_JOBS = synthesis('={{ $json.text }}', {
	operation: 'createJob',
	waitForCompletion: false,
	options: { onceKey: '={{ $json.key }}', concurrency: 20 },
});

export interface KeyedRow {
	readonly key: string;
	readonly text: string;
}

export function keyedRows(count: number, prefix = 'row'): KeyedRow[] {
	return Array.from({ length: count }, (_, index) => {
		return { key: `${prefix}-${index}`, text: `Text of ${prefix} ${index}.` };
	});
}

/**
 * Runs `executions` of one node at the same time over windows of the rows, so that each row stands in two of them, and
 * then one more over all rows. Expects each row to be bought once, and to be skipped in the end.
 */
export async function expectOverlapToBuyOnce(
	lab: QueueLab,
	{ keys, executions }: { readonly keys: number; readonly executions: number },
): Promise<void> {
	const rows = keyedRows(keys, `overlap${keys}`);
	const share = keys / executions;
	// Without it the claims of one execution may be over before the next one has started.
	await using barrier = await Barrier.start(executions);
	const node = 'fishSpeechTextToSpeech';
	const workflow = await activateBatch(lab, `overlap-${keys}`, node, KEYED_JOBS, [barrier.node]);
	// The last window is the last share and the first one.
	const around = [...rows, ...rows];
	const windows = Array.from({ length: executions }, (_, index) =>
		around.slice(index * share, (index + 2) * share),
	);
	const ended = await workflow.run(...windows);
	expect(ended.map(({ status }) => status)).toEqual(windows.map(() => 'success'));
	expect(Math.min(...(await lab.server.shares(ended.map(({ id }) => id))))).toBeGreaterThan(0);
	const texts = rows.map(({ text }) => text).sort();
	expect(boughtOf(lab).sort()).toEqual(texts);

	const [again] = await workflow.run(rows);
	if (again === undefined) throw new Error('The last execution is missing');
	const skipped = rows.map(({ key }) => ({ skipped: true, onceKey: key }));
	expect(outputOf(again, TESTED).map(({ json }) => json)).toEqual(skipped);
	expect(boughtOf(lab)).toHaveLength(keys);
}
