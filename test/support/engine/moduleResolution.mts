import Module, { isBuiltin } from 'node:module';
import path from 'node:path';
import type { Host } from './host.mts';

interface ResolvingModule {
	_resolveFilename(
		request: string,
		parent?: { filename?: string | null },
		...rest: unknown[]
	): string;
}

const nodeModules = `${path.sep}node_modules${path.sep}`;

/**
 * Lets the package under test see the host's copies of what it imports, as an installed community package does
 * (n8n puts its own node_modules on NODE_PATH), whatever lies in the package's own node_modules.
 * Names in `blocked` cannot be resolved from the package at all. Returns the function that undoes it.
 */
export function shareHostModules(
	packageDir: string,
	host: Host,
	blocked: ReadonlySet<string>,
): () => void {
	const resolving = Module as unknown as ResolvingModule;
	const original = resolving._resolveFilename;
	let isAskingHost = false;
	resolving._resolveFilename = function resolve(request, parent, ...rest) {
		const isOwn = isOwnFile(packageDir, parent?.filename) && isBareSpecifier(request);
		// The host may resolve from a file inside the package's own folder: the repository root.
		if (!isOwn || isAskingHost) return original.call(this, request, parent, ...rest);
		if (blocked.has(packageNameOf(request))) throw moduleNotFound(request);
		isAskingHost = true;
		try {
			return host.require.resolve(request);
		} finally {
			isAskingHost = false;
		}
	};
	return () => {
		resolving._resolveFilename = original;
	};
}

/** Forgets the package's loaded modules, so that the next engine loads them as a fresh process would. */
export function forgetPackageModules(packageDir: string, host: Host): void {
	for (const file of Object.keys(host.require.cache)) {
		if (isOwnFile(packageDir, file)) delete host.require.cache[file];
	}
}

function isOwnFile(packageDir: string, file: string | null | undefined): boolean {
	if (!file?.startsWith(packageDir + path.sep)) return false;
	return !file.slice(packageDir.length).includes(nodeModules);
}

function isBareSpecifier(request: string): boolean {
	return !request.startsWith('.') && !path.isAbsolute(request) && !isBuiltin(request);
}

function packageNameOf(request: string): string {
	const [first = request, second] = request.split('/');
	return first.startsWith('@') && second !== undefined ? `${first}/${second}` : first;
}

function moduleNotFound(request: string): Error {
	return Object.assign(new Error(`Cannot find module '${request}'`), { code: 'MODULE_NOT_FOUND' });
}
