import { describe, expect, it } from 'vitest';

import { ENDPOINTS } from '../sandbox/endpoints.mts';
import type { LocatorQuery, LocatorResults } from './host/n8n-client.mts';
import { CREDENTIAL_TYPE, fullTypeName, synthesis } from './support/nodes.mts';
import { useLab } from './support/useLab.mts';

describe('the voice picker', () => {
	const lab = useLab();

	async function pick(query: Partial<LocatorQuery> = {}): Promise<LocatorResults> {
		return await lab.client.locatorResults({
			nodeType: fullTypeName('fishSpeechTextToSpeech'),
			parameter: 'voiceId',
			method: 'searchVoices',
			nodeParameters: synthesis('Hello'),
			credentials: lab.credentials,
			...query,
		});
	}

	it('lists the voices of the account by name, with the id as value', async () => {
		const { results, paginationToken } = await pick();
		expect(results).toContainEqual(
			expect.objectContaining({ name: 'Anna · fishaudio', value: 'voice_anna' }),
		);
		expect(results).toHaveLength(5);
		expect(paginationToken).toBeUndefined();
	});

	it('searches on the server', async () => {
		lab.sandbox.control.addVoices(80);
		const { results } = await pick({ filter: 'dora' });
		expect(results.map(({ value }) => value)).toEqual(['voice_dora']);
		expect(lab.sandbox.control.requests(ENDPOINTS.listVoices)[0]?.query).toMatchObject({
			search: 'dora',
		});
	});

	it('goes on with a second page, which is the last', async () => {
		lab.sandbox.control.addVoices(60);
		const first = await pick();
		expect(first.results).toHaveLength(50);
		const second = await pick({ paginationToken: first.paginationToken });
		expect(second.results).toHaveLength(15);
		expect(second.paginationToken).toBeUndefined();
		const ids = [...first.results, ...second.results].map(({ value }) => value);
		expect(new Set(ids).size).toBe(65);
	});

	it('says what is wrong when the token is not accepted', async () => {
		const data = { apiToken: 'wrong', baseUrl: lab.sandbox.baseUrl };
		const { id, name } = await lab.client.createCredential('Wrong', CREDENTIAL_TYPE, data);
		const failure = pick({ credentials: { [CREDENTIAL_TYPE]: { id, name } } });
		await expect(failure).rejects.toThrow(/401.*token/is);
		expect(lab.sandbox.control.requests()).toHaveLength(1);
	});
});
