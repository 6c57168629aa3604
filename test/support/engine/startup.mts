import path from 'node:path';
import type { PackageDirectoryLoader } from 'n8n-core';
import type { DeduplicationStore } from './deduplication.mts';
import { type Environment, withoutOuterSettings } from './environment.mts';
import type { Host } from './host.mts';
import { type LogRecorder, withoutDebug } from './logs.mts';
import type { EngineOptions } from './options.mts';

export function binaryDirectory(userFolder: string): string {
	return path.join(userFolder, 'binary');
}

/** The environment of an n8n with its own folder that prints nothing and asks for nothing. */
export function environmentFor(options: EngineOptions, userFolder: string): Environment {
	return {
		...withoutOuterSettings(),
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: 'test-encryption-key-of-32-letters',
		N8N_LOG_LEVEL: 'silent',
		N8N_DEFAULT_BINARY_DATA_MODE: options.binaryMode ?? 'filesystem',
		N8N_BINARY_DATA_STORAGE_PATH: binaryDirectory(userFolder),
		// The server's default isolates expressions in a native module that a test run does without.
		N8N_EXPRESSION_ENGINE: 'legacy',
		...(options.ssrf && {
			N8N_SSRF_PROTECTION_ENABLED: 'true',
			N8N_SSRF_ALLOWED_IP_RANGES: options.ssrf.allowedIpRanges?.join(','),
			N8N_SSRF_ALLOWED_HOSTNAMES: options.ssrf.allowedHostnames?.join(','),
		}),
		...options.env,
	};
}

/** Brings n8n's services up in their container and loads the package as n8n does. */
export async function startHost(
	{ core, workflow, container, loggerToken }: Host,
	packageDir: string,
	logs: LogRecorder,
	deduplication: DeduplicationStore,
): Promise<PackageDirectoryLoader> {
	container.reset();
	const hostLogger = logs.logger('n8n');
	container.set(loggerToken, hostLogger);
	workflow.LoggerProxy.init(withoutDebug(hostLogger));
	container.get(core.InstanceSettings).markAsLeader();
	container.get(core.ErrorReporter);
	await container.get(core.BinaryDataService).init();
	// Its instance is a static that `init` refuses to replace.
	Reflect.set(core.DataDeduplicationService, 'instance', undefined);
	await core.DataDeduplicationService.init(deduplication);
	const loader = new core.PackageDirectoryLoader(packageDir);
	await loader.loadAll();
	// Services hold the logger they were made with; nodes ask the container each time, so what follows is theirs.
	container.set(loggerToken, logs.logger('node'));
	return loader;
}
