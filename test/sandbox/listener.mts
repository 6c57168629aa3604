import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import multipart from '@fastify/multipart';
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { ApiProblem } from './answer.mts';
import { maxUploadBytes } from './body.mts';
import type { Route } from './call.mts';
import { arrive, dispatch, type Arrival } from './dispatch.mts';
import type { SandboxOptions } from './options.mts';
import { basePath, type ListenerName, type World } from './world.mts';

const maxBodyBytes = 64 * 1024 * 1024;

const nothingHere = (zone: Route['zone']): Route => ({
	method: 'GET',
	path: '',
	zone,
	handle: ({ record }) => {
		throw new ApiProblem(404, 'not_found', `There is no ${record.method} ${record.path}.`);
	},
});

const unknownApiRoute = nothingHere('api');
const unknownRoute = nothingHere('public');

function mount(
	app: FastifyInstance,
	world: World,
	name: ListenerName,
	routes: readonly Route[],
): void {
	const arrivals = new WeakMap<FastifyRequest, Arrival>();
	for (const route of routes) {
		app.route({
			method: route.method,
			url: route.zone === 'api' ? `${basePath}${route.path}` : route.path,
			onRequest: (request, reply, next) => {
				const arrival = arrive(world, name, request, reply.raw, route);
				if (arrival === undefined) {
					reply.hijack();
					return;
				}
				arrivals.set(request, arrival);
				next();
			},
			handler: async (request, reply) => {
				reply.hijack();
				const arrival = arrivals.get(request);
				if (arrival !== undefined) await dispatch(world, arrival, request, reply.raw, route);
			},
		});
	}
	app.setNotFoundHandler(async (request, reply) => {
		reply.hijack();
		const isApi = name === 'main' && request.url.startsWith(`${basePath}/`);
		const route = isApi ? unknownApiRoute : unknownRoute;
		const arrival = arrive(world, name, request, reply.raw, route);
		if (arrival !== undefined) await dispatch(world, arrival, request, reply.raw, route);
	});
}

function newServer(options: SandboxOptions, handler: http.RequestListener): http.Server {
	const server =
		options.tls === undefined
			? http.createServer(handler)
			: https.createServer(options.tls, handler);
	server.keepAliveTimeout = options.keepAliveTimeoutMs ?? 72_000;
	return server;
}

export interface ListenerPlan {
	readonly name: ListenerName;
	readonly routes: readonly Route[];
	readonly mountMore?: (app: FastifyInstance) => void;
	/** Called for each new connection; returns its number. */
	readonly onConnection?: () => number;
}

/** One HTTP listener with its routes. */
export class Listener {
	#refusal: NodeJS.Timeout | undefined;

	private constructor(
		readonly app: FastifyInstance,
		readonly origin: string,
		private readonly address: { readonly host: string; readonly port: number },
	) {}

	static async open(world: World, options: SandboxOptions, plan: ListenerPlan): Promise<Listener> {
		const app = fastify({
			bodyLimit: maxBodyBytes,
			exposeHeadRoutes: false,
			forceCloseConnections: true,
			serverFactory: (handler) => newServer(options, handler),
		});
		// Only a body over the limit or a broken upload gets here; everything else is judged by `dispatch`.
		app.setErrorHandler<FastifyError>(async (error, _request, reply) => {
			const status = error.statusCode ?? 500;
			const code = status === 413 ? 'payload_too_large' : 'invalid_request';
			await reply.code(status).send({ code, message: error.message });
		});
		app.removeAllContentTypeParsers();
		app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
			done(null, body);
		});
		await app.register(multipart, {
			throwFileSizeLimit: false,
			limits: { fileSize: maxUploadBytes, files: 50, fields: 50 },
		});
		const connectionEvent = options.tls === undefined ? 'connection' : 'secureConnection';
		app.server.on(connectionEvent, (socket) => {
			world.connections.set(socket, { number: plan.onConnection?.() ?? 0, requests: 0 });
		});
		mount(app, world, plan.name, plan.routes);
		plan.mountMore?.(app);
		const host = options.host ?? '127.0.0.1';
		await app.listen({ host, port: options.port ?? 0 });
		const bound = app.server.address();
		const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
		const scheme = options.tls === undefined ? 'http' : 'https';
		return new Listener(app, `${scheme}://${host}:${port}`, { host, port });
	}

	/** Refuses new connections for a while; requests under way are finished. */
	refuseConnections(forMs: number): void {
		clearTimeout(this.#refusal);
		this.app.server.close();
		this.app.server.closeIdleConnections();
		this.#refusal = setTimeout(() => void this.acceptConnections(), forMs).unref();
	}

	async acceptConnections(): Promise<void> {
		clearTimeout(this.#refusal);
		const { server } = this.app;
		if (server.listening) return;
		server.listen(this.address);
		await once(server, 'listening');
	}

	async close(): Promise<void> {
		clearTimeout(this.#refusal);
		await this.app.close();
	}
}
