import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { aceDataAnswer, asAceDataProblem } from './acedata/problems.mts';
import { ApiProblem, problemAnswer, type Answer } from './answer.mts';
import { readBody, searchableBody, shownBody } from './body.mts';
import type { Call, Route } from './call.mts';
import * as delivery from './delivery.mts';
import type { FaultAction, FaultSubject } from './faults.mts';
import { rawAnswer, redirectAnswer, statusAnswer } from './replacements.mts';
import { shownHeaders, type RequestRecord } from './requests.mts';
import type { State } from './state.mts';
import { basePath, type ListenerName, type World } from './world.mts';

/** A request between the arrival of its headers and its answer. */
export interface Arrival {
	readonly state: State;
	readonly record: RequestRecord;
}

function authorizationOf(raw: IncomingMessage, token: string): RequestRecord['authorization'] {
	const sent = raw.headers.authorization;
	if (sent === undefined) return 'missing';
	return sent === `Bearer ${token}` ? 'ok' : 'wrong';
}

function record(
	world: World,
	listener: ListenerName,
	request: FastifyRequest,
	route: Route,
): RequestRecord {
	const { raw } = request;
	const [fullPath = '/', rawQuery = ''] = request.url.split('?');
	const connection = world.connections.get(raw.socket);
	const idempotencyKey = raw.headers['idempotency-key'];
	const id = (world.nextRequestNumber += 1);
	const isApi = listener === 'main' && fullPath.startsWith(`${basePath}/`);
	return {
		id,
		listener,
		requestId: `req_${id.toString(36).padStart(8, '0')}`,
		at: world.now(),
		method: request.method,
		path: isApi ? fullPath.slice(basePath.length) : fullPath,
		endpoint: route.path === '' ? 'unknown' : `${route.method} ${route.path}`,
		query: stringQuery(request.query),
		rawQuery,
		headers: shownHeaders(raw.headers),
		authorization: authorizationOf(raw, world.token),
		idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : undefined,
		connection: connection?.number ?? 0,
		reusedConnection: (connection?.requests ?? 1) > 1,
		body: undefined,
		fault: undefined,
		accepted: false,
		credits: 0,
		createdId: undefined,
		status: undefined,
		outcome: 'open',
	};
}

function stringQuery(query: unknown): Record<string, string> {
	if (typeof query !== 'object' || query === null) return {};
	return Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]));
}

function subjectOf({
	record: { method, path, endpoint, reusedConnection },
}: Arrival): FaultSubject {
	return { method, path, endpoint, reusedConnection };
}

/** Notes a request whose headers have arrived. False when a fault closed its connection already. */
export function arrive(
	world: World,
	listener: ListenerName,
	request: FastifyRequest,
	response: ServerResponse,
	route: Route,
): Arrival | undefined {
	const connection = world.connections.get(request.raw.socket);
	if (connection !== undefined) connection.requests += 1;
	const arrival = { state: world.state, record: record(world, listener, request, route) };
	response.once('close', () => {
		world.stalled.delete(response);
		arrival.record.outcome = response.writableFinished ? 'answered' : 'cut';
		arrival.state.log.changed();
	});
	const fault = arrival.state.faults.onHeaders(subjectOf(arrival));
	if (fault !== undefined) arrival.record.fault = fault.kind;
	arrival.state.log.add(arrival.record);
	// Dates in an answer are counted from its own.
	response.setHeader('date', new Date(world.now()).toUTCString());
	if (fault === undefined) return arrival;
	delivery.breakConnection(response, 'fin');
	return undefined;
}

async function work(route: Route, call: Call): Promise<Answer> {
	try {
		if (route.zone === 'api' || route.zone === 'aceData') {
			if (call.record.authorization !== 'ok') {
				throw new ApiProblem(401, 'unauthorized', 'The token is missing or not valid.');
			}
			call.state.takeRateToken();
		}
		return await route.handle(call);
	} catch (error) {
		if (error instanceof ApiProblem) return problemOf(route, call, error);
		const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
		const problem = new ApiProblem(500, 'sandbox_defect', `The sandbox has a defect: ${what}`);
		return problemOf(route, call, problem);
	} finally {
		call.state.log.changed();
	}
}

/** In the words of the service whose route it is. */
function problemOf({ zone }: Route, { state, record }: Call, problem: ApiProblem): Answer {
	if (zone !== 'aceData') return problemAnswer(problem, record.requestId);
	const { aceDataErrors } = state.behaviour;
	return aceDataAnswer(asAceDataProblem(problem), record.requestId, aceDataErrors);
}

interface Delivery {
	readonly route: Route;
	readonly world: World;
	readonly call: Call;
	readonly response: ServerResponse;
	readonly url: string;
	readonly doWork: () => Promise<Answer>;
}

function send({ call, response }: Delivery, answer: Answer): void {
	call.record.status = answer.status;
	delivery.send(response, answer);
}

async function replacement(
	{ world, call, url, route }: Delivery,
	fault: Extract<FaultAction, { kind: 'status' | 'raw' | 'redirect' }>,
): Promise<Answer> {
	switch (fault.kind) {
		case 'status':
			return statusAnswer(fault, call.record.requestId, world.now(), route.zone);
		case 'raw':
			return rawAnswer(fault);
		case 'redirect': {
			if (fault.to === 'self') return redirectAnswer(fault, url);
			if (fault.to !== 'otherOrigin') return redirectAnswer(fault, fault.to);
			return redirectAnswer(fault, `${await world.services.mediaBase('other')}${url}`);
		}
	}
}

async function spoil(task: Delivery, fault: FaultAction): Promise<void> {
	const { world, call, response, doWork } = task;
	if ('accept' in fault && fault.accept === true) await doWork();
	switch (fault.kind) {
		case 'status':
		case 'raw':
		case 'redirect':
			return send(task, await replacement(task, fault));
		case 'reset':
			return delivery.breakConnection(response, 'reset');
		case 'idleClose':
			return delivery.breakConnection(response, 'fin');
		case 'stall':
			world.stalled.add(response);
			return call.state.log.changed();
	}
	const answer = await doWork();
	call.record.status = answer.status;
	switch (fault.kind) {
		case 'cutBody':
			return await delivery.sendCut(response, answer, fault);
		case 'stallBody':
			world.stalled.add(response);
			return await delivery.sendStalled(response, answer, fault);
		case 'drip':
			return await delivery.sendDripping(response, answer, fault, world.shutdown);
		case 'contentLength':
			return await delivery.sendMisdeclared(response, answer, fault);
		case 'truncate':
			return delivery.send(response, delivery.truncated(answer, fault));
		case 'encode':
			return delivery.send(response, delivery.encoded(answer, fault));
		case 'editJson':
			return delivery.send(response, delivery.edited(answer, fault));
		case 'contentType': {
			const headers = { ...answer.headers, 'content-type': fault.contentType };
			return delivery.send(response, { ...answer, headers });
		}
		case 'delay':
			await delay(fault.ms, undefined, { signal: world.shutdown });
			return delivery.send(response, answer);
		case 'goAway':
			delivery.send(response, { ...answer, headers: { ...answer.headers, connection: 'close' } });
			return world.refuseConnections(fault.forMs);
	}
}

/** Takes a request through fault, token, rate limit and endpoint to its answer. */
export async function dispatch(
	world: World,
	arrival: Arrival,
	request: FastifyRequest,
	response: ServerResponse,
	route: Route,
): Promise<void> {
	const { state, record } = arrival;
	const body = await readBody(request);
	record.body = shownBody(body);
	const params = stringQuery(request.params);
	const { services } = world;
	const { headers } = request.raw;
	const call: Call = { state, services, record, headers, params, query: record.query, body };
	const doWork = async () => await work(route, call);
	const task: Delivery = { route, world, call, response, url: request.url, doWork };
	const fault = state.faults.onRequest({ ...subjectOf(arrival), body: searchableBody(body) });
	try {
		if (fault !== undefined) {
			record.fault = fault.kind;
			await spoil(task, fault);
			return;
		}
		const answer = await doWork();
		// A limiter stands before the service and refuses at once.
		const latencyMs = answer.status === 429 ? 0 : state.behaviour.latencyMs;
		if (latencyMs > 0) await delay(latencyMs, undefined, { signal: world.shutdown });
		send(task, answer);
	} catch {
		// Only the end of the sandbox interrupts an answer; its connection goes with it.
		response.destroy();
	}
}
