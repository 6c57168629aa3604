import { performance } from 'node:perf_hooks';

/** What the package's `shared/host/runtime` exports: the one object through which time enters it. */
export interface RuntimeClock {
	now: () => number;
	elapsed: () => number;
	sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
	random: () => number;
}

export interface FastClockOptions {
	readonly random?: () => number;
	/** Real milliseconds of idle event loop before time jumps by `jumpMs`. */
	readonly quietMs?: (jumpMs: number) => number;
}

export interface FastClock {
	/** Virtual milliseconds since the epoch; hand it to a server that shares the test's time. */
	now(): number;
	/** Virtual time that passed without being waited for. */
	readonly skippedMs: number;
	/** The durations asked for, in order. */
	readonly sleeps: readonly number[];
	/** Lets time pass at once, while nobody sleeps. */
	skip(ms: number): void;
	restore(): void;
}

interface Sleeper {
	readonly wakeAt: number;
	readonly wake: () => void;
}

/** More work than this within a tick of about a millisecond means that something is still going on. */
const busyMsPerTick = 0.25;
/** Starts a short wait for quiet anew, while a long one survives a machine that is loaded by others. */
const busyTickCostsMs = 5;
/** No more of a tick counts: a process that was stopped, or got no core, looks idle for all that time. */
const idleMsPerTick = 2;

/**
 * Makes sleeping free: when nothing else happens in the process, time jumps to the earliest sleeper. Sleepers wake in
 * the order of their times, so that a deadline racing a request behaves as in real time: the jump is held back until
 * the event loop was idle, for longer the further the jump.
 */
export function useFastClock(runtime: RuntimeClock, options: FastClockOptions = {}): FastClock {
	const original = { ...runtime };
	const quietMs = options.quietMs ?? defaultQuietMs;
	const sleepers: Sleeper[] = [];
	const sleeps: number[] = [];
	let skippedMs = 0;
	let pumping = false;
	let idleMs = 0;
	const now = () => Date.now() + skippedMs;
	const elapsed = () => performance.now() + skippedMs;

	function pump(): void {
		pumping = true;
		let before = performance.eventLoopUtilization();
		const tick = () => {
			const delta = performance.eventLoopUtilization(before);
			before = performance.eventLoopUtilization();
			const isBusy = delta.active > busyMsPerTick;
			const idle = Math.min(delta.idle, idleMsPerTick);
			idleMs = isBusy ? Math.max(0, idleMs - busyTickCostsMs) : idleMs + idle;
			jumpIfQuiet();
			pumping = sleepers.length > 0;
			if (pumping) setTimeout(tick, 1);
		};
		setTimeout(tick, 1);
	}

	function jumpIfQuiet(): void {
		const [first] = sleepers;
		if (!first) return;
		const jumpMs = Math.max(0, first.wakeAt - now());
		if (idleMs < quietMs(jumpMs) || isWorkInFlight()) return;
		skippedMs += jumpMs;
		idleMs = 0;
		while (sleepers[0] && sleepers[0].wakeAt <= now()) sleepers.shift()?.wake();
	}

	async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
		signal?.throwIfAborted();
		sleeps.push(ms);
		// Who goes to sleep was awake: a new deadline has its whole time before it.
		idleMs = 0;
		await new Promise<void>((resolve, reject) => {
			const sleeper: Sleeper = {
				wakeAt: now() + ms,
				wake: () => {
					signal?.removeEventListener('abort', abort);
					resolve();
				},
			};
			const abort = () => {
				const index = sleepers.indexOf(sleeper);
				if (index !== -1) sleepers.splice(index, 1);
				reject(signal?.reason);
			};
			signal?.addEventListener('abort', abort, { once: true });
			const later = sleepers.findIndex(({ wakeAt }) => wakeAt > sleeper.wakeAt);
			sleepers.splice(later === -1 ? sleepers.length : later, 0, sleeper);
			if (!pumping) pump();
		});
	}

	Object.assign(runtime, { now, elapsed, sleep, random: options.random ?? original.random });
	return {
		now,
		sleeps,
		get skippedMs() {
			return skippedMs;
		},
		skip(ms) {
			skippedMs += ms;
		},
		restore: () => void Object.assign(runtime, original),
	};
}

/** Work outside the event loop, which looks idle meanwhile. */
const workingResources: ReadonlySet<string> = new Set([
	'FSReqCallback',
	'FSReqPromise',
	'GetAddrInfoReqWrap',
]);

function isWorkInFlight(): boolean {
	return process.getActiveResourcesInfo().some((resource) => workingResources.has(resource));
}

/** Back-offs and poll delays jump at once; a long deadline leaves a slow answer its real latency. */
function defaultQuietMs(jumpMs: number): number {
	return jumpMs <= 15_000 ? 0.5 : Math.min(250, jumpMs / 500);
}
