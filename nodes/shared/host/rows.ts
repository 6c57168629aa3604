import type { IBinaryData, IDataObject, INode } from 'n8n-workflow';

import { maskSecretsDeep, type Secret } from '../api/redact';
import { toCamelCase, type WireObject } from '../api/wire';
import { maskSignedUrls } from './signedUrls';

/** One output row of an item, before it gets n8n's pairing. */
export interface Row {
	readonly json: IDataObject;
	/** The service's own body, shown where the parameters ask for it. */
	readonly raw?: IDataObject;
	/** By what they are, e.g. `audio`. The parameters say in which fields of the output they go. */
	readonly files?: Readonly<Record<string, IBinaryData>>;
}

/**
 * What the service sent, as part of a row: without the request text, the token and n8n's signed URLs, which it may
 * repeat. Signed URLs of another execution are found by their shape. Fields that are `undefined` are left out.
 */
export function maskedRow(sent: WireObject, secrets: readonly Secret[]): IDataObject {
	const hidden = allOf(secrets, ({ onlyInErrors = false }) => !onlyInErrors);
	const masked = maskSignedUrls(maskSecretsDeep(definedFields(sent), hidden));
	return isDataObject(masked) ? masked : {};
}

/** The same for what a node says in fields of its own, such as IDs and addresses: there, the text is not an echo. */
export function ownFields(fields: WireObject, secrets: readonly Secret[]): IDataObject {
	return maskedRow(
		fields,
		allOf(secrets, ({ isText = false }) => !isText),
	);
}

/** The same list, where it may be: what is searched for is then made ready once. */
function allOf(
	secrets: readonly Secret[],
	isMeant: (secret: Secret) => boolean,
): readonly Secret[] {
	return secrets.every(isMeant) ? secrets : secrets.filter(isMeant);
}

/** The fields that have a value. */
export function definedFields<T>(fields: Readonly<Record<string, T>>): Record<string, T> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * A node's own fields with the server's other top-level fields in camelCase after them (contract §9, rule 1). `consumed`
 * are the wire's names of the own ones, which win. `error` becomes `failure`, because n8n takes a row with an `error` for
 * a failed one.
 */
export function withOtherFields(
	own: WireObject,
	body: WireObject,
	consumed: readonly string[],
	secrets: readonly Secret[],
): IDataObject {
	const others = Object.entries(body)
		.filter(([key]) => !consumed.includes(key))
		.map(([key, value]) => [rowName(key), value] as const)
		.filter(([key]) => !Object.hasOwn(own, key));
	return { ...ownFields(own, secrets), ...maskedRow(Object.fromEntries(others), secrets) };
}

function rowName(key: string): string {
	const name = toCamelCase(key);
	return name === 'error' ? 'failure' : name;
}

/** An agent sees a row's fields and none of its files, so its rows say where their files are. */
export function fileReferences(
	node: INode,
	binary: Readonly<Record<string, IBinaryData>> | undefined,
): IDataObject {
	if (binary === undefined || !isTool(node)) return {};
	const files = Object.entries(binary).map(([binaryField, { fileName, mimeType }]) => ({
		node: node.name,
		binaryField,
		...(fileName !== undefined && { fileName }),
		mimeType,
	}));
	return { files };
}

/** Whether a node runs as an agent's tool: n8n gives it a type of its own then. */
export function isTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}

export function isDataObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
