import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { generate } from 'selfsigned';

/** A request as it came over the wire, its body read to the end. */
export interface ReceivedRequest {
	readonly method: string;
	/** Path and query. */
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
	/** Number of the connection it came on, from 1. */
	readonly connection: number;
	readonly socket: Socket;
}

export type Answer = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>;

export interface HttpServerOptions {
	/** Serves HTTPS with a certificate that nobody trusts. */
	readonly selfSigned?: boolean;
	/** How long an idle connection is kept. */
	readonly keepAliveMs?: number;
}

/** A real HTTP server on loopback that answers as the test says and remembers what it was asked. */
export interface HttpServer {
	readonly origin: string;
	readonly port: number;
	readonly requests: readonly ReceivedRequest[];
	/** Connections ever accepted. */
	readonly connections: number;
	/** Connections open now. */
	readonly openSockets: ReadonlySet<Socket>;
	close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startHttpServer(
	answer: Answer,
	{ selfSigned = false, keepAliveMs = 60_000 }: HttpServerOptions = {},
): Promise<HttpServer> {
	const requests: ReceivedRequest[] = [];
	const numbers = new Map<Socket, number>();
	const openSockets = new Set<Socket>();
	const onRequest: http.RequestListener = (request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const received: ReceivedRequest = {
				method: request.method ?? '',
				path: request.url ?? '',
				headers: request.headers,
				body: Buffer.concat(chunks),
				connection: numbers.get(request.socket) ?? 0,
				socket: request.socket,
			};
			requests.push(received);
			void answer(received, response);
		});
	};
	const server = selfSigned
		? https.createServer(await certificate(), onRequest)
		: http.createServer(onRequest);
	server.keepAliveTimeout = keepAliveMs;
	server.on(selfSigned ? 'secureConnection' : 'connection', (socket: Socket) => {
		numbers.set(socket, numbers.size + 1);
		openSockets.add(socket);
		socket.on('close', () => openSockets.delete(socket));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		origin: `${selfSigned ? 'https' : 'http'}://127.0.0.1:${port}`,
		port,
		requests,
		get connections() {
			return numbers.size;
		},
		openSockets,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function certificate(): Promise<{ key: string; cert: string }> {
	const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
		keySize: 2048,
	});
	return { key, cert };
}
