import type { LimitedServer } from './limitServers.mts';

/** How an account's calls are let in: what is simulated. Times are elapsed milliseconds. */
export interface Admission<Call> {
	/** When the next call may go: now or before, later, or `undefined` while an answer has to come first. */
	opensAtMs(nowMs: number): number | undefined;
	sent(nowMs: number): Call;
	succeeded(call: Call, nowMs: number): void;
	/** Returns for how long the call waits on its own before it queues again. */
	refused(
		call: Call,
		nowMs: number,
		retryAfterMs: number,
		backOffMs: (refusals: number) => number,
		tries: number,
	): number;
}

export interface Load {
	readonly server: LimitedServer;
	readonly items: number;
	readonly concurrency: number;
	/** One or more n8n processes with an equal share of the items each, and an admission of their own. */
	readonly processes: number;
	readonly latencyMs: number;
	/** How far an answer may be from the latency, as a part of it. */
	readonly spread: number;
	/** A 429 takes as long as a success does, instead of coming at once. */
	readonly hasSlowRefusals?: boolean;
	readonly retryAfterMs?: number;
	readonly seed: number;
}

export interface ItemRun {
	readonly process: number;
	readonly startedMs: number;
	readonly endedMs: number;
	readonly tries: number;
	readonly hasFailed: boolean;
}

export interface Outcome {
	readonly items: readonly ItemRun[];
	readonly requests: number;
	readonly endedMs: number;
}

interface Item {
	readonly ticket: number;
	readonly startedMs: number;
	tries: number;
}

const MAX_RETRIES = 4;
/** To the server, and how much longer it may take. */
const ONE_WAY_MS = 1;
const JITTER_MS = 4;
/** How much later than the first process another one may start. */
const LATEST_START_MS = 60;
/** How much later than asked for a timer may ring. */
const LATE_TIMER_MS = 2;
const GIVE_UP_MS = 600_000;
const ONE_RETRY_AFTER_MS = 1_000 + LATE_TIMER_MS + JITTER_MS;

/** Plays a batch event by event: no timers, no promises, the same for the same seed. */
export function simulate<Call>(load: Load, admissionFor: () => Admission<Call>): Outcome {
	const { server, items, concurrency, processes, latencyMs, spread } = load;
	const random = randomNumbers(load.seed);
	const agenda = new Agenda();
	const runs: ItemRun[] = [];
	let requests = 0;
	let tickets = 0;

	const openProcess = (_: unknown, process: number) => {
		const admission = admissionFor();
		const queue: Item[] = [];
		let toStart = items / processes;
		let wakesAtMs = Number.POSITIVE_INFINITY;

		const enter = (item: Item, nowMs: number) => {
			const place = queue.findIndex(({ ticket }) => ticket > item.ticket);
			queue.splice(place === -1 ? queue.length : place, 0, item);
			admit(nowMs);
		};
		const admit = (nowMs: number) => {
			while (queue.length > 0) {
				const opensAtMs = admission.opensAtMs(nowMs);
				if (opensAtMs === undefined) return;
				if (opensAtMs > nowMs) return wakeAt(opensAtMs);
				const item = queue.shift();
				if (item !== undefined) send(item, nowMs);
			}
		};
		const wakeAt = (atMs: number) => {
			if (wakesAtMs <= atMs) return;
			wakesAtMs = atMs;
			agenda.add(atMs + LATE_TIMER_MS * random(), (nowMs) => {
				if (wakesAtMs !== atMs) return;
				wakesAtMs = Number.POSITIVE_INFINITY;
				admit(nowMs);
			});
		};
		const send = (item: Item, sentMs: number) => {
			const call = admission.sent(sentMs);
			requests++;
			item.tries++;
			const answerMs = latencyMs * (1 + spread * (2 * random() - 1));
			agenda.add(sentMs + ONE_WAY_MS + JITTER_MS * random(), (arrivedMs) => {
				const isAccepted = server.accepts(arrivedMs, sentMs + answerMs - ONE_WAY_MS);
				const isSlow = isAccepted || load.hasSlowRefusals === true;
				agenda.add(isSlow ? sentMs + answerMs : arrivedMs + ONE_WAY_MS, (nowMs) => {
					if (isAccepted) return succeed(item, call, nowMs);
					refuse(item, call, nowMs);
				});
			});
		};
		const succeed = (item: Item, call: Call, nowMs: number) => {
			admission.succeeded(call, nowMs);
			end(item, nowMs, false);
		};
		const refuse = (item: Item, call: Call, nowMs: number) => {
			const backOffMs = (refusals: number) =>
				Math.round(random() * Math.min(30_000, 1_000 * 2 ** (refusals - 1)));
			const { retryAfterMs = 0 } = load;
			const ownMs = admission.refused(call, nowMs, retryAfterMs, backOffMs, item.tries);
			if (item.tries > MAX_RETRIES) return end(item, nowMs, true);
			if (ownMs > 0) agenda.add(nowMs + ownMs, (laterMs) => enter(item, laterMs));
			else enter(item, nowMs);
			admit(nowMs);
		};
		const end = (item: Item, nowMs: number, hasFailed: boolean) => {
			runs.push({
				process,
				startedMs: item.startedMs,
				endedMs: nowMs,
				tries: item.tries,
				hasFailed,
			});
			admit(nowMs);
			start(nowMs);
		};
		const start = (nowMs: number) => {
			if (toStart-- > 0) enter({ ticket: tickets++, startedMs: nowMs, tries: 0 }, nowMs);
		};
		return start;
	};

	const starts = Array.from({ length: processes }, openProcess);
	for (const [process, start] of starts.entries()) {
		const startsAtMs = process === 0 ? 0 : LATEST_START_MS * random();
		for (let slot = 0; slot < concurrency; slot++) agenda.add(startsAtMs, start);
	}
	agenda.run();
	return { items: runs, requests, endedMs: Math.max(...runs.map(({ endedMs }) => endedMs)) };
}

/** In batches as they were started, one process at a time: the longest wait over the median, of the worst batch. */
export function longestWaitOfMedian(
	{ items }: Outcome,
	{ concurrency, processes }: Pick<Load, 'concurrency' | 'processes'>,
): number {
	let worst = 0;
	for (let process = 0; process < processes; process++) {
		const own = items
			.filter((item) => item.process === process)
			.sort((a, b) => a.startedMs - b.startedMs);
		for (let from = 0; from < own.length; from += concurrency) {
			const waits = own
				.slice(from, from + concurrency)
				.map(({ startedMs, endedMs }) => endedMs - startedMs)
				.sort((a, b) => a - b);
			const median = waits[Math.floor(waits.length / 2)] ?? 0;
			// A Retry-After of a second, met once, starves nobody, even where the others met none.
			worst = Math.max(worst, (waits.at(-1) ?? 0) / Math.max(median, ONE_RETRY_AFTER_MS));
		}
	}
	return worst;
}

interface Entry {
	readonly atMs: number;
	readonly run: (nowMs: number) => void;
}

/** What happens when: by time, then by order of entry. */
class Agenda {
	private readonly entries: Entry[] = [];

	add(atMs: number, run: (nowMs: number) => void): void {
		// Almost everything is entered near the end: a sorted list is fast enough.
		let place = this.entries.length;
		while (place > 0 && (this.entries[place - 1]?.atMs ?? 0) > atMs) place--;
		this.entries.splice(place, 0, { atMs, run });
	}

	run(): void {
		for (let next = this.entries.shift(); next !== undefined; next = this.entries.shift()) {
			if (next.atMs > GIVE_UP_MS) throw new Error('the simulated batch does not end');
			next.run(next.atMs);
		}
	}
}

/** Mulberry32: the same numbers for the same seed. */
export function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
