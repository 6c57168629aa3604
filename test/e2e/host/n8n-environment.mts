import path from 'node:path';

import type { Runtime } from './runtime.mts';

export interface N8nPlace {
	readonly runtime: Runtime;
	readonly userFolder: string;
	readonly port: number;
	readonly brokerPort: number;
	readonly ui: boolean;
}

/** Everything n8n is told: loopback only, no calls home, nothing inherited but the PATH. */
export function n8nEnvironment({ runtime, userFolder, port, brokerPort, ui }: N8nPlace) {
	const binFolder = path.dirname(runtime.nodeBinary);
	return {
		PATH: `${binFolder}${path.delimiter}${process.env['PATH'] ?? ''}`,
		HOME: userFolder,
		TZ: 'UTC',
		GENERIC_TIMEZONE: 'UTC',
		NODE_ENV: 'production',
		NODE_COMPILE_CACHE: runtime.compileCacheFolder,

		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: 'end-to-end-tests-encryption-key',
		N8N_PROTOCOL: 'http',
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_SECURE_COOKIE: 'false',
		N8N_RUNNERS_MODE: 'internal',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_PYTHON_ENABLED: 'false',
		DB_TYPE: 'sqlite',
		N8N_DISABLE_UI: String(!ui),
		N8N_LOG_LEVEL: 'debug',
		N8N_LOG_FORMAT: 'json',

		N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		// With it POST /activate returns before the webhook is registered.
		N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false',

		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_AI_ENABLED: 'false',
		N8N_DISABLED_MODULES: [
			'mcp-registry',
			'agents',
			'agent-evals',
			'instance-ai',
			'insights',
			'chat-hub',
			'breaking-changes',
			'instance-version-history',
			'workflow-builder',
			'quick-connect',
		].join(','),
	};
}
