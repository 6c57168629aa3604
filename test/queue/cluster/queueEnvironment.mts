import type { ServerAddress } from '../services/addresses.mts';

export interface QueuePlace {
	readonly postgres: ServerAddress;
	readonly redis: ServerAddress;
	readonly database: string;
	/** What all keys in Redis begin with. */
	readonly prefix: string;
	/** The address of the reverse proxy. */
	readonly baseUrl: string;
}

/** What every process of a cluster is told, the same for all. */
export function queueEnvironment({ postgres, redis, database, prefix, baseUrl }: QueuePlace) {
	return {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		WEBHOOK_URL: baseUrl,
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',

		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: postgres.host,
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: database,
		DB_POSTGRESDB_USER: postgres.user,
		DB_POSTGRESDB_PASSWORD: postgres.password,

		QUEUE_BULL_REDIS_HOST: redis.host,
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		QUEUE_BULL_REDIS_USERNAME: redis.user,
		QUEUE_BULL_REDIS_PASSWORD: redis.password,
		QUEUE_BULL_PREFIX: `${prefix}_bull`,
		N8N_REDIS_KEY_PREFIX: prefix,
	};
}
