import type { IDataObject } from 'n8n-workflow';

import type { CallContext } from '../api/caller';
import { maskSecretsDeep } from '../api/redact';
import { isDataObject } from './parameters';

/** What the service sent, as part of a row: without the request text and signed URLs, should it repeat them. */
export function maskedRow(
	sent: Readonly<Record<string, unknown>>,
	{ secrets }: Pick<CallContext, 'secrets'>,
): IDataObject {
	const masked = maskSecretsDeep(sent, secrets);
	return isDataObject(masked) ? masked : {};
}
