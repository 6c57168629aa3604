import { npmEnvironment, runCommand } from '../../e2e/host/commands.mts';
import { npmPack } from '../../e2e/host/package.mts';
import { assemblePackage } from './assemble.mts';

/** Builds the second package from the sources as they are, and packs it; returns the archive's path, inside `folder`. */
export async function packAceData(folder: string): Promise<string> {
	const { directory, remove } = await assemblePackage();
	try {
		await runCommand('npm', ['run', 'build'], { cwd: directory, env: npmEnvironment() });
		return await npmPack(directory, folder);
	} finally {
		remove();
	}
}
