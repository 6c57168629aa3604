import { once } from 'node:events';
import { createServer } from 'node:net';

/** Distinct loopback ports that are free at the moment of asking. */
export async function freePorts(count: number): Promise<number[]> {
	// All are held until the last is known, so that none is handed out twice.
	const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
	const ports: number[] = [];
	for (const server of servers) {
		if (!server.listening) await once(server, 'listening');
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('No port was assigned');
		ports.push(address.port);
	}
	for (const server of servers) {
		server.close();
		await once(server, 'close');
	}
	return ports;
}
