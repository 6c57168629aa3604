import { z } from 'zod/v4';

import type { WireObject } from './readers';

/** The account (contract §2): `apiQuotaRemaining` counts API use, `credits` the site membership. */
export interface Profile {
	readonly userId: string;
	readonly tier: string;
	readonly credits: number;
	readonly apiQuotaRemaining: number;
	readonly raw: WireObject;
}

const number = z
	.union([z.number(), z.string().trim().min(1).transform(Number)])
	.refine(Number.isFinite);

const profile = z.looseObject({
	user_id: z.union([z.string(), z.number().transform(String)]),
	tier: z.string(),
	credits: number,
	api_quota_remaining: number,
});

/** The wire's names of what a {@link Profile} holds. */
export const PROFILE_FIELDS = Object.keys(profile.shape);

/** `undefined` when one of the four required fields is missing. */
export function readProfile(raw: WireObject): Profile | undefined {
	const parsed = profile.safeParse(raw);
	if (!parsed.success) return undefined;
	const { user_id: userId, tier, credits, api_quota_remaining: apiQuotaRemaining } = parsed.data;
	return { userId, tier, credits, apiQuotaRemaining, raw };
}
