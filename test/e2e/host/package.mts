import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod/v4';

import { npmEnvironment, runCommand } from './commands.mts';
import { REPOSITORY_ROOT } from './runtime.mts';

const NOT_PART_OF_THE_BUILD = new Set([
	'node_modules',
	'dist',
	'test',
	'docs',
	'examples',
	'packages',
	'coverage',
]);

const packedSchema = z.array(z.object({ filename: z.string() })).length(1);
const manifestSchema = z.looseObject({ name: z.string(), version: z.string() });

/**
 * Builds the package from the sources as they are and packs it as for publishing.
 * Works on a copy, so that `dist` of the checkout stays what its owner made it.
 * @returns the path of the archive, inside `folder`
 */
export async function packPackage(folder: string): Promise<string> {
	const copy = await mkdtemp(path.join(os.tmpdir(), 'fishspeech-e2e-build-'));
	try {
		for (const name of await readdir(REPOSITORY_ROOT)) {
			if (name.startsWith('.') || NOT_PART_OF_THE_BUILD.has(name)) continue;
			await cp(path.join(REPOSITORY_ROOT, name), path.join(copy, name), { recursive: true });
		}
		await symlink(path.join(REPOSITORY_ROOT, 'node_modules'), path.join(copy, 'node_modules'));
		const env = npmEnvironment();
		await runCommand('npm', ['run', 'build'], { cwd: copy, env });
		return await npmPack(copy, folder);
	} finally {
		await rm(copy, { recursive: true, force: true });
	}
}

/** `npm pack` of a built package; returns the archive's path. */
export async function npmPack(packageFolder: string, folder: string): Promise<string> {
	const flags = ['--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
	const output = await runCommand('npm', ['pack', ...flags], {
		cwd: packageFolder,
		env: npmEnvironment(),
	});
	const [packed] = packedSchema.parse(JSON.parse(output));
	if (packed === undefined) throw new Error('npm pack made no archive');
	return path.join(folder, packed.filename);
}

/**
 * What n8n's installer does after `npm pack`: unpack into `.n8n/nodes/node_modules/<name>` and
 * drop the development and peer dependencies, so that neither can be resolved from there.
 */
export async function unpackIntoN8n(archive: string, userFolder: string): Promise<void> {
	const modules = path.join(userFolder, '.n8n/nodes/node_modules');
	await mkdir(modules, { recursive: true });
	const unpacked = await mkdtemp(path.join(modules, '.unpacking-'));
	await runCommand('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=1']);

	const manifestPath = path.join(unpacked, 'package.json');
	const manifest = manifestSchema.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
	const dropped = ['devDependencies', 'peerDependencies', 'optionalDependencies'];
	const kept = Object.entries(manifest).filter(([key]) => !dropped.includes(key));
	await writeFile(manifestPath, JSON.stringify(Object.fromEntries(kept), null, 2));

	const target = path.join(modules, manifest.name);
	await mkdir(path.dirname(target), { recursive: true });
	await cp(unpacked, target, { recursive: true });
	await rm(unpacked, { recursive: true });
	const nodesManifest = {
		name: 'installed-nodes',
		private: true,
		dependencies: { [manifest.name]: manifest.version },
	};
	await writeFile(path.join(userFolder, '.n8n/nodes/package.json'), JSON.stringify(nodesManifest));
}
