import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { valueAt } from './exchange.mts';
import type { Stage } from './stage.mts';

export interface Balance {
	readonly quota: number;
	readonly credits: number;
}

/** Reads both balances anew; absent when the answer cannot be read. */
export async function readBalance(stage: Stage): Promise<Balance | undefined> {
	const { recorder, options } = stage;
	const { step } = recorder;
	recorder.step = 'balance';
	try {
		await stage.send(`${new URL(options.baseUrl).pathname}/profile`);
	} catch {
		return undefined;
	} finally {
		recorder.step = step;
	}
	const answer = recorder.exchanges.findLast(({ endpoint }) => endpoint === ENDPOINTS.getProfile);
	if (answer?.status !== 200) return undefined;
	const quota = Number(valueAt(answer.json, 'api_quota_remaining') ?? NaN);
	// Only one of the two is spent by the API; a second one that cannot be read stays out of it.
	const credits = Number(valueAt(answer.json, 'credits') ?? 0);
	return Number.isNaN(quota) ? undefined : { quota, credits: Number.isNaN(credits) ? 0 : credits };
}

/** By how much the balances fell, the worse of the two. */
export function spentBetween(before: Balance, after: Balance): number {
	return Math.max(0, before.quota - after.quota, before.credits - after.credits);
}
