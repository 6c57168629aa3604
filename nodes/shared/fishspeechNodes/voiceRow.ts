import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../api/client/apiClient';
import { VOICE_FIELDS, type Voice } from '../fishspeech/voices';
import { maskedRow, withOtherFields } from '../host/rows';

/**
 * A voice as a row: the known fields first, then whatever else the service tells. The ID stays as it is, even if it
 * contains a piece of the reference text.
 */
export function voiceRow({ raw, ...known }: Voice, { context }: ApiClient): IDataObject {
	const row = maskedRow(withOtherFields({ ...known }, raw, VOICE_FIELDS), context.secrets);
	return { ...row, voiceId: known.voiceId };
}
