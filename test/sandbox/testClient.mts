import { Agent, request } from 'undici';
import type { Sandbox } from './server.mts';

export interface Reply {
	readonly status: number;
	readonly contentType: string | undefined;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly bytes: Buffer;
	/** The body as a JSON object; empty when it is none. */
	readonly json: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
	readonly json?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
	readonly token?: string | null;
	readonly signal?: AbortSignal;
}

function objectIn(bytes: Buffer): Readonly<Record<string, unknown>> {
	try {
		const value: unknown = JSON.parse(bytes.toString());
		return typeof value === 'object' && value !== null ? { ...value } : {};
	} catch {
		return {};
	}
}

/** A plain client over one kept-alive connection, for the sandbox's own tests. */
export function clientOf(sandbox: Sandbox) {
	const agent = new Agent({ connections: 1, pipelining: 1 });

	const call = async (method: string, path: string, options: CallOptions = {}): Promise<Reply> => {
		const url = path.startsWith('http') ? path : `${sandbox.baseUrl}${path}`;
		const token = options.token === undefined ? sandbox.token : options.token;
		const response = await request(url, {
			method,
			dispatcher: agent,
			signal: options.signal,
			headers: {
				...(token === null ? {} : { authorization: `Bearer ${token}` }),
				...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
				...options.headers,
			},
			body: options.json === undefined ? undefined : JSON.stringify(options.json),
		});
		const bytes = Buffer.from(await response.body.arrayBuffer());
		const contentType = response.headers['content-type'];
		return {
			status: response.statusCode,
			contentType: typeof contentType === 'string' ? contentType : undefined,
			headers: response.headers,
			bytes,
			json: objectIn(bytes),
		};
	};

	return {
		call,
		get: async (path: string, options?: CallOptions) => await call('GET', path, options),
		post: async (path: string, json: unknown) => await call('POST', path, { json }),
		speak: async (text: string, more: Readonly<Record<string, unknown>> = {}) =>
			await call('POST', '/speech/tts', { json: { text, voiceId: 'voice_123', ...more } }),
		close: async () => await agent.destroy(),
	};
}

export type TestClient = ReturnType<typeof clientOf>;
