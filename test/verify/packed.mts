import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/engine/host.mts';

const run = promisify(execFile);

/** The package as it would be published, and unpacked beside it. */
export interface PackedPackage {
	readonly directory: string;
	/** Paths in the tarball, sorted. */
	readonly files: readonly string[];
	readonly packedBytes: number;
	read(file: string): Promise<string>;
	remove(): Promise<void>;
}

interface PackReport {
	readonly filename: string;
	readonly size: number;
	readonly files: ReadonlyArray<{ readonly path: string }>;
}

/** Packs the built package with npm and unpacks it into a temporary folder. */
export async function packPackage(): Promise<PackedPackage> {
	const temporary = await mkdtemp(path.join(tmpdir(), 'fishspeech-pack-'));
	const directory = path.join(temporary, 'package');
	const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', temporary], {
		cwd: repositoryRoot,
	});
	const [report]: PackReport[] = JSON.parse(stdout);
	if (report === undefined) throw new Error('npm pack reported no tarball');
	await unpackInto(path.join(temporary, report.filename), directory);
	return {
		directory,
		files: report.files.map(({ path: file }) => file).sort(),
		packedBytes: report.size,
		read: async (file) => await readFile(path.join(directory, file), 'utf8'),
		remove: async () => await rm(temporary, { recursive: true, force: true }),
	};
}

/** Unpacks a tarball of npm into a new folder. Returns the bytes of the tarball. */
export async function unpackInto(tarball: string, directory: string): Promise<number> {
	await mkdir(directory);
	await run('tar', ['-xzf', tarball, '-C', directory, '--strip-components=1']);
	return (await stat(tarball)).size;
}
