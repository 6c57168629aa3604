import { describe, expect, it, onTestFinished } from 'vitest';

import { type Execution, outputOf } from './host/execution.mts';
import { chain, manualTrigger } from './host/workflow.mts';
import { expectPlayable } from './support/files.mts';
import type { Lab } from './support/lab.mts';
import { fishSpeechNode, synthesis } from './support/nodes.mts';
import { startProxy } from './support/proxy.mts';
import { startLab } from './support/startLab.mts';

const FAST_POLLS = { initialPollSeconds: 0.1, maxRetries: 0 };

describe.each([
	['undici', { adapter: 'undici', hideUndici: false }],
	['n8n’s helper where undici is out of reach', { adapter: 'n8n', hideUndici: true }],
])('calls over %s', (_name, { adapter, hideUndici }) => {
	it('speaks, waits for a job, reads the profile and lists voices', async () => {
		const lab = await start();
		await expectEverythingToWork(lab);
		await expectVoicesToBeListed(lab);
		expect(await adaptersUsed(lab)).toEqual([adapter]);
	});

	// A service on this machine is never asked over a proxy; n8n's helper cannot pass beside one by itself.
	it(`calls this machine ${hideUndici ? 'through' : 'beside'} the proxy that the environment names`, async () => {
		const proxy = await startProxy();
		onTestFinished(async () => await proxy[Symbol.asyncDispose]());
		const lab = await start({ env: { HTTP_PROXY: proxy.url, NO_PROXY: '' } });
		await expectEverythingToWork(lab);
		await expectVoicesToBeListed(lab);
		expect(await adaptersUsed(lab)).toEqual([adapter]);
		const { requests, connectionsOpened } = lab.sandbox.control.stats();
		expect(requests).toBeGreaterThan(0);
		const tunnels = proxy.targets.filter((target) => target === new URL(lab.sandbox.origin).host);
		if (hideUndici) expect(tunnels.length).toBeGreaterThanOrEqual(connectionsOpened);
		else expect(tunnels).toEqual([]);
	});

	it('refuses a loopback address when n8n protects it, and says who refused', async () => {
		const lab = await start({ env: { N8N_SSRF_PROTECTION_ENABLED: 'true' } });
		const execution = await runBatch(lab);
		expect(execution.status).toBe('error');
		const { message, description, context } = execution.data.resultData.error ?? {};
		expect(message).toMatch(/n8n|blocked|refused|not allowed/i);
		expect(description).toMatch(/N8N_SSRF|allow/i);
		expect(context?.['details']).toMatchObject({ reason: 'forbidden', kind: 'terminal' });
		expect(lab.sandbox.control.stats().requests).toBe(0);
	});

	it('passes the protection when n8n’s allow list names the address', async () => {
		const env = {
			N8N_SSRF_PROTECTION_ENABLED: 'true',
			N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.0/8',
		};
		const lab = await start({ env });
		await expectEverythingToWork(lab);
		expect(await adaptersUsed(lab)).toEqual([adapter]);
	});

	async function start(options: Parameters<typeof startLab>[0] = {}): Promise<Lab> {
		const lab = await startLab({ ...options, hideUndici });
		onTestFinished(async () => await lab[Symbol.asyncDispose]());
		return lab;
	}
});

async function runBatch(lab: Lab): Promise<Execution> {
	const { credentials } = lab;
	const speak = synthesis('At once.', { options: { maxRetries: 0 } });
	const job = synthesis('Later.', { operation: 'createJob', options: FAST_POLLS });
	const profile = { operation: 'get', options: { maxRetries: 0 } };
	return await lab.run(
		chain('Batch', [
			manualTrigger(),
			fishSpeechNode('Speak', 'fishSpeechTextToSpeech', speak, { credentials }),
			fishSpeechNode('Job', 'fishSpeechTextToSpeech', job, { credentials }),
			fishSpeechNode('Profile', 'fishSpeechProfile', profile, { credentials }),
		]),
	);
}

async function expectEverythingToWork(lab: Lab): Promise<void> {
	const execution = await runBatch(lab);
	expect(execution.data.resultData.error?.message).toBeUndefined();
	for (const name of ['Speak', 'Job']) {
		const file = outputOf(execution, name)[0]?.binary?.['data'];
		if (file === undefined) throw new Error(`"${name}" has no audio`);
		await expectPlayable(await lab.client.binary(file), 'audio/mpeg');
	}
	expect(outputOf(execution, 'Profile')[0]?.json).toMatchObject({ tier: 'pro' });
}

async function expectVoicesToBeListed({ client, credentials }: Lab): Promise<void> {
	const { results } = await client.locatorResults({
		nodeType: 'n8n-nodes-fishspeech.fishSpeechTextToSpeech',
		parameter: 'voiceId',
		method: 'searchVoices',
		nodeParameters: synthesis('Hello'),
		credentials,
	});
	expect(results).toHaveLength(5);
}

/** What the package's own log lines say about how calls were sent. */
async function adaptersUsed({ server }: Lab): Promise<unknown[]> {
	const calls = (await server.logEntries()).filter(({ message }) => message === 'FishSpeech call');
	return [...new Set(calls.map(({ metadata }) => metadata['adapter']))];
}
