import { onTestFinished } from 'vitest';
import {
	startHttpServer,
	type Answer,
	type HttpServer,
	type HttpServerOptions,
} from './httpServer.mts';
import { startTcpServer, type TcpServer } from './tcpServer.mts';

/** An HTTP server that lives as long as the test that starts it. */
export async function serve(answer: Answer, options?: HttpServerOptions): Promise<HttpServer> {
	const server = await startHttpServer(answer, options);
	onTestFinished(async () => await server.close());
	return server;
}

/** A server below HTTP that lives as long as the test that starts it. */
export async function serveTcp(answer: Parameters<typeof startTcpServer>[0]): Promise<TcpServer> {
	const server = await startTcpServer(answer);
	onTestFinished(async () => await server.close());
	return server;
}
