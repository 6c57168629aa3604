import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { npmEnvironment, runCommand } from '../e2e/host/commands.mts';
import { LOCKFILE_FILE, placeManifest } from '../e2e/host/manifests.mts';
import { repositoryRoot } from '../support/engine/host.mts';

const manifestFolder = path.join(import.meta.dirname, 'host');
const lockfile = readFileSync(path.join(manifestFolder, LOCKFILE_FILE));
const hash = createHash('sha256').update(lockfile).digest('hex').slice(0, 12);

/** Where the oldest n8n-core that the README promises lies once it is installed. */
export const oldestHostFolder = path.join(repositoryRoot, '.cache', `compat-${hash}`);

/** Installs that n8n-core from its lockfile, unless it is there already. */
export async function installOldestHost(): Promise<void> {
	if (existsSync(oldestHostFolder)) return;
	process.stdout.write('Installing the oldest n8n-core (about 200 MB, once) …\n');
	// Named last, so that an interrupted installation is never taken for a whole one.
	const unfinished = `${oldestHostFolder}.unfinished-${process.pid}`;
	try {
		await placeManifest(manifestFolder, unfinished);
		const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
		await runCommand('npm', ['ci', ...flags], { cwd: unfinished, env: npmEnvironment() });
		await rename(unfinished, oldestHostFolder);
	} finally {
		await rm(unfinished, { recursive: true, force: true });
	}
}
