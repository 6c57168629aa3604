import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../api/client/apiClient';
import { PROFILE_FIELDS, type Profile } from '../fishspeech/profile';
import { withOtherFields } from '../host/rows';

/** A profile as a row: the known fields first, then whatever else the service tells. */
export function profileRow({ raw, ...known }: Profile, { context }: ApiClient): IDataObject {
	return withOtherFields(known, raw, PROFILE_FIELDS, context.secrets);
}
