import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { npmEnvironment, runCommand } from '../../e2e/host/commands.mts';
import { npmPack } from '../../e2e/host/package.mts';
import { findingsIn, SOURCE_FILE_PATTERNS } from '../../verify/findings.mts';
import { unpackInto } from '../../verify/packed.mts';
import { assemblePackage, PACKAGE_FOLDER } from './assemble.mts';
import { loadedTypes } from './load.mts';

const MOST_PACKED_BYTES = 100_000;

/** Builds, checks and packs the second package, and leaves its tarball in the package's `dist`. */
async function main(): Promise<void> {
	const { directory, remove } = await assemblePackage();
	try {
		const env = npmEnvironment();
		await step(
			'build',
			async () => await runCommand('npm', ['run', 'build'], { cwd: directory, env }),
		);
		await step(
			'lint',
			async () =>
				await runCommand('npm', ['run', 'lint'], {
					cwd: directory,
					env: { ...env, NODE_ENV: 'production' },
				}),
		);
		await step('scan the source', async () =>
			refuse(await findingsIn(directory, SOURCE_FILE_PATTERNS)),
		);
		const tarball = await step('pack', async () => await npmPack(directory, directory));
		const unpacked = path.join(directory, 'unpacked');
		await step('load', async () => {
			const packedBytes = await unpackInto(tarball, unpacked);
			if (packedBytes > MOST_PACKED_BYTES) throw new Error(`the tarball has ${packedBytes} bytes`);
			return (await loadedTypes(unpacked)).join(', ');
		});
		await step('scan the tarball', async () =>
			refuse(await findingsIn(unpacked, ['**/*.js', '**/*.ts', '**/*.json'])),
		);
		const dist = path.join(PACKAGE_FOLDER, 'dist');
		await rm(dist, { recursive: true, force: true });
		await mkdir(dist, { recursive: true });
		await copyFile(tarball, path.join(dist, path.basename(tarball)));
		process.stdout.write(
			`${path.relative(process.cwd(), path.join(dist, path.basename(tarball)))}\n`,
		);
	} finally {
		remove();
	}
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
