import type { IDataObject, INode } from 'n8n-workflow';

import type { CallContext } from '../../api/http/caller';
import { maskSecretsDeep } from '../../api/redact';
import type { Row } from './operation';
import { isDataObject } from '../parameters/parameters';
import { maskSignedUrls } from '../media/signedUrls';

/**
 * What the service sent, as part of a row: without the request text and n8n's signed URLs, should it repeat them. Those
 * of another execution are known by their shape only. Fields that are `undefined` are left out.
 */
export function maskedRow(
	sent: Readonly<Record<string, unknown>>,
	{ secrets }: Pick<CallContext, 'secrets'>,
): IDataObject {
	const known = Object.entries(sent).filter(([, value]) => value !== undefined);
	const masked = maskSignedUrls(maskSecretsDeep(Object.fromEntries(known), secrets));
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
