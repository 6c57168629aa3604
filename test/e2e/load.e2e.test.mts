import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { NodeType } from './host/n8n-client.mts';
import type { Lab } from './support/lab.mts';
import { CREDENTIAL_TYPE, PACKAGE_NAME } from './support/nodes.mts';
import { publishedManifest, typeNameOf } from './support/manifest.mts';
import { startLab } from './support/startLab.mts';

describe('the package in n8n', () => {
	let lab: Lab;
	let nodeTypes: NodeType[];

	beforeAll(async () => {
		// Types and icons are served with the editor only.
		lab = await startLab({ ui: true });
		const all = await lab.client.nodeTypes();
		nodeTypes = all.filter(({ name }) => name.startsWith(`${PACKAGE_NAME}.`));
	});

	afterAll(async () => await lab?.[Symbol.asyncDispose]());

	it('offers each node of its manifest, and each but a trigger as a tool', async () => {
		const { nodes } = (await publishedManifest()).n8n;
		const expected = nodes
			.map(typeNameOf)
			.flatMap((name) => (name.endsWith('Trigger') ? [name] : [name, `${name}Tool`]));
		const names = nodeTypes.map(({ name }) => name.slice(PACKAGE_NAME.length + 1));
		expect(names.sort()).toEqual(expected.sort());
	});

	it('shows its credential with an icon', async () => {
		const types = await lab.client.credentialTypes();
		const ours = types.find(({ name }) => name === CREDENTIAL_TYPE);
		expect(ours).toMatchObject({ displayName: 'FishSpeech API' });
		await expectIcons(ours?.iconUrl);
	});

	it('shows each node with icons for the light and the dark theme', async () => {
		for (const { iconUrl } of nodeTypes) await expectIcons(iconUrl);
	});

	it('lists each node under the categories of its codex', () => {
		const own = nodeTypes.filter(({ name }) => !name.endsWith('Tool'));
		for (const { codex, name } of own) expect(codex?.categories, name).not.toEqual([]);
		expect(own.every(({ codex }) => codex?.categories !== undefined)).toBe(true);
	});

	it('loads without a complaint in the log', async () => {
		const complaints = (await lab.server.logEntries()).filter(
			({ level, message }) => /^(warn|error)$/.test(level) && /fishspeech/i.test(message),
		);
		expect(complaints).toEqual([]);
	});

	async function expectIcons(iconUrl: NodeType['iconUrl']): Promise<void> {
		if (iconUrl === undefined || typeof iconUrl === 'string')
			throw new Error(`Expected a light and a dark icon, found ${String(iconUrl)}`);
		for (const url of [iconUrl.light, iconUrl.dark]) {
			const response = await lab.client.download(`/${url}`);
			expect(response.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
			expect(await response.text()).toContain('<svg');
		}
	}
});
