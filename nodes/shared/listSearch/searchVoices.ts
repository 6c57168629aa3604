import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { CallContext } from '../../api/http/caller';
import { connect } from '../connection';
import { asServiceError, toNodeError } from '../run/nodeErrors';

const PAGE_SIZE = 50;
const REQUEST_TIMEOUT_MS = 20_000;

const CONTEXT: CallContext = {
	operation: 'searchVoices',
	requestTimeoutMs: REQUEST_TIMEOUT_MS,
	// A person is waiting: better a message soon than an answer late.
	maxRetries: 1,
	retryUnknownOutcome: false,
	secrets: [],
};

/**
 * The voices of the account for the picker, searched on the server. The token is the offset of the next page; a page
 * that is empty or reaches a believable `total` is the last.
 */
export async function searchVoices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	try {
		const client = await connect(this, CONTEXT.operation);
		const offset = Number(paginationToken ?? 0);
		const search = filter?.trim() || undefined;
		const page = await client.listVoices({ search, offset, limit: PAGE_SIZE }, CONTEXT);
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
		throw toNodeError(
			this.getNode(),
			asServiceError(error, { ...CONTEXT, mayHaveBeenCharged: false }),
			0,
			'',
		);
	}
}
