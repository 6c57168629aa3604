import { setMaxListeners } from 'node:events';
import { Control } from './control.mts';
import { mountControl } from './controlRoutes.mts';
import { Listener } from './listener.mts';
import { defaultToken, type SandboxOptions } from './options.mts';
import { fileRoutes, routes } from './routes/index.mts';
import { State } from './state.mts';
import { speak } from './voice/speaker.mts';
import { basePath, type World } from './world.mts';

export type { FaultAction, FaultRule } from './faults.mts';
export type { JobFailure } from './jobs.mts';
export type { Balances, Behaviour, RateLimit, SandboxOptions } from './options.mts';
export type { Charge, ReceivedPart, RequestRecord } from './requests.mts';
export type { Control, JobKind, Stats } from './control.mts';
export { makeClip, type ClipOptions } from './media/clip.mts';
export { seedVoices, type Voice } from './voiceStore.mts';

export interface Sandbox {
	/** What the credential's base URL has to be. */
	readonly baseUrl: string;
	readonly origin: string;
	readonly token: string;
	readonly control: Control;
	/** Ends every connection, stalled ones too. */
	close(): Promise<void>;
}

/** Starts a stand-in for the service on its own port. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const now = options.now ?? Date.now;
	const token = options.token ?? defaultToken;
	const mode = options.voice ?? 'tone';
	const shutdown = new AbortController();
	// Every answer that waits listens to it.
	setMaxListeners(0, shutdown.signal);
	let connectionNumber = 0;
	let main: Listener | undefined;
	let media: Promise<Listener> | undefined;

	const mediaOrigins = new Set<string>();
	const openMedia = async () => {
		const opened = await Listener.open(
			world,
			{ ...options, port: 0 },
			{ name: 'media', routes: fileRoutes },
		);
		mediaOrigins.add(opened.origin);
		return opened;
	};

	const world: World = {
		state: new State(options, now),
		token,
		now,
		shutdown: shutdown.signal,
		connections: new WeakMap(),
		stalled: new Set(),
		nextRequestNumber: 0,
		services: {
			now,
			speak: async (order) => await speak(mode, order),
			mediaBase: async (which) => {
				if (which === 'same') return main?.origin ?? '';
				media ??= openMedia();
				return (await media).origin;
			},
			mediaBases: () => [...mediaOrigins],
			shutdown: shutdown.signal,
			openApiPaths: options.openApiPaths ?? {},
		},
		refuseConnections: (forMs) => main?.refuseConnections(forMs),
		closeIdleConnections: () => main?.app.server.closeIdleConnections(),
		reset: async () => {
			world.state.callbacks.stop();
			world.state = new State(options, now);
			for (const response of world.stalled) response.destroy();
			await main?.acceptConnections();
		},
	};

	const control = new Control(world);
	const listener = await Listener.open(world, options, {
		name: 'main',
		routes,
		mountMore: (app) => mountControl(app, control),
		onConnection: () => {
			world.state.connectionsOpened += 1;
			return (connectionNumber += 1);
		},
	});
	main = listener;
	mediaOrigins.add(listener.origin);

	return {
		baseUrl: `${listener.origin}${basePath}`,
		origin: listener.origin,
		token,
		control,
		close: async () => {
			shutdown.abort();
			world.state.callbacks.stop();
			await listener.close();
			await (await media)?.close();
		},
	};
}
