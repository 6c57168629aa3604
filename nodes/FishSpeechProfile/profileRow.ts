import type { IDataObject } from 'n8n-workflow';

import type { CallContext } from '../shared/api/http/caller';
import { PROFILE_FIELDS, type Profile } from '../shared/api/endpoints/profile';
import { withOtherFields } from '../shared/api/endpoints/readers';
import { maskedRow } from '../shared/host/run/rows';

/** A profile as a row: the known fields first, whatever else the service tells after them. */
export function profileRow(profile: Profile, context: CallContext): IDataObject {
	const { userId, tier, credits, apiQuotaRemaining, raw } = profile;
	const known = { userId, tier, credits, apiQuotaRemaining };
	return maskedRow(withOtherFields(known, raw, PROFILE_FIELDS), context);
}
