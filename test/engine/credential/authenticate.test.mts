import type { IHttpRequestOptions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { useLab } from '../../support/lab/index.mts';

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
});
