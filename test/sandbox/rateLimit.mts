import { ApiProblem } from './answer.mts';
import type { RateLimit } from './options.mts';

/** A token bucket that starts full. */
export class TokenBucket {
	#tokens: number;
	#refilledAt: number;

	constructor(
		private readonly limit: RateLimit,
		private readonly now: () => number,
	) {
		this.#tokens = limit.capacity;
		this.#refilledAt = now();
	}

	/** Takes one token, or throws the 429 that the limit prescribes. */
	take(): void {
		const now = this.now();
		const gained = ((now - this.#refilledAt) / 1_000) * this.limit.perSecond;
		this.#tokens = Math.min(this.limit.capacity, this.#tokens + Math.max(0, gained));
		this.#refilledAt = now;
		if (this.#tokens >= 1) {
			this.#tokens -= 1;
			return;
		}
		throw new ApiProblem(429, 'rate_limited', 'Too many requests.', {}, this.#headers(now));
	}

	#headers(now: number): Record<string, string> {
		const style = this.limit.retryAfter ?? 'seconds';
		if (style === 'none') return {};
		if (typeof style === 'number') return { 'retry-after': String(style) };
		const waitSeconds = Math.max(1, Math.ceil((1 - this.#tokens) / this.limit.perSecond));
		if (style === 'seconds') return { 'retry-after': String(waitSeconds) };
		return { 'retry-after': new Date(now + waitSeconds * 1_000).toUTCString() };
	}
}
