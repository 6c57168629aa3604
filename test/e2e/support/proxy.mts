import { Server } from 'proxy-chain';

export interface RecordingProxy extends AsyncDisposable {
	readonly url: string;
	/** `host:port` of each request and each tunnel that it was asked for. */
	readonly targets: readonly string[];
}

/** A forward proxy on loopback that passes everything on and remembers where to. */
export async function startProxy(): Promise<RecordingProxy> {
	const targets: string[] = [];
	const server = new Server({
		host: '127.0.0.1',
		port: 0,
		prepareRequestFunction: ({ hostname, port }) => {
			targets.push(`${hostname}:${port}`);
			return {};
		},
	});
	await server.listen();
	return {
		url: `http://127.0.0.1:${server.port}`,
		targets,
		[Symbol.asyncDispose]: async () => await server.close(true),
	};
}
