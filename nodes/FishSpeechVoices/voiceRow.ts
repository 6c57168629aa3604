import type { IDataObject } from 'n8n-workflow';

import type { CallContext } from '../shared/api/http/caller';
import { withOtherFields } from '../shared/api/endpoints/readers';
import { VOICE_FIELDS, type Voice } from '../shared/api/endpoints/voices';
import { maskedRow } from '../shared/host/run/rows';

/** A voice as a row: the known fields first, whatever else the service tells after them. */
export function voiceRow(
	{ voiceId, name, provider, raw }: Voice,
	context: CallContext,
): IDataObject {
	return maskedRow(withOtherFields({ voiceId, name, provider }, raw, VOICE_FIELDS), context);
}
