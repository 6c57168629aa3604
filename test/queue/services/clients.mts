import { createRequire } from 'node:module';

import type { Runtime } from '../../e2e/host/runtime.mts';
import type { ServerAddress } from './addresses.mts';

interface PgModule {
	readonly Client: new (options: object) => {
		connect(): Promise<void>;
		query(sql: string): Promise<{ readonly rows: ReadonlyArray<Record<string, unknown>> }>;
		on(event: 'error', listener: () => void): void;
		end(): Promise<void>;
	};
}

interface RedisModule {
	readonly Redis: new (options: object) => {
		connect(): Promise<void>;
		keys(pattern: string): Promise<string[]>;
		unlink(...keys: string[]): Promise<number>;
		on(event: 'error', listener: () => void): void;
		disconnect(): void;
	};
}

export type Sql = (sql: string) => Promise<ReadonlyArray<Record<string, unknown>>>;

const CONNECT_TIMEOUT_MS = 3_000;

/** Opens a database, else the one for maintenance, for the time of `work`, with the client that n8n has. */
export async function withPostgres<T>(
	{ n8nScript }: Runtime,
	address: ServerAddress & { readonly database?: string },
	work: (sql: Sql) => Promise<T>,
): Promise<T> {
	const { Client }: PgModule = createRequire(n8nScript)('pg');
	const client = new Client({
		database: 'postgres',
		...address,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
	});
	// A connection that breaks between two calls; the next call fails and says why.
	client.on('error', () => undefined);
	await client.connect();
	try {
		return await work(async (sql) => (await client.query(sql)).rows);
	} finally {
		await client.end();
	}
}

/** Removes all keys that begin so, with the client that n8n has. Given no prefix, it only connects. */
export async function removeRedisKeys(
	{ n8nScript }: Runtime,
	{ host, port, user, password }: ServerAddress,
	prefix?: string,
): Promise<void> {
	const { Redis }: RedisModule = createRequire(n8nScript)('ioredis');
	const redis = new Redis({
		host,
		port,
		...(user && { username: user }),
		...(password && { password }),
		lazyConnect: true,
		connectTimeout: CONNECT_TIMEOUT_MS,
		retryStrategy: null,
		maxRetriesPerRequest: 0,
	});
	// The call itself fails too, and says why.
	redis.on('error', () => undefined);
	try {
		await redis.connect();
		const keys = await redis.keys(prefix === undefined ? 'no such key' : `${prefix}*`);
		if (keys.length > 0) await redis.unlink(...keys);
	} finally {
		redis.disconnect();
	}
}
