import { describe, expect, it } from 'vitest';
import { FishSpeechApi } from '../../../credentials/FishSpeechApi.credentials.ts';
import { baseUrlProblem } from '../../../nodes/shared/api/baseUrl.ts';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service.ts';

const credential = new FishSpeechApi();
const baseUrl = 'https://gateway.test/api/open/v1/';

describe('the credential', () => {
	it('keeps its token secret and has a base URL that works as it is', () => {
		const byName = new Map(credential.properties.map((property) => [property.name, property]));
		expect(byName.get('apiToken')).toMatchObject({
			typeOptions: { password: true },
			required: true,
		});
		expect(
			baseUrlProblem(String(byName.get('baseUrl')?.default), fishSpeech.baseUrl),
		).toBeUndefined();
	});

	it('tells 401, 402, 403 and 404 apart when it is tested', () => {
		expect(credential.test.request).toMatchObject({ url: '/profile' });
		const rules = credential.test.rules ?? [];
		const texts = rules.map(({ properties }) => 'message' in properties && properties.message);
		expect(rules.map(({ properties }) => 'value' in properties && properties.value)).toEqual([
			401, 402, 403, 404,
		]);
		expect(new Set(texts).size).toBe(4);
	});
});

describe('authenticating a request', () => {
	it.each([
		['https://gateway.test/api/open/v1/profile', undefined],
		['/profile', 'https://gateway.test/api/open/v1'],
		['profile', 'https://gateway.test/api/open/v1/'],
	])('adds the token to what goes to the API: %s', async (url, baseURL) => {
		const request = { url, baseURL, headers: { accept: 'application/json' } };
		const sent = await credential.authenticate({ baseUrl, apiToken: ' token-1 ' }, request);
		expect(sent.headers).toEqual({ accept: 'application/json', Authorization: 'Bearer token-1' });
		expect(request.headers).toEqual({ accept: 'application/json' });
	});

	it.each([
		'https://gateway.test.evil.com/api/open/v1/profile',
		'https://gateway.test:444/api/open/v1/profile',
		'http://gateway.test/api/open/v1/profile',
		'//evil.com/profile',
		'https://gateway.test@evil.com/profile',
	])('refuses what goes elsewhere: %s', async (url) => {
		const request = credential.authenticate({ baseUrl, apiToken: 'token-1' }, { url });
		await expect(request).rejects.toThrow('was not sent to');
		await expect(request).rejects.not.toThrow('token-1');
	});

	it.each(['', 'http://gateway.test/api/open/v1', 'https://gateway.test'])(
		'refuses the base URL "%s"',
		async (wrong) => {
			await expect(
				credential.authenticate({ baseUrl: wrong, apiToken: 't' }, { url: '/profile' }),
			).rejects.toThrow('The base URL');
		},
	);
});
