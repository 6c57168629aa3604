import {
	startHttpServer,
	type HttpServer,
	type ReceivedRequest,
} from '../support/servers/httpServer.mts';
import { endpointOf, type Exchange } from './exchange.mts';

/** Stands between the nodes and the service, passes everything on and remembers the answers. */
export interface Recorder {
	/** The base URL for the credential, on this machine. */
	readonly baseUrl: string;
	readonly exchanges: readonly Exchange[];
	/** The step that the next exchanges belong to. */
	step: string;
	close(): Promise<void>;
}

/** Of one connection only, or remade by it. */
const NOT_PASSED_ON = new Set([
	'connection',
	'content-encoding',
	'content-length',
	'expect',
	'host',
	'keep-alive',
	'transfer-encoding',
]);

/** `baseUrl` is the one of the service. */
export async function startRecorder(baseUrl: string): Promise<Recorder> {
	const service = new URL(baseUrl);
	const exchanges: Exchange[] = [];
	const current = { step: '' };
	const server: HttpServer = await startHttpServer(async (request, response) => {
		const { step } = current;
		try {
			const answer = await passOn(request, service.origin);
			const body = Buffer.from(await answer.arrayBuffer());
			exchanges.push(exchangeOf(step, request, service.pathname, answer, body));
			const headers = [...answer.headers].filter(([name]) => !NOT_PASSED_ON.has(name));
			response.writeHead(answer.status, Object.fromEntries(headers)).end(body);
		} catch {
			// The nodes see what they would see without a recorder: a broken connection.
			response.destroy();
		}
	});
	return {
		baseUrl: server.origin + service.pathname,
		exchanges,
		get step() {
			return current.step;
		},
		set step(step) {
			current.step = step;
		},
		close: async () => await server.close(),
	};
}

async function passOn(request: ReceivedRequest, origin: string): Promise<Response> {
	const headers = new Headers();
	for (const [name, value] of Object.entries(request.headers)) {
		if (!NOT_PASSED_ON.has(name) && value !== undefined)
			headers.set(name, [value].flat().join(', '));
	}
	const hasBody = request.method !== 'GET' && request.body.length > 0;
	return await fetch(origin + request.path, {
		method: request.method,
		headers,
		redirect: 'manual',
		...(hasBody && { body: new Uint8Array(request.body) }),
	});
}

function exchangeOf(
	step: string,
	{ method, path }: ReceivedRequest,
	basePath: string,
	answer: Response,
	body: Buffer,
): Exchange {
	const [fullPath = ''] = path.split('?');
	const apiPath = fullPath.startsWith(`${basePath}/`) ? fullPath.slice(basePath.length) : fullPath;
	return {
		step,
		endpoint: endpointOf(method, apiPath),
		status: answer.status,
		headers: Object.fromEntries(answer.headers),
		bytes: body.length,
		json: parsed(body),
		at: Date.now(),
	};
}

function parsed(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		return undefined;
	}
}
