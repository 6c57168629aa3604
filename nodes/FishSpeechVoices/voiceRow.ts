import type { IDataObject } from 'n8n-workflow';

import type { CallContext } from '../shared/api/caller';
import { withOtherFields } from '../shared/api/readers';
import { VOICE_FIELDS, type Voice } from '../shared/api/voices';
import { maskedRow } from '../shared/host/rows';

/** A voice as a row: the known fields first, whatever else the service tells after them. */
export function voiceRow(
	{ voiceId, name, provider, raw }: Voice,
	context: CallContext,
): IDataObject {
	return maskedRow(withOtherFields({ voiceId, name, provider }, raw, VOICE_FIELDS), context);
}
