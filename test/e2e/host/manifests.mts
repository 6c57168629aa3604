import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * n8n's scanner wants one `package.json` in a repository, so the manifests of test hosts have other names in git.
 * Each one gets npm's name where it is installed.
 */
export const MANIFEST_FILE = 'manifest.json';
export const LOCKFILE_FILE = 'manifest-lock.json';

/** Copies the manifest and the lockfile in `from` to the new folder `to`, under the names that npm reads. */
export async function placeManifest(from: string, to: string): Promise<void> {
	await mkdir(to, { recursive: true });
	await copyFile(path.join(from, MANIFEST_FILE), path.join(to, 'package.json'));
	await copyFile(path.join(from, LOCKFILE_FILE), path.join(to, 'package-lock.json'));
}
