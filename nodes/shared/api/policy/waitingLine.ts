import type { Clock } from '../clock';

export interface WaitLimits {
	/** Aborted by Stop. */
	readonly signal?: AbortSignal;
	/** The moment, by the clock's `elapsed()`, at which waiting ends. */
	readonly deadlineMs?: number;
}

interface Waiting<Turn> {
	readonly ticket: number;
	readonly refusals: number;
	readonly settle: (turn: Turn | 'stopped' | 'late') => void;
}

/** Without a reason of its own, an abort makes an error with a stack trace. */
const OVER = new Error('The wait is over.');

/** Those who wait for their turn: the lowest ticket first. Stop and the deadline of each end its wait at once. */
export class WaitingLine<Turn> {
	private readonly waiting: Array<Waiting<Turn>> = [];

	constructor(
		private readonly clock: Clock,
		private readonly onEmptied: () => void,
	) {}

	get isEmpty(): boolean {
		return this.waiting.length === 0;
	}

	/** Joins at once, after so many refusals, and resolves with the turn that {@link serve} gives. */
	async join(
		{ ticket, refusals }: { readonly ticket: number; readonly refusals: number },
		{ signal, deadlineMs }: WaitLimits,
	): Promise<Turn | 'stopped' | 'late'> {
		if (signal?.aborted === true) return 'stopped';
		return await new Promise((resolve) => {
			const over = deadlineMs === undefined ? undefined : new AbortController();
			const waiting: Waiting<Turn> = {
				ticket,
				refusals,
				settle: (turn) => {
					signal?.removeEventListener('abort', onStop);
					over?.abort(OVER);
					resolve(turn);
				},
			};
			const onStop = () => this.endWait(waiting, 'stopped');
			signal?.addEventListener('abort', onStop, { once: true });
			const place = this.waiting.findIndex((other) => other.ticket > ticket);
			this.waiting.splice(place === -1 ? this.waiting.length : place, 0, waiting);
			if (deadlineMs === undefined) return;
			const onDeadline = () => this.endWait(waiting, 'late');
			// The only rejection is that of the sleep which settle() ends.
			this.clock
				.sleep(Math.max(0, deadlineMs - this.clock.elapsed()), over?.signal)
				.then(onDeadline, () => undefined);
		});
	}

	/** Gives the first in the line its turn. */
	serve(turn: Turn): void {
		const [first] = this.waiting;
		if (first !== undefined) this.endWait(first, turn);
	}

	/** Gives it to the first of those who were refused the fewest times. */
	serveLeastRefused(turn: Turn): void {
		const fewest = Math.min(...this.waiting.map(({ refusals }) => refusals));
		const first = this.waiting.find(({ refusals }) => refusals === fewest);
		if (first !== undefined) this.endWait(first, turn);
	}

	/** Ends one's wait, whether with a turn or without: it leaves the line and is told. */
	private endWait(waiting: Waiting<Turn>, how: Turn | 'stopped' | 'late'): void {
		const place = this.waiting.indexOf(waiting);
		if (place === -1) return;
		this.waiting.splice(place, 1);
		waiting.settle(how);
		if (this.isEmpty) this.onEmptied();
	}
}
