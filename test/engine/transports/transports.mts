import path from 'node:path';
import type { IExecuteFunctions, INodeType } from 'n8n-workflow';
import { afterAll, beforeAll } from 'vitest';
import type { Account } from '../../../nodes/shared/api/client/apiClient.ts';
import type {
	Answer,
	CallContext,
	Connection,
	HttpCall,
	Outcome,
} from '../../../nodes/shared/api/http/exchange.ts';
import type {
	Transport,
	TransportFailure,
	TransportRequest,
	TransportResponse,
} from '../../../nodes/shared/api/http/transport.ts';
import {
	createEngine,
	describeNode,
	type Engine,
	type EngineOptions,
} from '../../support/engine/index.mts';

type Modules = {
	readonly [Name in keyof ModuleTypes]: ModuleTypes[Name];
};

interface ModuleTypes {
	readonly apiClient: typeof import('../../../nodes/shared/api/client/apiClient.ts');
	readonly caller: typeof import('../../../nodes/shared/api/http/caller.ts');
	readonly exchange: typeof import('../../../nodes/shared/api/http/exchange.ts');
	readonly formData: typeof import('../../../nodes/shared/api/http/formData.ts');
	readonly service: typeof import('../../../nodes/shared/fishspeech/service.ts');
	readonly undiciTransport: typeof import('../../../nodes/shared/api/http/undiciTransport.ts');
	readonly helperTransport: typeof import('../../../nodes/shared/host/helperTransport.ts');
	readonly runtime: typeof import('../../../nodes/shared/host/runtime.ts');
}

export type AdapterName = Transport['name'];

/** Every case of the contract runs over each of them. */
export const ADAPTERS: readonly AdapterName[] = ['undici', 'n8n'];

/** Both adapters as a node in n8n's engine would build them, and the built modules around them. */
export interface Workbench {
	readonly engine: Engine;
	readonly transports: Readonly<Record<AdapterName, Transport>>;
	readonly modules: Modules;
	/** n8n's store, for media that must end up somewhere. */
	readonly helpers: IExecuteFunctions['helpers'];
	close(): Promise<void>;
}

/** Starts an engine and takes the helpers that it gives to a node. */
export async function openWorkbench(options: EngineOptions = {}): Promise<Workbench> {
	const engine = await createEngine(options);
	const load = <T,>(name: string): T => {
		const module: T = engine.host.require(
			path.join(engine.loader.directory, 'dist/nodes/shared', `${name}.js`),
		);
		return module;
	};
	const modules: Modules = {
		apiClient: load('api/client/apiClient'),
		caller: load('api/http/caller'),
		exchange: load('api/http/exchange'),
		formData: load('api/http/formData'),
		service: load('fishspeech/service'),
		undiciTransport: load('api/http/undiciTransport'),
		helperTransport: load('host/helperTransport'),
		runtime: load('host/runtime'),
	};
	const helpers = await helpersOfANode(engine);
	// Hosts before 2.30 have no egress filter, whatever the types say, and so the package leaves undici alone there.
	const hasFilter = typeof helpers.getSecureEgressFilter === 'function';
	const undici = hasFilter
		? await modules.undiciTransport.undiciTransport(helpers.getSecureEgressFilter())
		: undefined;
	return {
		engine,
		transports: {
			undici: undici ?? unusable,
			n8n: modules.helperTransport.helperTransport(helpers),
		},
		modules,
		helpers,
		close: async () => await engine.close(),
	};
}

/** A workbench for the tests of a file; its members can be used inside tests only. */
export function useWorkbench(): Omit<Workbench, 'close'> {
	let bench: Workbench | undefined;
	beforeAll(async () => {
		bench = await openWorkbench();
	});
	afterAll(async () => {
		await bench?.close();
	});
	const opened = (): Workbench => {
		if (bench === undefined) throw new Error('the workbench opens with the first test');
		return bench;
	};
	return {
		get engine() {
			return opened().engine;
		},
		get transports() {
			return opened().transports;
		},
		get modules() {
			return opened().modules;
		},
		get helpers() {
			return opened().helpers;
		},
	};
}

const unusable: Transport = {
	name: 'undici',
	send: async () => {
		throw new Error('undici is not to be had in this engine');
	},
};

async function helpersOfANode(engine: Engine): Promise<IExecuteFunctions['helpers']> {
	let helpers: IExecuteFunctions['helpers'] | undefined;
	const node: INodeType = {
		description: describeNode('test.helpers'),
		async execute() {
			helpers = this.helpers;
			return [[]];
		},
	};
	engine.registerNode('test.helpers', node);
	await engine.run({ node: 'test.helpers' });
	if (helpers === undefined) throw new Error('the node was not run');
	return helpers;
}

/** A request with the defaults that a test does not care about. */
export function request(url: string, parts: Partial<TransportRequest> = {}): TransportRequest {
	return { method: 'GET', url, headers: {}, signal: new AbortController().signal, ...parts };
}

/** The whole body of a response. */
export async function bytesOf({ body }: TransportResponse): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of body) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks);
}

/** What a promise was rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
	return await promise.then(
		() => {
			throw new Error('it did not reject');
		},
		(error: unknown) => error,
	);
}

/** Kind and code of a transport's failure; the built module's class is another than the source's. */
export function kindOf(error: unknown): Pick<TransportFailure, 'kind'> | unknown {
	return error instanceof Error && error.name === 'TransportFailure' && 'kind' in error
		? error.kind
		: error;
}

/** How the try of an exchange failed. */
export function failureOf(outcome: Outcome<unknown>): unknown {
	return outcome.ok ? outcome : outcome.failedTry.failure;
}

/** A workbench that somebody else closes. */
export type OpenWorkbench = Omit<Workbench, 'close'>;

/** The service over one of the adapters, with the real clock. */
export function connectionOver(
	{ modules, transports }: OpenWorkbench,
	adapter: AdapterName,
): Connection {
	return {
		service: modules.service.fishSpeech,
		transport: transports[adapter],
		clock: modules.runtime.runtime,
	};
}

/** An account whose API is at `origin`. */
export function accountOver(
	bench: OpenWorkbench,
	adapter: AdapterName,
	origin: string,
	token = 'token-1',
): Account {
	return bench.modules.apiClient.openAccount({
		...connectionOver(bench, adapter),
		baseUrl: `${origin}/api/open/v1`,
		token,
	});
}

/** What a test may change of a try. */
export interface TryOptions {
	readonly timeoutMs?: number;
	readonly signal?: AbortSignal;
	readonly graceMs?: number;
	readonly body?: string;
}

/** One try over a transport, with the real clock, as a GET unless said otherwise. */
export async function exchangeOver<T>(
	bench: OpenWorkbench,
	adapter: AdapterName,
	url: string,
	read: (answer: Answer) => Promise<T>,
	{ timeoutMs = 5_000, signal, graceMs, body }: TryOptions = {},
): Promise<Outcome<T>> {
	const call: HttpCall<T> = {
		methodClass: body === undefined ? 'read' : 'create',
		method: body === undefined ? 'GET' : 'POST',
		url,
		headers: body === undefined ? {} : { 'content-type': 'application/json' },
		body,
		who: 'FishSpeech',
		graceMs,
		read,
	};
	const context = callContext({ requestTimeoutMs: timeoutMs, signal });
	return await bench.modules.exchange.exchange(call, context, connectionOver(bench, adapter));
}

/** A call's context with the defaults that a test does not care about. */
export function callContext(parts: Partial<CallContext> = {}): CallContext {
	return {
		requestTimeoutMs: 5_000,
		maxRetries: 0,
		retryUnknownOutcome: false,
		secrets: [],
		...parts,
	};
}
