import path from 'node:path';

import { runCommand } from '../../e2e/host/commands.mts';
import { freePorts } from '../../e2e/host/ports.mts';
import type { Runtime } from '../../e2e/host/runtime.mts';
import type { ServerAddress } from './addresses.mts';
import { withPostgres } from './clients.mts';
import { OwnServer, findBinary, folderOfServer, unprivileged } from './ownServer.mts';

export interface OwnPostgres {
	readonly address: ServerAddress;
	readonly server: OwnServer;
}

/** Why PostgreSQL cannot be used there; undefined when it can. */
export async function postgresProblem(
	runtime: Runtime,
	address: ServerAddress,
): Promise<string | undefined> {
	try {
		await withPostgres(runtime, address, async (sql) => await sql('select 1'));
		return undefined;
	} catch (error) {
		return String(error);
	}
}

export async function createDatabase(
	runtime: Runtime,
	address: ServerAddress,
	name: string,
): Promise<void> {
	await withPostgres(runtime, address, async (sql) => await sql(`create database ${name}`));
}

/** Removes all databases whose names begin so, whoever is still connected. */
export async function dropDatabases(
	runtime: Runtime,
	address: ServerAddress,
	prefix: string,
): Promise<void> {
	await withPostgres(runtime, address, async (sql) => {
		const rows = await sql(
			`select datname from pg_database where starts_with(datname, '${prefix}')`,
		);
		for (const { datname } of rows) await sql(`drop database ${String(datname)} with (force)`);
	});
}

/** @throws a sentence that says what is missing when PostgreSQL is not installed. */
export async function startOwnPostgres(runtime: Runtime): Promise<OwnPostgres> {
	const [binary, initdb] = [await findBinary('postgres'), await findBinary('initdb')];
	if (binary === undefined || initdb === undefined)
		throw new Error('the programs "postgres" and "initdb" are not installed');
	const [port] = await freePorts(1);
	if (port === undefined) throw new Error('No free port');
	const folder = await folderOfServer('postgres');
	const data = path.join(folder, 'data');
	const options = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-locale'];
	await runCommand(initdb, ['--no-sync', ...options, '-D', data], {
		cwd: folder,
		...(await unprivileged()),
	});
	const address = { host: '127.0.0.1', port, user: 'postgres', password: '' };
	const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
	const server = new OwnServer({
		name: 'postgres',
		binary,
		args: ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
		folder,
		stopSignal: 'SIGINT',
		isReady: async () => (await postgresProblem(runtime, address)) === undefined,
	});
	await server.start();
	return { address, server };
}
