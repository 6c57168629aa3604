import type { IHttpRequestOptions, IRequestOptions } from 'n8n-workflow';
import { describe, expect, it, onTestFinished } from 'vitest';

import { describeNode } from '../../support/engine/index.mts';
import { useLab } from '../../support/lab/index.mts';
import { startHttpServer } from '../../support/servers/httpServer.mts';

const TOKEN = 'token-that-must-not-leave';
const BASE_URL = 'https://fishaudio.org/api/open/v1';

describe('the credential', () => {
	const lab = useLab();

	async function authenticate(request: object, baseUrl = BASE_URL): Promise<IHttpRequestOptions> {
		const { engine } = lab;
		const reference = engine.credential('fishSpeechApi', { apiToken: ` ${TOKEN} `, baseUrl });
		return await engine.authenticate(reference, request as IHttpRequestOptions);
	}

	const own: ReadonlyArray<readonly [what: string, request: object, baseUrl?: string]> = [
		['the credential test', { baseURL: BASE_URL, url: '/profile' }],
		[
			'a base URL with a trailing slash',
			{ baseURL: `${BASE_URL}/`, url: '/profile' },
			`${BASE_URL}/`,
		],
		['a whole URL', { url: `${BASE_URL}/voices` }],
		['the HTTP Request node, which says "uri"', { uri: `${BASE_URL}/voices` }],
		[
			'a service on this machine',
			{ url: 'http://127.0.0.1:9000/api/open/v1/profile' },
			'http://127.0.0.1:9000/api/open/v1',
		],
	];
	for (const [what, request, baseUrl] of own)
		it(`adds the token to ${what}, not to be kept on a redirect to another origin`, async () => {
			const sent = await authenticate(request, baseUrl);
			expect(sent.headers?.Authorization).toBe(`Bearer ${TOKEN}`);
			expect(sent.sendCredentialsOnCrossOriginRedirect).toBe(false);
		});

	const foreign: ReadonlyArray<readonly [what: string, request: object]> = [
		['another host', { url: 'https://evil.example/api/open/v1/profile' }],
		['another host named in uri', { uri: 'https://evil.example/profile' }],
		[
			'another host in one of two addresses',
			{ url: `${BASE_URL}/profile`, uri: 'https://evil.example/' },
		],
		['another port', { url: 'https://fishaudio.org:8443/api/open/v1/profile' }],
		['another scheme', { url: 'http://fishaudio.org/api/open/v1/profile' }],
		['a host without a scheme', { baseURL: BASE_URL, url: '//evil.example/profile' }],
		['a foreign base', { baseURL: 'https://evil.example', url: '/profile' }],
		['no address', {}],
	];
	for (const [what, request] of foreign)
		it(`refuses to send the token to ${what}`, async () => {
			await expect(authenticate(request)).rejects.toThrow(
				'This credential is for https://fishaudio.org only',
			);
		});

	const unusable: ReadonlyArray<readonly [baseUrl: string, message: string]> = [
		['http://fishaudio.org/api/open/v1', 'uses http'],
		['https://fishaudio.org', 'does not end in /api/open/v1'],
		['fishaudio.org/api/open/v1', 'is not a URL'],
		['', 'is empty'],
	];
	for (const [baseUrl, message] of unusable)
		it(`refuses the base URL "${baseUrl}" before anything is sent`, async () => {
			await expect(authenticate({ url: `${BASE_URL}/profile` }, baseUrl)).rejects.toThrow(message);
		});

	describe('in the hands of somebody who may use it and not see it', () => {
		/** What n8n's HTTP Request node does with the options that its user chose. */
		async function request(options: IRequestOptions, baseUrl: string) {
			const { engine } = lab;
			const credential = engine.credential('fishSpeechApi', { apiToken: TOKEN, baseUrl });
			engine.registerNode('test.request', {
				description: describeNode('test.request', {
					credentials: [{ name: 'fishSpeechApi', required: true }],
				}),
				async execute() {
					await this.helpers.requestWithAuthentication.call(this, 'fishSpeechApi', options);
					return [[]];
				},
			});
			return await engine.run({ node: 'test.request', credential });
		}

		it.each([
			['with SSL issues ignored', { rejectUnauthorized: false }, 'SSL issues are to be ignored'],
			['through a proxy', { proxy: 'http://127.0.0.1:9' }, 'the request names a proxy'],
			['under a certificate of theirs', { agentOptions: { ca: 'pem' } }, 'which certificates'],
			['with another host in its header', { headers: { Host: 'evil.example' } }, '"Host"'],
		])('sends nothing %s', async (_how, options, message) => {
			const server = await startHttpServer((_received, response) => void response.end('{}'), {
				selfSigned: true,
			});
			onTestFinished(async () => await server.close());
			const baseUrl = `${server.origin}/api/open/v1`;
			const result = await request({ uri: `${baseUrl}/profile`, ...options }, baseUrl);
			expect(result.error?.message).toContain(message);
			expect(server.connections).toBe(0);
		});

		it('still sends what is sent properly', async () => {
			const server = await startHttpServer((_received, response) => void response.end('{}'));
			onTestFinished(async () => await server.close());
			const baseUrl = `${server.origin}/api/open/v1`;
			await request({ uri: `${baseUrl}/profile`, rejectUnauthorized: true }, baseUrl);
			expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
				`Bearer ${TOKEN}`,
			]);
		});
	});
});
