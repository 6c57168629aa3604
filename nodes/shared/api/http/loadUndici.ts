import type * as Undici from 'undici';

export type UndiciModule = typeof Undici;

/** The major version whose behaviour this package knows: what counts as sent depends on it. */
const KNOWN_VERSION = /^7\.\d+\.\d+$/;

/**
 * The host's copy of undici, or `undefined` where there is none: nobody promises it to community packages. A copy
 * that lies beside this package is never used.
 */
export async function loadUndici(): Promise<UndiciModule | undefined> {
	try {
		if (!isOfHost()) return undefined;
		const { version } = await import('undici/package.json');
		if (!KNOWN_VERSION.test(version)) return undefined;
		return await import('undici');
	} catch {
		return undefined;
	}
}

/** Whether the copy that this package gets is the one that the host offers to all. */
function isOfHost(): boolean {
	return (
		require.resolve('undici') ===
		(resolvedFrom('/') ?? resolvedFrom(require.resolve('n8n-workflow')))
	);
}

/** From the root, only what the host has put on its global path is found. */
function resolvedFrom(place: string): string | undefined {
	try {
		return require.resolve('undici', { paths: [place] });
	} catch {
		return undefined;
	}
}
