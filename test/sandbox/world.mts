import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Services } from './call.mts';
import type { State } from './state.mts';

export const basePath = '/api/open/v1';

export type ListenerName = 'main' | 'media';

export interface ConnectionInfo {
	readonly number: number;
	requests: number;
}

/** What lives as long as the sandbox: the state in force, and the sockets that it holds on to. */
export interface World {
	state: State;
	readonly token: string;
	readonly services: Services;
	readonly now: () => number;
	/** Fires when the sandbox closes. */
	readonly shutdown: AbortSignal;
	readonly connections: WeakMap<Socket, ConnectionInfo>;
	/** Answers held back by a fault. */
	readonly stalled: Set<ServerResponse>;
	/** Stops listening for a while, so that new connections are refused. */
	readonly refuseConnections: (forMs: number) => void;
	/** Closes the connections that carry no request at the moment. */
	readonly closeIdleConnections: () => void;
	readonly reset: () => Promise<void>;
	nextRequestNumber: number;
}
