import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BinaryStore } from './binary.mts';
import { DeduplicationStore } from './deduplication.mts';
import { Engine, type EngineParts } from './engine.mts';
import { applyEnvironment } from './environment.mts';
import { loadHost, repositoryRoot } from './host.mts';
import { LogRecorder } from './logs.mts';
import { forgetPackageModules, shareHostModules } from './moduleResolution.mts';
import type { EngineOptions } from './options.mts';
import { binaryDirectory, environmentFor, startHost } from './startup.mts';

/** Where `npm run test:compat` has installed an older host for the whole suite. */
const olderHost = process.env['ENGINE_CORE_FROM'];
const defaultRuntimeModule = 'dist/nodes/shared/host/runtime.js';

let current: Engine | undefined;

/**
 * n8n's loader, engine, request helpers and binary store in this process, around one built package.
 * One engine at a time: n8n has one container per process.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
	if (current) throw new Error('close() the other engine first');
	const packageDir = realpathSync(options.packageDir ?? repositoryRoot);
	const userFolder = mkdtempSync(path.join(tmpdir(), 'n8n-engine-'));
	const cleanups: Array<() => void> = [
		() => rmSync(userFolder, { recursive: true, force: true }),
		applyEnvironment(environmentFor(options, userFolder)),
	];
	try {
		const host = loadHost(options.coreFrom ?? olderHost);
		const blocked = new Set(options.undici === false ? ['undici'] : []);
		cleanups.push(shareHostModules(packageDir, host, blocked));
		cleanups.push(() => forgetPackageModules(packageDir, host));
		const logs = new LogRecorder(options.logger);
		const deduplication = options.deduplication ?? new DeduplicationStore();
		const loader = await startHost(host, packageDir, logs, deduplication);
		const parts: EngineParts = {
			host,
			loader,
			packageDir,
			logs,
			deduplication,
			binary: new BinaryStore(host, binaryDirectory(userFolder)),
			runtimeModule: path.join(packageDir, options.runtimeModule ?? defaultRuntimeModule),
		};
		current = new Engine(parts, options.instanceBaseUrl, () => {
			runAll(cleanups);
			current = undefined;
		});
		return current;
	} catch (error) {
		runAll(cleanups);
		throw error;
	}
}

function runAll(cleanups: Array<() => void>): void {
	for (const cleanup of cleanups.splice(0).reverse()) cleanup();
}
