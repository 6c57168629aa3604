import { describe, expect, it } from 'vitest';
import {
	baseUrlProblem,
	isLoopbackHost,
	normalizeBaseUrl,
} from '../../../nodes/shared/api/baseUrl.ts';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service.ts';

const DEFAULT_BASE_URL = fishSpeech.baseUrl.default;

describe('a base URL', () => {
	it.each([
		`${DEFAULT_BASE_URL}/`,
		`  ${DEFAULT_BASE_URL}//  `,
		'https://gateway.example.com:8443/fish/api/open/v1',
		'http://localhost:3000/api/open/v1',
		'http://127.0.0.1:3000/api/open/v1',
		'http://127.9.9.9/api/open/v1',
		'http://[::1]:3000/api/open/v1',
	])('may be %s', (url) => {
		expect(baseUrlProblem(url, fishSpeech.baseUrl)).toBeUndefined();
	});

	it.each([
		['', 'is empty'],
		['  ', 'is empty'],
		['fishaudio.org/api/open/v1', 'is not a URL'],
		['/api/open/v1', 'is not a URL'],
		['ftp://fishaudio.org/api/open/v1', 'starts with "ftp:"'],
		['http://fishaudio.org/api/open/v1', 'uses http'],
		['http://192.168.0.1/api/open/v1', 'uses http'],
		['http://127.0.0.1.example.com/api/open/v1', 'uses http'],
		['http://fish.localhost/api/open/v1', 'uses http'],
		['http://localhost./api/open/v1', 'uses http'],
		['http://localhost.example.com/api/open/v1', 'uses http'],
		['https://user:pass@fishaudio.org/api/open/v1', 'user name or password'],
		['https://fishaudio.org/api/open/v1?a=b', 'after "?" or "#"'],
		['https://fishaudio.org/api/open/v1#a', 'after "?" or "#"'],
		['https://fishaudio.org', 'does not end in /api/open/v1'],
		['https://fishaudio.org/api/open', 'does not end in /api/open/v1'],
		['https://fishaudio.org/api/open/v1/profile', 'does not end in /api/open/v1'],
	])('may not be "%s"', (url, problem) => {
		const said = baseUrlProblem(url, fishSpeech.baseUrl);
		expect(said).toContain(problem);
		expect(said).toContain(`for example ${DEFAULT_BASE_URL}`);
		expect(said).not.toContain('pass@');
	});

	it.each([` ${DEFAULT_BASE_URL}/ `, `${DEFAULT_BASE_URL}///`, DEFAULT_BASE_URL])(
		'is used without what surrounds it: "%s"',
		(url) => {
			expect(normalizeBaseUrl(url)).toBe(DEFAULT_BASE_URL);
		},
	);
});

describe('loopback', () => {
	it.each(['localhost', '127.0.0.1', '127.255.0.3', '[::1]'])('is %s', (host) => {
		expect(isLoopbackHost(host)).toBe(true);
	});

	it.each([
		'localhost.com',
		'a.localhost',
		'localhost.',
		'128.0.0.1',
		'10.0.0.1',
		'[::]',
		'0.0.0.0',
		'notlocalhost',
		'127.0.0.1.nip.io',
	])('is not %s', (host) => {
		expect(isLoopbackHost(host)).toBe(false);
	});
});
