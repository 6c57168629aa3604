import { access, constants } from 'node:fs/promises';

import { runCommand } from './commands.mts';
import { type Report, withProgress } from './progress.mts';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];
const PACKAGES = ['chromium', 'fonts-liberation'];

/**
 * The path of Debian's Chromium, installed when it is missing and this user may install it.
 * @throws one line that says so otherwise
 */
export async function ensureChromium(report: Report): Promise<string> {
	const found = await findChromium();
	if (found !== undefined) return found;
	const command = `apt-get install -y --no-install-recommends ${PACKAGES.join(' ')}`;
	if (process.getuid?.() !== 0) {
		throw new Error(`Chromium is missing and only root can install it: ${command}`);
	}
	try {
		await withProgress(report, 'Installing Chromium', async () => {
			const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
			await runCommand('apt-get', ['update'], { env });
			await runCommand(command.split(' ')[0] ?? '', command.split(' ').slice(1), { env });
		});
	} catch (error) {
		const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
		throw new Error(`Chromium is missing and could not be installed: ${reason}`);
	}
	const installed = await findChromium();
	if (installed !== undefined) return installed;
	throw new Error(`Chromium is missing, ${command} did not bring it`);
}

async function findChromium(): Promise<string | undefined> {
	for (const candidate of CANDIDATES) {
		const usable = await access(candidate, constants.X_OK).then(
			() => true,
			() => false,
		);
		if (usable) return candidate;
	}
	return undefined;
}
