import { installOldestHost } from './oldestHost.mts';

export async function setup(): Promise<void> {
	await installOldestHost();
}
