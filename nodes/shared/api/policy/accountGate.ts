import type { Clock } from '../clock';

/** One call's place at the gate, kept through all of its tries. */
export interface GatePass {
	/** Waits for the turn; rejects with the signal's reason on Stop. */
	enter(signal?: AbortSignal): Promise<void>;
	/** The call that entered is over. */
	leave(outcome: 'succeeded' | 'failed' | 'rateLimited', closeForMs?: number): void;
	/** No further try will follow. */
	end(): void;
}

interface Waiting {
	readonly ticket: number;
	readonly admit: () => void;
}

/**
 * How many calls of one account may be in flight, learned from its 429s.
 * It starts without a limit. A 429 that arrives while it is open closes it for a while and sets the limit to half of
 * what was in flight; as many successes in a row as the limit raise the limit by one. First come, first served:
 * a call that has to come back keeps its place.
 */
export class AccountGate {
	private limit = Number.POSITIVE_INFINITY;
	private inFlight = 0;
	private successesInARow = 0;
	private closedUntilMs = 0;
	private nextTicket = 0;
	private passes = 0;
	private opening = false;
	/** By ticket, lowest first. */
	private readonly queue: Waiting[] = [];

	constructor(private readonly clock: Clock) {}

	/** Nobody holds a pass, and nothing was learned that a new gate would not know. */
	get isIdle(): boolean {
		return this.passes === 0 && this.limit === Number.POSITIVE_INFINITY && !this.isClosed();
	}

	pass(): GatePass {
		const ticket = this.nextTicket++;
		this.passes++;
		return {
			enter: async (signal) => await this.enter(ticket, signal),
			leave: (outcome, closeForMs) => this.leave(outcome, closeForMs),
			end: () => {
				this.passes--;
			},
		};
	}

	private async enter(ticket: number, signal?: AbortSignal): Promise<void> {
		signal?.throwIfAborted();
		if (this.queue.length === 0 && this.hasRoom()) {
			this.inFlight++;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const onAbort = () => {
				this.queue.splice(this.queue.indexOf(waiting), 1);
				reject(signal?.reason);
			};
			const waiting: Waiting = {
				ticket,
				admit: () => {
					signal?.removeEventListener('abort', onAbort);
					resolve();
				},
			};
			signal?.addEventListener('abort', onAbort, { once: true });
			const place = this.queue.findIndex((other) => other.ticket > ticket);
			this.queue.splice(place === -1 ? this.queue.length : place, 0, waiting);
			this.admitWaiting();
		});
	}

	private leave(outcome: 'succeeded' | 'failed' | 'rateLimited', closeForMs = 0): void {
		if (outcome === 'succeeded') this.countSuccess();
		else this.successesInARow = 0;
		if (outcome === 'rateLimited' && !this.isClosed()) {
			this.limit = Math.max(1, Math.floor(this.inFlight / 2));
			this.closedUntilMs = this.clock.now() + closeForMs;
		}
		this.inFlight--;
		this.admitWaiting();
	}

	private countSuccess(): void {
		if (++this.successesInARow < this.limit) return;
		this.limit++;
		this.successesInARow = 0;
	}

	private admitWaiting(): void {
		if (this.isClosed()) {
			if (this.queue.length > 0) this.openLater();
			return;
		}
		while (this.hasRoom()) {
			const waiting = this.queue.shift();
			if (waiting === undefined) return;
			this.inFlight++;
			waiting.admit();
		}
	}

	private openLater(): void {
		if (this.opening) return;
		this.opening = true;
		const open = () => {
			this.opening = false;
			this.admitWaiting();
		};
		this.clock.sleep(this.closedUntilMs - this.clock.now()).then(open, open);
	}

	private hasRoom(): boolean {
		return !this.isClosed() && this.inFlight < this.limit;
	}

	private isClosed(): boolean {
		return this.clock.now() < this.closedUntilMs;
	}
}

const gates = new Map<string, AccountGate>();

/** The gate of an account, shared by all nodes and executions of this process. */
export function accountGate(accountFingerprint: string, clock: Clock): AccountGate {
	const known = gates.get(accountFingerprint);
	if (known !== undefined) return known;
	// An idle gate has nothing to remember; without this the map would grow with every token ever used.
	for (const [fingerprint, gate] of gates) if (gate.isIdle) gates.delete(fingerprint);
	const gate = new AccountGate(clock);
	gates.set(accountFingerprint, gate);
	return gate;
}
