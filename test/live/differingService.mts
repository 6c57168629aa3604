import { startHttpServer, type HttpServer } from '../support/servers/httpServer.mts';
import { endpointOf } from './exchange.mts';

/** An answer of the sandbox on its way to the client; a change makes it differ in place. */
export interface ChangingAnswer {
	status: number;
	readonly headers: Record<string, string>;
	/** Absent when the body is not a JSON object. */
	readonly json: Record<string, unknown> | undefined;
}

/** By endpoint; every answer of it passes. */
export type Changes = Readonly<Record<string, (answer: ChangingAnswer) => void>>;

export interface DifferingService {
	readonly baseUrl: string;
	readonly server: HttpServer;
	close(): Promise<void>;
}

/** The service behind `baseUrl`, made to differ from what it is. */
export async function startDifferingService(
	baseUrl: string,
	changes: Changes,
): Promise<DifferingService> {
	const { origin, pathname } = new URL(baseUrl);
	const server = await startHttpServer(async ({ method, path, headers, body }, response) => {
		const answer = await fetch(origin + path, {
			method,
			headers: {
				authorization: headers.authorization ?? '',
				...(headers['content-type'] && { 'content-type': headers['content-type'] }),
			},
			...(method !== 'GET' && body.length > 0 && { body: new Uint8Array(body) }),
		});
		const bytes = Buffer.from(await answer.arrayBuffer());
		const type = answer.headers.get('content-type') ?? 'text/plain';
		const changing: ChangingAnswer = {
			status: answer.status,
			headers: { 'content-type': type },
			json: type.includes('json') ? JSON.parse(bytes.toString('utf8')) : undefined,
		};
		const [plain = ''] = path.split('?');
		const short = plain.startsWith(`${pathname}/`) ? plain.slice(pathname.length) : plain;
		changes[endpointOf(method, short)]?.(changing);
		const changed = changing.json === undefined ? bytes : JSON.stringify(changing.json);
		response.writeHead(changing.status, changing.headers).end(changed);
	});
	return {
		baseUrl: server.origin + pathname,
		server,
		close: async () => await server.close(),
	};
}
