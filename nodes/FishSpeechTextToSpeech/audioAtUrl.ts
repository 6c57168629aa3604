import type { IDataObject } from 'n8n-workflow';

import { asNumber, asText } from '../shared/api/endpoints/readers';
import type { Usage } from '../shared/api/endpoints/speech';
import type { Receipt } from '../shared/host/run/operation';
import { isDataObject } from '../shared/host/parameters/parameters';

/** Finished and paid audio that the service keeps at a URL: what is left to do is fetch it. */
export interface AudioAtUrl extends Usage {
	readonly audioUrl: string;
	readonly expiresAt: string | undefined;
	readonly raw: IDataObject;
}

export function receiptOf({
	audioUrl,
	expiresAt,
	creditsUsed,
	quotaRemaining,
	raw,
}: AudioAtUrl): Receipt {
	return { audioUrl, expiresAt, creditsUsed, quotaRemaining, raw };
}

/** The opposite of {@link receiptOf}; `undefined` for a receipt of another kind. */
export function audioFromReceipt(receipt: Receipt): AudioAtUrl | undefined {
	const audioUrl = asText(receipt.audioUrl);
	if (audioUrl === undefined) return undefined;
	return {
		audioUrl,
		expiresAt: asText(receipt.expiresAt),
		creditsUsed: asNumber(receipt.creditsUsed),
		quotaRemaining: asNumber(receipt.quotaRemaining),
		raw: isDataObject(receipt.raw) ? receipt.raw : {},
	};
}
