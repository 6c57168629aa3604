import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MANIFEST_FILE } from '../../e2e/host/manifests.mts';

const SOURCE = path.join(import.meta.dirname, 'fixture-package');

/** A package of one small node, in a temporary folder: in git its manifest may not be called `package.json`. */
export interface FixturePackage {
	readonly directory: string;
	remove(): Promise<void>;
}

/** Copies the fixture package to a temporary folder and names its manifest as n8n's loader expects. */
export async function assembleFixturePackage(): Promise<FixturePackage> {
	const directory = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-fixture-'));
	await cp(SOURCE, directory, { recursive: true });
	await rename(path.join(directory, MANIFEST_FILE), path.join(directory, 'package.json'));
	return {
		directory,
		remove: async () => await rm(directory, { recursive: true, force: true }),
	};
}
