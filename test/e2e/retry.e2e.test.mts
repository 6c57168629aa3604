import { describe, expect, it } from 'vitest';

import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { decodeMp3 } from '../support/audio.mts';
import { outputOf } from './host/execution.mts';
import { chain, itemsOfWebhook, manualTrigger, webhookTrigger } from './host/workflow.mts';
import { fishSpeechNode, synthesis } from './support/nodes.mts';
import { useLab } from './support/useLab.mts';

const TEXTS = ['One of four.', 'Two of four.', 'Three of four.', 'Four of four.'];

describe('trying again', () => {
	const lab = useLab();

	/** What was bought, in the order of buying. */
	function bought(): string[] {
		return lab.sandbox.control.charges().map(({ subject }) => subject);
	}

	it.each([
		['synthesize', ENDPOINTS.synthesize],
		['createJob', ENDPOINTS.createSpeechJob],
	])('buys nothing twice when a failed %s batch is retried', async (operation, endpoint) => {
		const { client, sandbox, credentials } = lab;
		// Refused without a charge, after which Retry finds the account mended.
		sandbox.control.addFaults({
			match: { path: endpoint, body: 'Three of four', times: 'always' },
			do: { kind: 'status', status: 402, code: 'insufficient_credits' },
		});
		const parameters = synthesis('={{ $json.text }}', {
			operation,
			options: { concurrency: 2, ...(operation === 'createJob' && { initialPollSeconds: 0.1 }) },
		});
		const path = `retry-${operation}`;
		const workflow = await lab.activate(
			chain('Retry', [
				webhookTrigger(path),
				itemsOfWebhook(),
				fishSpeechNode('Speak', 'fishSpeechTextToSpeech', parameters, { credentials }),
			]),
		);
		const items = TEXTS.map((text) => ({ text }));
		const failed = await client.endOf(await client.startByWebhook(workflow, path, { items }));
		expect(failed.status).toBe('error');
		expect(failed.mode).toBe('webhook');
		expect(failed.data.resultData.error?.description).toMatch(/of 4 items are done and kept/);
		const before = bought();
		expect(before.length).toBeGreaterThan(0);

		sandbox.control.clearFaults();
		const retried = await client.retry(failed);
		expect(retried.status).toBe('success');
		expect(bought().sort()).toEqual([...TEXTS].sort());

		// n8n deletes an execution's files with it; those of the retry must not be among them.
		await client.deleteExecution(failed);
		const rows = outputOf(retried, 'Speak');
		expect(rows).toHaveLength(TEXTS.length);
		for (const [index, { binary }] of rows.entries()) {
			const file = binary?.['data'];
			if (file === undefined) throw new Error(`Row ${index} has no audio`);
			const audio = await client.binary(file);
			const text = TEXTS[index] ?? '';
			const expected = await sandbox.control.audio({ text, voiceId: 'voice_anna' });
			expect(audio.equals(expected.bytes)).toBe(true);
			expect((await decodeMp3(audio)).problems).toEqual([]);
		}
	});

	it('sends one request in all when Retry On Fail meets a failure that stays', async () => {
		const { sandbox, credentials } = lab;
		sandbox.control.addFaults({
			match: { path: ENDPOINTS.synthesize, times: 'always' },
			do: { kind: 'status', status: 400, code: 'invalid_request' },
		});
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		const speak = fishSpeechNode('Speak', 'fishSpeechTextToSpeech', synthesis('Refused.'), {
			...settings,
			credentials,
		});
		const execution = await lab.run(chain('Retry On Fail', [manualTrigger(), speak]));
		expect(execution.status).toBe('error');
		expect(sandbox.control.requests().map(({ endpoint }) => endpoint)).toEqual([
			ENDPOINTS.synthesize,
		]);
	});
});
