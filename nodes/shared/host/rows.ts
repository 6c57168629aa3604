import type { IDataObject, INode } from 'n8n-workflow';

import type { CallContext } from '../api/caller';
import { maskSecretsDeep } from '../api/redact';
import type { Row } from './operation';
import { isDataObject } from './parameters';

/** What the service sent, as part of a row: without the request text and signed URLs, should it repeat them. */
export function maskedRow(
	sent: Readonly<Record<string, unknown>>,
	{ secrets }: Pick<CallContext, 'secrets'>,
): IDataObject {
	const masked = maskSecretsDeep(sent, secrets);
	return isDataObject(masked) ? masked : {};
}

/** An agent sees a row's fields and none of its files, so its rows say where their files are. */
export function fileReferences(node: INode, { binary }: Row): IDataObject {
	if (binary === undefined || !node.type.endsWith('Tool')) return {};
	const files = Object.entries(binary).map(([binaryField, { fileName, mimeType }]) => ({
		node: node.name,
		binaryField,
		...(fileName !== undefined && { fileName }),
		mimeType,
	}));
	return { files };
}
