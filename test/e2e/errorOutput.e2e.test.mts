import { describe, expect, it } from 'vitest';

import { outputOf } from './host/execution.mts';
import { chain, connect, manualTrigger, node } from './host/workflow.mts';
import { fishSpeechNode, fixedJson, splitOut, synthesis } from './support/nodes.mts';
import { useLab } from './support/useLab.mts';

describe('Continue (using error output)', () => {
	const lab = useLab();

	async function speak(items: ReadonlyArray<{ text: string; voice?: string }>) {
		const parameters = synthesis('={{ $json.text }}', {
			voiceId: { __rl: true, mode: 'id', value: '={{ $json.voice || "voice_anna" }}' },
		});
		const more = { onError: 'continueErrorOutput', credentials: lab.credentials } as const;
		const workflow = chain('Error output', [
			manualTrigger(),
			fixedJson('List', { items }),
			splitOut('Items', 'items'),
			fishSpeechNode('Speak', 'fishSpeechTextToSpeech', parameters, more),
			node('Good', 'n8n-nodes-base.noOp'),
		]);
		workflow.nodes.push(node('Bad', 'n8n-nodes-base.noOp', {}, { position: [880, 200] }));
		connect(workflow.connections, 'Speak', 'Bad', { output: 1 });
		return await lab.run(workflow);
	}

	it('sends failed items with what to do and all details to the error branch, the others on', async () => {
		const execution = await speak([
			{ text: 'First of three.' },
			{ text: 'Nobody has this voice.', voice: 'voice_nobody' },
			{ text: 'Third of three.' },
		]);
		expect(execution.status).toBe('success');

		const good = outputOf(execution, 'Good');
		expect(good.map(({ json }) => json['voiceId'])).toEqual(['voice_anna', 'voice_anna']);
		expect(good.every(({ binary }) => binary?.['data']?.mimeType === 'audio/mpeg')).toBe(true);
		expect(good.every(({ json }) => !('error' in json))).toBe(true);

		const bad = outputOf(execution, 'Bad');
		expect(bad).toHaveLength(1);
		expect(bad[0]?.json).toMatchObject({
			// n8n puts the input item's fields to the failure.
			text: 'Nobody has this voice.',
			error: expect.stringContaining('404'),
			message: expect.stringMatching(/\S/),
			details: {
				kind: 'terminal',
				reason: 'notFound',
				operation: 'synthesize',
				attempts: 1,
				httpStatus: 404,
				outcomeUnknown: false,
			},
		});
	});

	it('keeps a wrong parameter of one item from stopping the others', async () => {
		const execution = await speak([{ text: ' ' }, { text: 'Only this one is sent.' }]);
		expect(outputOf(execution, 'Good')).toHaveLength(1);
		expect(outputOf(execution, 'Bad')[0]?.json).toMatchObject({
			error: expect.stringContaining('"Text"'),
			details: { reason: 'invalidParameter', attempts: 0 },
		});
		expect(lab.sandbox.control.stats().requests).toBe(1);
	});

	it('stops buying when the balance is spent and says so for each item left', async () => {
		lab.sandbox.control.setBalances({ apiQuotaRemaining: 1 });
		const texts = Array.from({ length: 12 }, (_, index) => ({ text: `Number ${index}.` }));
		const execution = await speak(texts);
		expect(outputOf(execution, 'Good')).toHaveLength(1);
		const reasons = outputOf(execution, 'Bad').map(({ json }) => {
			const { details } = json;
			return typeof details === 'object' && details !== null && 'reason' in details
				? details.reason
				: undefined;
		});
		expect(reasons).toHaveLength(11);
		expect(new Set(reasons)).toEqual(new Set(['insufficientCredits', 'notSent']));
		expect(lab.sandbox.control.stats().accepted).toBe(1);
	});
});
