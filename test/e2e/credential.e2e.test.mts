import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { outputOf } from './host/execution.mts';
import { chain, manualTrigger, node } from './host/workflow.mts';
import type { Lab } from './support/lab.mts';
import { CREDENTIAL_TYPE, fishSpeechNode } from './support/nodes.mts';
import { type RecordingProxy, startProxy } from './support/proxy.mts';
import { startLab } from './support/startLab.mts';

const FOREIGN_HOST = 'fishspeech.example';
const FOREIGN_BASE_URL = `http://${FOREIGN_HOST}/api/open/v1`;

describe('the credential', () => {
	let proxy: RecordingProxy;
	let lab: Lab;

	beforeAll(async () => {
		proxy = await startProxy();
		// All that leaves for another machine is seen by the proxy, whatever its name resolves to.
		lab = await startLab({ env: { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' } });
	});

	beforeEach(async () => await lab.sandbox.control.reset());

	afterAll(async () => {
		await lab?.[Symbol.asyncDispose]();
		await proxy?.[Symbol.asyncDispose]();
	});

	async function test(data: { apiToken?: string; baseUrl?: string } = {}) {
		const { token, baseUrl } = lab.sandbox;
		return await lab.client.testCredential(lab.credential, { apiToken: token, baseUrl, ...data });
	}

	it('passes its test with the right token', async () => {
		expect(await test()).toEqual({ status: 'OK', message: 'Connection successful!' });
	});

	it('takes a base URL with a slash at its end', async () => {
		expect(await test({ baseUrl: `${lab.sandbox.baseUrl}/` })).toMatchObject({ status: 'OK' });
		expect(lab.sandbox.control.requests().map(({ path }) => path)).toEqual(['/profile']);
		const execution = await runProfile({ baseUrl: `${lab.sandbox.baseUrl}/` });
		expect(execution.status).toBe('success');
	});

	it('says of a wrong token that it was not accepted and what to do', async () => {
		const { status, message } = await test({ apiToken: 'wrong' });
		expect(status).toBe('Error');
		expect(message).toMatch(/API token was not accepted.*Copy it again/s);
	});

	it('says of an empty account that the token works', async () => {
		lab.sandbox.control.addFaults({
			match: { path: ENDPOINTS.getProfile, times: 'always' },
			do: { kind: 'status', status: 402 },
		});
		const { status, message } = await test();
		expect(status).toBe('Error');
		expect(message).toMatch(/token works.*no credits/s);
	});

	it('refuses a base URL without encryption before anything is sent', async () => {
		const { status, message } = await test({ baseUrl: FOREIGN_BASE_URL });
		expect(status).toBe('Error');
		expect(message).toMatch(/uses http.*Use https/s);
		expect(requestsToForeignHost()).toEqual([]);

		const execution = await runProfile({ baseUrl: FOREIGN_BASE_URL });
		expect(execution.data.resultData.error?.message).toMatch(/uses http.*Use https/s);
		expect(requestsToForeignHost()).toEqual([]);
	});

	it('lends its token to the HTTP Request node for the API only', async () => {
		const own = await runHttpRequest(`${lab.sandbox.baseUrl}/profile`);
		expect(outputOf(own, 'Request')[0]?.json).toMatchObject({ tier: 'pro' });

		const foreign = await runHttpRequest(`${FOREIGN_BASE_URL}/profile`);
		expect(foreign.data.resultData.error?.message).toContain('its token was not sent to');
		expect(requestsToForeignHost()).toEqual([]);
	});

	it('keeps its token when the API redirects the HTTP Request node to another place', async () => {
		const { control } = lab.sandbox;
		control.addFaults({ match: { path: '/profile' }, do: { kind: 'redirect', to: 'otherOrigin' } });
		await runHttpRequest(`${lab.sandbox.baseUrl}/profile`);
		const elsewhere = control.requests().filter(({ listener }) => listener === 'media');
		expect(elsewhere.map(({ authorization }) => authorization)).toEqual(['missing']);
	});

	it('is what stood in the way: without it the proxy sees the request', async () => {
		await runHttpRequest(`${FOREIGN_BASE_URL}/profile`, { authentication: 'none' });
		expect(requestsToForeignHost()).not.toEqual([]);
	});

	function requestsToForeignHost(): string[] {
		return proxy.targets.filter((target) => target.startsWith(FOREIGN_HOST));
	}

	async function runProfile({ baseUrl }: { baseUrl: string }) {
		const data = { apiToken: lab.sandbox.token, baseUrl };
		const { id, name } = await lab.client.createCredential('Other', CREDENTIAL_TYPE, data);
		const credentials = { [CREDENTIAL_TYPE]: { id, name } };
		const profile = fishSpeechNode(
			'Profile',
			'fishSpeechProfile',
			{ operation: 'get', options: { maxRetries: 0 } },
			{ credentials },
		);
		return await lab.run(chain('Profile', [manualTrigger(), profile]));
	}

	async function runHttpRequest(url: string, more: Record<string, string> = {}) {
		const { credentials } = lab;
		const authentication = {
			authentication: 'predefinedCredentialType',
			nodeCredentialType: CREDENTIAL_TYPE,
		};
		const parameters = { url, ...authentication, ...more, options: {} };
		const more2 = { typeVersion: 4.2, credentials };
		const request = node('Request', 'n8n-nodes-base.httpRequest', parameters, more2);
		return await lab.run(chain('Request', [manualTrigger(), request]));
	}
});
