import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../api/client/apiClient';
import { VOICE_FIELDS, type Voice } from '../fishspeech/voices';
import { withOtherFields } from '../host/rows';

/** A voice as a row: the known fields first, then whatever else the service tells. */
export function voiceRow({ raw, ...known }: Voice, { context }: ApiClient): IDataObject {
	return withOtherFields({ ...known }, raw, VOICE_FIELDS, context.secrets);
}
