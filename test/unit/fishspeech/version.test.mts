import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { PACKAGE_VERSION, USER_AGENT } from '../../../nodes/shared/fishspeech/version.ts';

it('the version that requests name is that of the package', async () => {
	const file = new URL('../../../package.json', import.meta.url);
	const { name, version }: { name: string; version: string } = JSON.parse(
		await readFile(file, 'utf8'),
	);
	expect(PACKAGE_VERSION).toBe(version);
	expect(USER_AGENT).toBe(`${name}/${version}`);
});
