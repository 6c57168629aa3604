import { ApiProblem } from './answer.mts';
import type { Balances } from './options.mts';

/** Credits for a text: one for each started ten characters (code points). */
export function textCredits(text: string): number {
	return Math.ceil([...text].length / 10);
}

/** Credits for media: one for each started second. */
export function mediaCredits(durationSeconds: number): number {
	return Math.max(1, Math.ceil(durationSeconds));
}

export class Account {
	credits: number;
	apiQuotaRemaining: number;
	webhookUrl: string | undefined;

	constructor(
		balances: Balances,
		readonly tier: string,
	) {
		this.credits = balances.credits;
		this.apiQuotaRemaining = balances.apiQuotaRemaining;
	}

	setBalances(balances: Partial<Balances>): void {
		this.credits = balances.credits ?? this.credits;
		this.apiQuotaRemaining = balances.apiQuotaRemaining ?? this.apiQuotaRemaining;
	}

	/** Takes the price from the API quota, or throws 402 and takes nothing. */
	spend(price: number): void {
		if (price > this.apiQuotaRemaining) {
			throw new ApiProblem(
				402,
				'insufficient_quota',
				`The call costs ${price} credits, the API quota has ${this.apiQuotaRemaining} left.`,
			);
		}
		this.apiQuotaRemaining -= price;
	}

	profile(): Record<string, unknown> {
		return {
			user_id: 'user_sandbox',
			api_quota_remaining: this.apiQuotaRemaining,
			tier: this.tier,
			credits: this.credits,
			...(this.webhookUrl === undefined ? {} : { webhook_url: this.webhookUrl }),
		};
	}
}
