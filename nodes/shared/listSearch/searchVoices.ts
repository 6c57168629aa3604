import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { fishSpeech } from '../fishspeech/service';
import { listVoices } from '../fishspeech/voices';
import { editorClient } from '../host/editorClient';
import { asServiceError, toNodeError } from '../host/nodeErrors';

const PAGE_SIZE = 50;

/**
 * The voices of the account for the picker, searched on the server. The token is the offset of the next page. The list
 * ends at an empty page, or at the `total` that the service tells.
 */
export async function searchVoices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	try {
		const client = await editorClient(this, fishSpeech);
		const offset = Number(paginationToken ?? 0);
		const search = filter?.trim() || undefined;
		const page = await listVoices(client, { search, offset, limit: PAGE_SIZE });
		const next = offset + page.itemCount;
		const isLast = page.itemCount === 0 || (page.total !== undefined && next >= page.total);
		return {
			results: page.voices.map(({ voiceId, name, provider }) => ({
				name: [name ?? voiceId, provider].filter(Boolean).join(' · '),
				value: voiceId,
			})),
			...(!isLast && { paginationToken: String(next) }),
		};
	} catch (error) {
		throw toNodeError(this.getNode(), asServiceError(error), 'searchVoices');
	}
}
