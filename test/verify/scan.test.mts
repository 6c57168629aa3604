import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembleFixturePackage } from '../support/engine/fixturePackage.mts';
import { repositoryRoot } from '../support/engine/host.mts';
import { findingsIn, SOURCE_FILE_PATTERNS } from './findings.mts';
import { packPackage, type PackedPackage } from './packed.mts';

describe("n8n's scanner for community packages", () => {
	let packed: PackedPackage;

	beforeAll(async () => {
		packed = await packPackage();
	});

	afterAll(async () => {
		await packed.remove();
	});

	it('has nothing to say about the source', async () => {
		expect(await findingsIn(repositoryRoot, SOURCE_FILE_PATTERNS)).toEqual([]);
	});

	it('has nothing to say about the package as it is published', async () => {
		expect(await findingsIn(packed.directory, ['**/*.js', '**/*.ts', '**/*.json'])).toEqual([]);
	});

	it('would say something about a package that breaks a rule', async () => {
		const { directory, remove } = await assembleFixturePackage();
		try {
			expect(await findingsIn(directory, ['package.json'])).not.toEqual([]);
		} finally {
			await remove();
		}
	});
});
