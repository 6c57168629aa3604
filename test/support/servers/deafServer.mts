import { once } from 'node:events';
import net from 'node:net';
import { Worker } from 'node:worker_threads';

/** A port that listens while nobody takes its connections: whoever connects waits. */
export interface DeafServer {
	readonly port: number;
	close(): Promise<void>;
}

/** Listens with room for one connection, then never gets round to accepting any. */
const LISTENER = `
	const { parentPort } = require('node:worker_threads');
	const server = require('node:net').createServer();
	server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
		parentPort.postMessage(server.address().port);
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
	});
`;
/** More than its queue takes, so that it is full. */
const FILLERS = 8;

export async function startDeafServer(): Promise<DeafServer> {
	const worker = new Worker(LISTENER, { eval: true });
	const [port]: number[] = await once(worker, 'message');
	if (port === undefined) throw new Error('no port');
	const fillers = Array.from({ length: FILLERS }, () => {
		const socket = net.connect(port, '127.0.0.1');
		// It breaks when the listener goes.
		socket.on('error', () => undefined);
		return socket;
	});
	await Promise.race(fillers.map(async (socket) => await once(socket, 'connect')));
	return {
		port,
		close: async () => {
			for (const socket of fillers) socket.destroy();
			await worker.terminate();
		},
	};
}
