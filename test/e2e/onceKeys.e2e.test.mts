import { describe, expect, it } from 'vitest';

import { outputOf } from './host/execution.mts';
import { chain, itemsOfWebhook, webhookTrigger } from './host/workflow.mts';
import { fishSpeechNode, synthesis } from './support/nodes.mts';
import { useLab } from './support/useLab.mts';

const KEYS = 100;
const EXECUTIONS = 4;
const SEVERAL_EXECUTIONS_MS = 180_000;

describe('executions that overlap', { timeout: SEVERAL_EXECUTIONS_MS }, () => {
	const lab = useLab();

	/** Starts an execution for each list of keys, all at once, and waits until they have ended. */
	async function executions(path: string, lists: ReadonlyArray<readonly string[]>) {
		const { client, credentials } = lab;
		const parameters = synthesis('={{ $json.key }}', {
			delivery: 'url',
			options: { onceKey: '={{ $json.key }}', concurrency: 10 },
		});
		const workflow = await lab.activate(
			chain('Once', [
				webhookTrigger(path),
				itemsOfWebhook(),
				fishSpeechNode('Speak', 'fishSpeechTextToSpeech', parameters, { credentials }),
			]),
		);
		const run = async (keys: ReadonlyArray<readonly string[]>) => {
			const bodies = keys.map((list) => ({ items: list.map((key) => ({ key })) }));
			const ids = await client.startSeveralByWebhook(workflow, path, bodies);
			return await Promise.all(ids.map(async (id) => await client.endOf(id)));
		};
		return { ended: await run(lists), again: async () => await run([lists.flat()]) };
	}

	const bought = () => lab.sandbox.control.charges().map(({ subject }) => subject);
	const keysOf = (name: string, count: number) =>
		Array.from({ length: count }, (_, index) => `${name} number ${index}`);
	const skippedIn = (execution: Parameters<typeof outputOf>[0]) =>
		outputOf(execution, 'Speak').filter(({ json }) => json['skipped'] === true).length;

	it('buy the same keys once', async () => {
		const keys = keysOf('shared', KEYS);
		const { ended } = await executions('once-same', Array(EXECUTIONS).fill(keys));
		expect(ended.map(({ status }) => status)).toEqual(Array(EXECUTIONS).fill('success'));
		expect(bought().sort()).toEqual([...keys].sort());
		const skipped = ended.map(skippedIn).reduce((sum, count) => sum + count, 0);
		expect(skipped).toBe((EXECUTIONS - 1) * KEYS);
	});

	it('forget none of different keys, the first ever of their node', async () => {
		const lists = Array.from({ length: EXECUTIONS }, (_, index) => keysOf(`own ${index}`, KEYS));
		const { ended, again } = await executions('once-different', lists);
		expect(ended.map(({ status }) => status)).toEqual(Array(EXECUTIONS).fill('success'));
		expect(bought().sort()).toEqual(lists.flat().sort());
		const [later] = await again();
		expect(later && skippedIn(later)).toBe(EXECUTIONS * KEYS);
		expect(bought()).toHaveLength(EXECUTIONS * KEYS);
	});
});
