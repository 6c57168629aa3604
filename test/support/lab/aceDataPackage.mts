import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unpackInto } from '../../verify/packed.mts';
import { repositoryRoot } from '../engine/host.mts';

const DIST = path.join(repositoryRoot, 'packages', 'acedata-fish', 'dist');

/** The tarball that `npm run acedata` has left. Throws when there is none. */
export function aceDataTarball(): string {
	const found = existsSync(DIST)
		? readdirSync(DIST).find((file) => file.endsWith('.tgz'))
		: undefined;
	if (found === undefined)
		throw new Error('the second package is not built: run "npm run acedata"');
	return path.join(DIST, found);
}

/** The second package as npm would install it, in a folder of its own. */
export async function unpackAceData(): Promise<{
	readonly directory: string;
	readonly packedBytes: number;
	remove(): Promise<void>;
}> {
	const temporary = await realpath(await mkdtemp(path.join(tmpdir(), 'acedata-package-')));
	const directory = path.join(temporary, 'package');
	const packedBytes = await unpackInto(aceDataTarball(), directory);
	return {
		directory,
		packedBytes,
		remove: async () => await rm(temporary, { recursive: true, force: true }),
	};
}
