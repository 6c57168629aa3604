import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IWorkflowExecuteAdditionalData, Logger } from 'n8n-workflow';

export type N8nCore = typeof import('n8n-core');
export type N8nWorkflow = typeof import('n8n-workflow');
export type HostRequire = ReturnType<typeof createRequire>;

type Token<T> = abstract new (...args: never[]) => T;

type SsrfProtection = NonNullable<IWorkflowExecuteAdditionalData['ssrfBridge']>;

/** n8n's dependency container; typed here because its package is a dependency of n8n-core, not ours. */
export interface HostContainer {
	get<T>(token: Token<T>): T;
	set<T>(token: Token<T>, instance: T): void;
	reset(): void;
}

/** n8n-core with the copies of its companions that it itself uses. */
export interface Host {
	readonly core: N8nCore;
	readonly workflow: N8nWorkflow;
	readonly container: HostContainer;
	readonly loggerToken: Token<Logger>;
	readonly ssrfProtectionToken: Token<SsrfProtection> | undefined;
	/** Resolves what lies beside n8n-core, as n8n's `NODE_PATH` does for community packages. */
	readonly require: HostRequire;
	readonly version: string;
}

export const repositoryRoot = path.resolve(
	path.dirname(fileURLToPath(import.meta.url)),
	'..',
	'..',
	'..',
);

/** Loads the n8n-core that a module in `coreFrom` would get. The environment must be set before. */
export function loadHost(coreFrom: string = repositoryRoot): Host {
	const hostRequire = createRequire(path.join(coreFrom, 'package.json'));
	const coreMain = hostRequire.resolve('n8n-core');
	const coreRequire = createRequire(coreMain);
	// Hosts before the network package came without it; the decorators need the metadata first.
	optionalModule(coreRequire, 'reflect-metadata');
	const core: N8nCore = hostRequire('n8n-core');
	const workflow: N8nWorkflow = coreRequire('n8n-workflow');
	const { Container }: { Container: HostContainer } = coreRequire('@n8n/di');
	const network = optionalModule<NetworkPackage>(coreRequire, '@n8n/backend-network');
	network?.configureGlobalAxiosDefaults?.();
	const common = optionalModule<LoggerHolder>(coreRequire, '@n8n/backend-common');
	const loggerToken = common?.Logger ?? ownMember<Token<Logger>>(core, 'Logger');
	if (!loggerToken) throw new Error(`no Logger class found beside ${coreMain}`);
	const { version }: { version: string } = coreRequire(packageJsonAbove(coreMain));
	return {
		core,
		workflow,
		container: Container,
		loggerToken,
		ssrfProtectionToken: network?.SsrfProtectionService,
		require: hostRequire,
		version,
	};
}

interface NetworkPackage {
	readonly configureGlobalAxiosDefaults?: () => void;
	readonly SsrfProtectionService?: Token<SsrfProtection>;
}

interface LoggerHolder {
	readonly Logger?: Token<Logger>;
}

function optionalModule<T>(from: HostRequire, name: string): T | undefined {
	try {
		const found: T = from(name);
		return found;
	} catch (error) {
		if (isMissingModule(error)) return undefined;
		throw error;
	}
}

function isMissingModule(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

function ownMember<T>(holder: object, name: string): T | undefined {
	const found: T | undefined = Reflect.get(holder, name);
	return found;
}

function packageJsonAbove(file: string): string {
	const directory = path.dirname(file);
	const candidate = path.join(directory, 'package.json');
	return existsSync(candidate) ? candidate : packageJsonAbove(directory);
}
