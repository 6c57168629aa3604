import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MANIFEST_FILE } from '../../e2e/host/manifests.mts';
import { repositoryRoot } from '../../support/engine/host.mts';
import { assembledName, reachedFiles, withoutExtensions } from './sources.mts';

export const PACKAGE_FOLDER = path.join(repositoryRoot, 'packages', 'acedata-fish');

/** What the package takes as it stands from the repository. */
const OF_THE_REPOSITORY = ['LICENSE.md', 'eslint.config.mjs', 'tsconfig.json'];
/** Parts of the package's folder that are not part of its sources. */
const LEFT_BEHIND = new Set(['dist', 'examples', 'tsconfig.json']);

export interface AssembledPackage {
	readonly directory: string;
	remove(): void;
}

/**
 * Puts the second package together in a fresh folder outside of the checkout, as a repository of its own would hold it:
 * its own files, and those of `nodes/shared` that they reach.
 */
export async function assemblePackage(): Promise<AssembledPackage> {
	const directory = await mkdtemp(path.join(tmpdir(), 'acedata-fish-'));
	const own = filesBelow(PACKAGE_FOLDER);
	const sources = own.filter((file) => file.endsWith('.mts'));
	for (const [file, text] of reachedFiles(sources, readSource))
		write(path.join(directory, assembledName(file)), withoutExtensions(text));
	for (const file of own)
		if (!sources.includes(file)) copy(path.join(PACKAGE_FOLDER, file), path.join(directory, file));
	for (const file of OF_THE_REPOSITORY)
		copy(path.join(repositoryRoot, file), path.join(directory, file));
	await rename(path.join(directory, MANIFEST_FILE), path.join(directory, 'package.json'));
	symlinkSync(path.join(repositoryRoot, 'node_modules'), path.join(directory, 'node_modules'));
	return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** A file of the package itself, else of the repository: the two are laid over one another. */
function readSource(file: string): string | undefined {
	const places = [path.join(PACKAGE_FOLDER, file), path.join(repositoryRoot, file)];
	const found = places.find((place) => existsSync(place));
	return found === undefined ? undefined : readFileSync(found, 'utf8');
}

function filesBelow(folder: string): string[] {
	return readdirSync(folder, { recursive: true })
		.map((name) => String(name).split(path.sep).join('/'))
		.filter((name) => !LEFT_BEHIND.has(name.split('/', 1)[0] ?? ''))
		.filter((name) => statSync(path.join(folder, name)).isFile())
		.sort();
}

function write(file: string, text: string): void {
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(file, text);
}

function copy(from: string, to: string): void {
	mkdirSync(path.dirname(to), { recursive: true });
	copyFileSync(from, to);
}
