import { once } from 'node:events';
import http from 'node:http';

import { freePorts } from '../../e2e/host/ports.mts';

/** What production calls begin with. Test calls of the editor (`/webhook-test/`) are the main's. */
export const WEBHOOK_PATHS = [
	'/webhook/',
	'/webhook-waiting/',
	'/form/',
	'/form-waiting/',
] as const;

/** Where the processes of a cluster listen. */
export interface ClusterPorts {
	readonly main: number;
	/** At least one; calls go to them in turns. */
	readonly webhooks: readonly number[];
}

export interface ReverseProxy {
	readonly baseUrl: string;
	/** Says where the processes are; until then every call is answered 502. */
	forwardTo(ports: ClusterPorts): void;
	close(): Promise<void>;
}

/** The one address of a cluster: webhooks go to the webhook processes, everything else to the main. */
export async function startReverseProxy(): Promise<ReverseProxy> {
	const [port] = await freePorts(1);
	let ports: ClusterPorts | undefined;
	let turns = 0;
	const server = http.createServer((request, response) => {
		const { method, url = '/', headers } = request;
		const isWebhook = WEBHOOK_PATHS.some((prefix) => url.startsWith(prefix));
		const webhooks = ports?.webhooks ?? [];
		const port = isWebhook ? webhooks[turns++ % webhooks.length] : ports?.main;
		const target = { host: '127.0.0.1', port };
		const forwarded = http.request({ ...target, method, path: url, headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
			answer.once('error', () => response.destroy());
		});
		forwarded.once('error', () => {
			if (response.headersSent) response.destroy();
			else response.writeHead(502).end();
		});
		response.once('close', () => forwarded.destroy());
		request.pipe(forwarded);
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return {
		baseUrl: `http://127.0.0.1:${port}`,
		forwardTo: (found) => {
			ports = found;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
