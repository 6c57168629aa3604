import { caught } from '../api/caught';
import { json, type Account, type ApiClient } from '../api/client/apiClient';
import { RETRYABLE, ServiceError } from '../api/errors';
import { readApiDocument, SCHEMA_LIMITS, type ApiDocument } from '../openApi/apiDocument';
import type { ApiBase } from '../openApi/schemaPath';
import { fishSpeech } from './service';

/** The schema changes with releases of the service, not with calls. */
const KEPT_MS = 5 * 60_000;
/** Each may be some megabytes large. */
const MOST_KEPT = 20;

/** By the account's fingerprint. */
const kept = new Map<string, { readonly readAtMs: number; readonly document: ApiDocument }>();

/**
 * `GET /api/openapi.json` beside the base path (contract §8): what the account can call. Kept for 5 minutes an account. With
 * `mayBeOld`, an older one counts while the service cannot answer.
 */
export async function getApiSchema(
	client: ApiClient,
	{ mayBeOld = false } = {},
): Promise<ApiDocument> {
	const { fingerprint, clock } = client;
	const known = kept.get(fingerprint);
	if (known !== undefined && clock.elapsed() - known.readAtMs < KEPT_MS) return known.document;
	try {
		const document = await readSchema(client);
		kept.delete(fingerprint);
		kept.set(fingerprint, { readAtMs: clock.elapsed(), document });
		for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest);
		return document;
	} catch (error) {
		if (known === undefined || !mayBeOld || !isPassing(error)) throw caught(error);
		return known.document;
	}
}

/** Whether the service could not answer just now, which says nothing about the schema. */
function isPassing(error: unknown): boolean {
	return error instanceof ServiceError && RETRYABLE.has(error.details.reason);
}

async function readSchema(client: ApiClient): Promise<ApiDocument> {
	const base = apiBaseOf(client);
	return await client.call({
		methodClass: 'read',
		method: 'GET',
		from: 'origin',
		path: '/api/openapi.json',
		read: json(
			(body) => readApiDocument(body, base),
			'the parts of an OpenAPI 3 schema',
			SCHEMA_LIMITS,
		),
	});
}

/** Where an account's API is called; see {@link ApiBase}. */
export function apiBaseOf({ baseUrl }: Pick<Account, 'baseUrl'>): ApiBase {
	const { pathname } = new URL(baseUrl);
	return { path: pathname === '/' ? '' : pathname, publicPath: fishSpeech.baseUrl.path };
}
