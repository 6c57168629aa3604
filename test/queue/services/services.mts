import { randomBytes } from 'node:crypto';

import type { Report } from '../../e2e/host/progress.mts';
import type { Runtime } from '../../e2e/host/runtime.mts';
import { type ServerAddress, addressOf } from './addresses.mts';
import { removeRedisKeys } from './clients.mts';
import type { OwnServer } from './ownServer.mts';
import { dropDatabases, postgresProblem, startOwnPostgres } from './postgres.mts';
import { redisProblem, startOwnRedis } from './redis.mts';

/** The servers of a run. All its databases and Redis keys begin with `prefix`. */
export interface Services {
	readonly postgres: ServerAddress;
	readonly redis: ServerAddress;
	readonly prefix: string;
}

interface Kind {
	readonly name: string;
	/** The environment variable that names a server to use. */
	readonly variable: string;
	/** Where one may run already. */
	readonly usual: ServerAddress;
	readonly problemAt: (runtime: Runtime, address: ServerAddress) => Promise<string | undefined>;
	readonly startOwn: (runtime: Runtime) => Promise<{ address: ServerAddress; server: OwnServer }>;
}

const POSTGRES: Kind = {
	name: 'PostgreSQL',
	variable: 'QUEUE_POSTGRES_URL',
	usual: addressOf('postgres://postgres@127.0.0.1:5432'),
	problemAt: postgresProblem,
	startOwn: startOwnPostgres,
};

const REDIS: Kind = {
	name: 'Redis',
	variable: 'QUEUE_REDIS_URL',
	usual: addressOf('redis://127.0.0.1:6379'),
	problemAt: redisProblem,
	startOwn: startOwnRedis,
};

/**
 * PostgreSQL and Redis for a run: those that the environment names, else those on loopback, else its own.
 * `close` removes what the run has left there, and stops what it has started.
 * @throws when there are none and none can be started; the message says what was tried.
 */
export async function openServices(
	runtime: Runtime,
	report: Report,
): Promise<{ services: Services; close: () => Promise<void> }> {
	const own: OwnServer[] = [];
	const closeOwn = async () => {
		for (const server of own) await server.close();
	};
	const find = async (kind: Kind) => await findServer(kind, runtime, report, own);
	try {
		const postgres = await find(POSTGRES);
		const redis = await find(REDIS);
		const prefix = `n8n_queue_${randomBytes(4).toString('hex')}`;
		return {
			services: { postgres, redis, prefix },
			close: async () => {
				await dropDatabases(runtime, postgres, prefix);
				await removeRedisKeys(runtime, redis, prefix);
				await closeOwn();
			},
		};
	} catch (error) {
		await closeOwn();
		throw error;
	}
}

async function findServer(
	{ name, variable, usual, problemAt, startOwn }: Kind,
	runtime: Runtime,
	report: Report,
	own: OwnServer[],
): Promise<ServerAddress> {
	const named = process.env[variable];
	if (named !== undefined) {
		const address = addressOf(named);
		const problem = await problemAt(runtime, address);
		if (problem === undefined) return address;
		throw new Error(`${name} at ${address.host}:${address.port} (${variable}): ${problem}`);
	}
	const problem = await problemAt(runtime, usual);
	if (problem === undefined) return usual;
	report(`No usable ${name} on port ${usual.port} of this machine, starting one`);
	try {
		const { address, server } = await startOwn(runtime);
		own.push(server);
		return address;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(
			`The queue suite needs ${name}. ${variable} is not set, nothing usable answers on ` +
				`${usual.host}:${usual.port} (${problem}), and none could be started: ${reason}.`,
		);
	}
}
