import { json, type ApiClient } from '../api/client/apiClient';
import { asId, asNumber, asText, asWireObject, type WireObject } from '../api/wire';

/**
 * The account (contract §2): `apiQuotaRemaining` counts API use, `credits` the site membership. A field is absent where
 * the service sent none that can be read.
 */
export interface Profile {
	readonly userId: string | undefined;
	readonly tier: string | undefined;
	readonly credits: number | undefined;
	readonly apiQuotaRemaining: number | undefined;
	readonly raw: WireObject;
}

/** The wire's names of what a {@link Profile} holds. */
export const PROFILE_FIELDS = ['user_id', 'tier', 'credits', 'api_quota_remaining'];

/** `GET /profile` (contract §2). */
export async function getProfile(client: ApiClient): Promise<Profile> {
	return await client.call({
		methodClass: 'read',
		method: 'GET',
		path: '/profile',
		read: json(readProfile, 'the fields of a profile'),
	});
}

/** `POST /profile` (contract §2). What comes back is not documented: whatever it is, it is handed on. */
export async function updateProfile(
	client: ApiClient,
	changes: { readonly webhookUrl: string },
): Promise<WireObject> {
	return await client.call({
		methodClass: 'read',
		method: 'POST',
		path: '/profile',
		json: changes,
		read: async (answer) => await answer.jsonIfAny(),
	});
}

/** Reads a profile, bare or in an envelope; `undefined` when there is none of its fields. */
export function readProfile(body: WireObject): Profile | undefined {
	const raw = [body, asWireObject(body.data)].find((place) =>
		PROFILE_FIELDS.some((field) => place?.[field] !== undefined),
	);
	if (raw === undefined) return undefined;
	return {
		userId: asId(raw.user_id),
		tier: asText(raw.tier),
		credits: asNumber(raw.credits),
		apiQuotaRemaining: asNumber(raw.api_quota_remaining),
		raw,
	};
}
