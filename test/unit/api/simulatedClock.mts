import type { Clock } from '../../../nodes/shared/api/clock.ts';

interface Sleeper {
	readonly wakeAtMs: number;
	readonly wake: () => void;
}

/** A clock whose time passes only while everybody sleeps, so that hours take no time and come out the same each time. */
export class SimulatedClock implements Clock {
	readonly sleeps: number[] = [];
	/** How wrong the date is. */
	dateOffByMs = 0;
	/** By how much timers ring before their time. */
	ringsEarlyByMs = 0;
	private nowMs = Date.UTC(2026, 0, 1);
	private readonly startMs = this.nowMs;
	private readonly sleepers: Sleeper[] = [];

	constructor(private seed = 1) {}

	/** Milliseconds since the start. */
	get elapsedMs(): number {
		return this.nowMs - this.startMs;
	}

	now(): number {
		return this.nowMs + this.dateOffByMs;
	}

	elapsed(): number {
		return this.elapsedMs;
	}

	/** Mulberry32: the same numbers for the same seed. */
	random(): number {
		this.seed = (this.seed + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		signal?.throwIfAborted();
		this.sleeps.push(ms);
		await new Promise<void>((resolve, reject) => {
			const onAbort = () => {
				this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
				reject(signal?.reason);
			};
			const sleeper: Sleeper = {
				wakeAtMs: this.nowMs + Math.max(0, ms - this.ringsEarlyByMs),
				wake: () => {
					signal?.removeEventListener('abort', onAbort);
					resolve();
				},
			};
			signal?.addEventListener('abort', onAbort, { once: true });
			const later = this.sleepers.findIndex(({ wakeAtMs }) => wakeAtMs > sleeper.wakeAtMs);
			this.sleepers.splice(later === -1 ? this.sleepers.length : later, 0, sleeper);
		});
	}

	/** Lets time pass until `work` is settled. */
	async run<T>(work: Promise<T>): Promise<T> {
		let isSettled = false;
		const settle = () => {
			isSettled = true;
		};
		work.then(settle, settle);
		for (;;) {
			await quiet();
			if (isSettled) return await work;
			const next = this.sleepers.shift();
			if (next === undefined) throw new Error('everybody waits, and nobody sleeps');
			this.nowMs = next.wakeAtMs;
			next.wake();
		}
	}

	/** Lets time pass for `ms`. */
	async pass(ms: number): Promise<void> {
		await this.run(this.sleep(ms));
	}
}

/** Resolves once what is due without the clock has happened; streams take a few turns of the event loop. */
async function quiet(): Promise<void> {
	for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
