import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { npmEnvironment, runCommand } from '../../e2e/host/commands.mts';
import { npmPack } from '../../e2e/host/package.mts';
import { assemblePackage, PACKAGE_FOLDER } from './assemble.mts';

const MOST_PACKED_BYTES = 100_000;

/** `npm run acedata`: builds, checks and packs the second package, and leaves its tarball in the package's `dist`. */
async function main(): Promise<void> {
	// Where a release is published, nothing runs that is not needed for it.
	const isPackOnly = process.argv.includes('--pack-only');
	const { directory, remove } = await assemblePackage();
	const env = npmEnvironment();
	const npm = async (script: string, more: NodeJS.ProcessEnv = {}) =>
		await runCommand('npm', ['run', script], { cwd: directory, env: { ...env, ...more } });
	try {
		await step('build', async () => await npm('build'));
		// Under "test", n8n's lint rules take every file for one of their own fixtures.
		if (!isPackOnly) await step('lint', async () => await npm('lint', { NODE_ENV: 'production' }));
		const tarball = await step('pack', async () => await npmPack(directory, directory));
		if (!isPackOnly) await check(directory, tarball);
		const dist = path.join(PACKAGE_FOLDER, 'dist');
		await rm(dist, { recursive: true, force: true });
		await mkdir(dist, { recursive: true });
		const kept = path.join(dist, path.basename(tarball));
		await copyFile(tarball, kept);
		process.stdout.write(`${path.relative(process.cwd(), kept)}\n`);
	} finally {
		remove();
	}
}

async function check(directory: string, tarball: string): Promise<void> {
	const { findingsIn, SOURCE_FILE_PATTERNS } = await import('../../verify/findings.mts');
	const { unpackInto } = await import('../../verify/packed.mts');
	const { loadedTypes } = await import('./load.mts');
	const scan = async (folder: string, patterns: readonly string[]) =>
		refuse(await findingsIn(folder, patterns));
	await step('scan the source', async () => await scan(directory, SOURCE_FILE_PATTERNS));
	const unpacked = path.join(directory, 'unpacked');
	await step('load', async () => {
		const packedBytes = await unpackInto(tarball, unpacked);
		if (packedBytes > MOST_PACKED_BYTES) throw new Error(`the tarball has ${packedBytes} bytes`);
		return await loadedTypes(unpacked);
	});
	const ofTarball = ['**/*.js', '**/*.ts', '**/*.json'];
	await step('scan the tarball', async () => await scan(unpacked, ofTarball));
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
	const startedMs = performance.now();
	const result = await work();
	process.stdout.write(`${name}: ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
	return result;
}

function refuse(findings: readonly string[]): void {
	if (findings.length > 0) throw new Error(findings.join('\n'));
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
