import type { Admission } from './limitSimulation.mts';

/** 0.1: closes at a 429, halves what is in flight, adds one after as many successes in a row as the limit. */
export class Halving implements Admission<void> {
	readonly backsOffEach = true;
	private limit = Number.POSITIVE_INFINITY;
	private inFlight = 0;
	private successesInARow = 0;
	private closedUntilMs = 0;

	opensAtMs(): number | undefined {
		return this.inFlight < this.limit ? this.closedUntilMs : undefined;
	}

	sent(): void {
		this.inFlight++;
	}

	succeeded(): void {
		this.inFlight--;
		if (++this.successesInARow < this.limit) return;
		this.limit++;
		this.successesInARow = 0;
	}

	refused(_call: void, nowMs: number, closeForMs: (refusalsInARow: number) => number): void {
		this.successesInARow = 0;
		if (nowMs >= this.closedUntilMs) {
			this.limit = Math.max(1, Math.floor(this.inFlight / 2));
			this.closedUntilMs = nowMs + closeForMs(1);
		}
		this.inFlight--;
	}
}

/** Paces by what was accepted between two 429s, and by nothing else. */
export class Pacing implements Admission<{ epoch: number }> {
	private perMs = Number.POSITIVE_INFINITY;
	private tokens = 0;
	private filledAtMs = 0;
	private closedUntilMs = 0;
	private epoch = 0;
	private epochStartMs = 0;
	private accepted = 0;
	private duration = 0;
	private isFirst = true;

	constructor(private readonly growthPerSecond = 0.02) {}

	opensAtMs(nowMs: number): number | undefined {
		if (nowMs < this.closedUntilMs) return this.closedUntilMs;
		this.learn(nowMs);
		this.fill(nowMs);
		return this.tokens >= 1 ? nowMs : nowMs + (1 - this.tokens) / this.perMs;
	}

	sent(nowMs: number) {
		this.fill(nowMs);
		if (this.perMs !== Number.POSITIVE_INFINITY) this.tokens--;
		this.accepted++;
		return { epoch: this.epoch };
	}

	succeeded(): void {}

	refused(call: { epoch: number }, nowMs: number, closeForMs: (refusalsInARow: number) => number): void {
		if (call.epoch === this.epoch) this.accepted--;
		if (nowMs < this.closedUntilMs) return;
		this.duration = nowMs - this.epochStartMs;
		this.epochStartMs = nowMs;
		this.closedUntilMs = nowMs + closeForMs(1);
	}

	private learn(nowMs: number) {
		if (this.duration === 0) return;
		if (!this.isFirst && this.accepted > 0) this.perMs = this.accepted / this.duration;
		else if (this.isFirst) this.perMs = 5 / 1000;
		this.isFirst = false;
		this.tokens = this.perMs * (nowMs - this.epochStartMs);
		this.filledAtMs = nowMs;
		this.accepted = 0;
		this.duration = 0;
		this.epoch++;
	}

	private fill(nowMs: number) {
		if (this.perMs === Number.POSITIVE_INFINITY) {
			this.tokens = Number.POSITIVE_INFINITY;
			return;
		}
		const passed = nowMs - this.filledAtMs;
		this.perMs *= (1 + this.growthPerSecond) ** (passed / 1000);
		this.tokens += this.perMs * passed;
		this.filledAtMs = nowMs;
	}
}
