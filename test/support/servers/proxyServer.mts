import { once } from 'node:events';
import http from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A real proxy on loopback that leads every host to one port of this machine, and remembers what it was asked for. */
export interface ProxyServer {
	readonly url: string;
	/** `host:port` of each tunnel. */
	readonly asked: readonly string[];
	close(): Promise<void>;
}

export async function startProxyServer(targetPort: () => number): Promise<ProxyServer> {
	const asked: string[] = [];
	const sockets = new Set<Socket>();
	const server = http.createServer();
	server.on('connect', (request, socket: Socket, head) => {
		asked.push(request.url ?? '');
		const target = connect(targetPort(), '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			target.write(head);
			target.pipe(socket).pipe(target);
		});
		for (const end of [socket, target]) {
			sockets.add(end);
			end.on('error', () => undefined).on('close', () => sockets.delete(end));
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		asked,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
