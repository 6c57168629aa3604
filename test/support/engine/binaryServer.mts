import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BinaryStore } from './binary.mts';

export interface BinaryServer {
	/** Ends with a slash. */
	readonly baseUrl: string;
	close(): Promise<void>;
}

/** A loopback server that answers signed binary URLs as n8n does, and 404 to anything else. */
export async function serveBinaries(store: BinaryStore): Promise<BinaryServer> {
	const server = createServer((request, response) => {
		void store.handleSigned(request, response).then((handled) => {
			if (!handled) response.writeHead(404).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}/`,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
