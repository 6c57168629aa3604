import { freePorts } from '../../e2e/host/ports.mts';
import type { Runtime } from '../../e2e/host/runtime.mts';
import type { ServerAddress } from './addresses.mts';
import { removeRedisKeys } from './clients.mts';
import { OwnServer, findBinary, folderOfServer } from './ownServer.mts';

/** Why Redis cannot be used there; undefined when it can. */
export async function redisProblem(
	runtime: Runtime,
	address: ServerAddress,
): Promise<string | undefined> {
	try {
		await removeRedisKeys(runtime, address);
		return undefined;
	} catch (error) {
		return String(error);
	}
}

/** @throws a sentence that says what is missing when Redis is not installed. */
export async function startOwnRedis(
	runtime: Runtime,
): Promise<{ address: ServerAddress; server: OwnServer }> {
	const binary = await findBinary('redis-server');
	if (binary === undefined) throw new Error('the program "redis-server" is not installed');
	const [port] = await freePorts(1);
	if (port === undefined) throw new Error('No free port');
	const folder = await folderOfServer('redis');
	const address = { host: '127.0.0.1', port, user: '', password: '' };
	const server = new OwnServer({
		name: 'redis',
		binary,
		args: ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''],
		folder,
		stopSignal: 'SIGTERM',
		isReady: async () => (await redisProblem(runtime, address)) === undefined,
	});
	await server.start();
	return { address, server };
}
