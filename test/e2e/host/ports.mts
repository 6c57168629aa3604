import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below those that systems give to outgoing connections: one of them could take a port before its server does. */
const FIRST_PORT = 20_000;
const END_OF_PORTS = 32_000;

/** Distinct loopback ports that are free at the moment of asking. */
export async function freePorts(count: number): Promise<number[]> {
	const held = new Map<number, Server>();
	// All are held until the last is known, so that none is handed out twice.
	while (held.size < count) {
		const port = randomInt(FIRST_PORT, END_OF_PORTS);
		const server = await hold(port);
		if (server !== undefined) held.set(port, server);
	}
	for (const server of held.values()) {
		server.close();
		await once(server, 'close');
	}
	return [...held.keys()];
}

/** A server on the port, unless it is taken. */
async function hold(port: number): Promise<Server | undefined> {
	const server = createServer().listen(port, '127.0.0.1');
	try {
		await once(server, 'listening');
		return server;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
		throw error;
	}
}
