import { describe, expect, it } from 'vitest';
import { misuse } from '../../../nodes/shared/api/bearerAuthentication.ts';

const origin = 'https://gateway.test';
const url = `${origin}/v1/profile`;

type Request = Parameters<typeof misuse>[0];

describe('a request that gets the token', () => {
	const harmless: ReadonlyArray<readonly [string, Request]> = [
		['the credential test', { url: '/profile', baseURL: `${origin}/v1`, json: true }],
		[
			'the HTTP Request node as it is',
			{ uri: url, rejectUnauthorized: true, headers: { accept: '*/*' }, timeout: 300_000 },
		],
		['a request with everything at rest', { url, skipSslCertificateValidation: false }],
		[
			'a client certificate',
			{ uri: url, agentOptions: { cert: 'c', key: 'k', passphrase: 'p', ca: undefined } },
		],
	];

	it.each(harmless)('may be %s', (_what, request) => {
		expect(misuse(request, origin)).toBeUndefined();
	});
});

describe('a request that does not get the token', () => {
	// As an expression or an older n8n may put it, whatever the types say.
	const loose = (options: object): Request => ({ uri: url, ...options });
	const weak: ReadonlyArray<readonly [string, Request, string]> = [
		['ignores SSL issues', loose({ rejectUnauthorized: false }), 'SSL issues'],
		['ignores them in another way', loose({ rejectUnauthorized: 0 }), 'SSL issues'],
		['ignores them in n8n’s newer word', { url, skipSslCertificateValidation: true }, 'SSL issues'],
		['ignores them as a text', loose({ skipSslCertificateValidation: 'true' }), 'SSL issues'],
		['names a proxy', loose({ proxy: 'http://evil.test:3128' }), 'a proxy'],
		['names a proxy by its parts', { url, proxy: { host: 'evil.test', port: 1 } }, 'a proxy'],
		['trusts a certificate of its own', { url, agentOptions: { ca: 'pem' } }, 'to trust'],
		[
			'turns checks off in its agent',
			{ url, agentOptions: { rejectUnauthorized: false } },
			'to trust',
		],
		['names another server to its agent', { url, agentOptions: { servername: 'e' } }, 'to trust'],
		['connects to a socket', loose({ agentOptions: { socketPath: '/tmp/e' } }), 'to trust'],
		['sets a host of its own', { url, headers: { ' HOST ': 'evil.test' } }, '"Host"'],
		['goes elsewhere', { url: 'https://evil.test/' }, 'https://evil.test'],
		['goes elsewhere in one of two addresses', loose({ url: 'https://evil.test/' }), 'evil.test'],
		['goes nowhere', {}, 'an unknown address'],
	];

	it.each(weak)('%s', (_what, request, said) => {
		expect(misuse(request, origin)).toContain(said);
	});
});
