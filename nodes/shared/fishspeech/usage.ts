import { firstNumber, type WireObject } from '../api/wire';

/** What a call was charged and what is left, as far as the service told. */
export interface Usage {
	readonly creditsUsed: number | undefined;
	readonly quotaRemaining: number | undefined;
}

export function readUsage(body: WireObject, inside: readonly string[] = []): Usage {
	return {
		creditsUsed: firstNumber(body, ['credits_used', 'creditsUsed'], inside),
		quotaRemaining: firstNumber(body, ['quota_remaining', 'quotaRemaining'], inside),
	};
}
