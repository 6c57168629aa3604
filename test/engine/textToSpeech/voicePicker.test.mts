import { describe, expect, it } from 'vitest';
import { synthesize, texts, useLab, voice } from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';

const lab = useLab();

async function search(filter?: string, paginationToken?: string) {
	const { credential } = lab;
	return await lab.engine.listSearch(NODE, 'searchVoices', { credential, filter, paginationToken });
}

/** Every page, as the editor fetches them while the user scrolls. */
async function scroll(filter?: string): Promise<{ ids: unknown[]; pages: number }> {
	const ids: unknown[] = [];
	let paginationToken: string | undefined;
	for (let pages = 1; ; pages++) {
		const page = await search(filter, paginationToken);
		ids.push(...page.results.map(({ value }) => value));
		if (page.paginationToken === undefined || pages > 50) return { ids, pages };
		paginationToken = String(page.paginationToken);
	}
}

describe('the voice picker', () => {
	it('shows names with their providers', async () => {
		const { results } = await search();
		const voices = lab.control.voices();
		expect(results).toHaveLength(voices.length);
		const first = voices.find(({ id }) => id === results[0]?.value);
		expect(results[0]?.name).toBe(`${first?.name} · ${first?.provider}`);
	});

	it('searches on the server', async () => {
		const anna = lab.control.voices().find(({ id }) => id === 'voice_anna');
		const { results } = await search(` ${anna?.name ?? ''} `);
		expect(results.map(({ value }) => value)).toContain('voice_anna');
		expect(results.length).toBeLessThan(lab.control.voices().length);
		expect(lab.control.requests()[0]?.query).toMatchObject({ search: anna?.name });
	});

	it('pages through long lists and ends', async () => {
		lab.control.addVoices(120);
		const { ids, pages } = await scroll();
		expect(new Set(ids).size).toBe(125);
		expect(ids).toHaveLength(125);
		expect(pages).toBe(3);
	});

	it.each([[1_000_000], [0], [3]])('survives a total of %i', async (voicesTotal) => {
		lab.control.addVoices(60);
		lab.control.configure({ voicesTotal });
		const { ids, pages } = await scroll();
		expect(pages).toBeLessThan(5);
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids.length).toBeGreaterThanOrEqual(50);
		if (voicesTotal > 65) expect(ids).toHaveLength(65);
	});

	it('says that the token is wrong, and sends it once', async () => {
		const { baseUrl } = lab.sandbox;
		const credential = lab.engine.credential('fishSpeechApi', { apiToken: 'wrong', baseUrl });
		await expect(lab.engine.listSearch(NODE, 'searchVoices', { credential })).rejects.toMatchObject(
			{
				message: expect.stringContaining('401'),
				description: expect.stringContaining('Check the API token'),
			},
		);
		expect(lab.control.requests()).toHaveLength(1);
	});

	it('says what is wrong with the credential', async () => {
		const credential = lab.engine.credential('fishSpeechApi', {
			apiToken: 'x',
			baseUrl: 'nowhere',
		});
		await expect(lab.engine.listSearch(NODE, 'searchVoices', { credential })).rejects.toThrow(
			'The base URL is not a URL',
		);
	});

	it('takes an id or an expression as well', async () => {
		const items = [{ json: { ...texts(1)[0]?.json, speaker: 'voice_boris' } }];
		await lab.run(NODE, synthesize({ voiceId: voice('={{ $json.speaker }}') }), { items });
		expect(lab.control.requests()[0]?.body).toMatchObject({ voiceId: 'voice_boris' });
	});
});
