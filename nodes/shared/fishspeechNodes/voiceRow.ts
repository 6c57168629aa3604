import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../api/client/apiClient';
import { VOICE_FIELDS, type Voice } from '../fishspeech/voices';
import { maskedRow, withOtherFields } from '../host/rows';

/**
 * A voice as a row: the known fields first, whatever else the service tells after them. The ID stays as it is, even where
 * a piece of the reference text happens to stand in it.
 */
export function voiceRow({ raw, ...known }: Voice, { context }: ApiClient): IDataObject {
	const row = maskedRow(withOtherFields({ ...known }, raw, VOICE_FIELDS), context.secrets);
	return { ...row, voiceId: known.voiceId };
}
