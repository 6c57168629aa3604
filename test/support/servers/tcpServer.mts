import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

/** A server below HTTP, for what no HTTP server would do. */
export interface TcpServer {
	readonly port: number;
	/** Connections ever accepted. */
	readonly connections: number;
	close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1; `serve` gets each connection with its number, from 1. */
export async function startTcpServer(
	serve: (socket: Socket, connection: number) => void,
): Promise<TcpServer> {
	let connections = 0;
	const sockets = new Set<Socket>();
	const server = net.createServer((socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		// A client that resets its connection is part of what is tested.
		socket.on('error', () => undefined);
		serve(socket, ++connections);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		port,
		get connections() {
			return connections;
		},
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** A port on which nobody listens. */
export async function unusedPort(): Promise<number> {
	const server = await startTcpServer(() => undefined);
	await server.close();
	return server.port;
}
