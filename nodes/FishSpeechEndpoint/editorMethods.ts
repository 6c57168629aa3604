import type {
	FieldType,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { failure } from '../shared/api/errors';
import { apiBaseOf, getApiSchema } from '../shared/fishspeech/apiSchema';
import { fishSpeech } from '../shared/fishspeech/service';
import { editorClient } from '../shared/host/editorClient';
import { asServiceError, toNodeError } from '../shared/host/nodeErrors';
import type { ApiDocument, ListedEndpoint } from '../shared/openApi/apiDocument';
import type { EndpointField } from '../shared/openApi/endpointField';
import { readShape } from '../shared/openApi/endpointShape';
import { follow, UnreadablePart } from '../shared/openApi/references';
import { shortPath } from '../shared/openApi/schemaPath';
import { choicesOf, typeOf } from '../shared/openApi/typedValue';
import { isWireObject } from '../shared/api/wire';
import { isStatusEndpoint, parseEndpoint } from './endpointParameters';

const MOST_SHOWN = 200;

/** The endpoints of the account for the picker; the search looks at method, path and summary. */
export async function searchEndpoints(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await search(this, () => true, filter, paginationToken);
}

/** The same for the endpoints that can tell a job's status. */
export async function searchStatusEndpoints(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await search(this, isStatusEndpoint, filter, paginationToken);
}

async function search(
	host: ILoadOptionsFunctions,
	isShown: (endpoint: ListedEndpoint) => boolean,
	filter = '',
	paginationToken = '0',
): Promise<INodeListSearchResult> {
	try {
		const { endpoints } = await getApiSchema(await editorClient(host, fishSpeech));
		const words = filter.trim().toLowerCase().split(/\s+/);
		const found = [...endpoints.values()].filter(
			(endpoint) => isShown(endpoint) && words.every((word) => textOf(endpoint).includes(word)),
		);
		const offset = Number(paginationToken);
		const next = offset + MOST_SHOWN;
		return {
			results: found.slice(offset, next).map(({ id, summary }) => ({
				name: summary === '' ? id : `${id} · ${summary}`,
				value: id,
			})),
			...(next < found.length && { paginationToken: String(next) }),
		};
	} catch (error) {
		throw toNodeError(host.getNode(), asServiceError(error), 'searchEndpoints');
	}
}

function textOf({ id, summary }: ListedEndpoint): string {
	return `${id} ${summary}`.toLowerCase();
}

/** The fields of the chosen endpoint for n8n's resource mapper. */
export async function endpointFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	try {
		const client = await editorClient(this, fishSpeech);
		const chosen = this.getNodeParameter('endpoint', '', { extractValue: true });
		if (chosen === '') return { fields: [], emptyFieldsNotice: 'Choose an endpoint first.' };
		const document = await getApiSchema(client);
		const { method, path } = parseEndpoint(chosen, (found, accepted) =>
			failure('invalidParameter', `Parameter "Endpoint" ${found}.`, {
				action: `Accepted: ${accepted}.`,
			}),
		);
		const short = shortPath(path, apiBaseOf(client)) ?? path;
		const listed = document.endpoints.get(`${method} ${short}`);
		if (listed === undefined)
			throw failure('invalidParameter', 'The schema of this account does not list this endpoint.', {
				action: 'Choose an endpoint of the list, or set Send to JSON.',
			});
		return {
			fields: shapeFields(document, listed).map((field) => mapperField(field, document)),
			emptyFieldsNotice: 'This endpoint takes nothing.',
		};
	} catch (error) {
		throw toNodeError(this.getNode(), asServiceError(error), 'endpointFields');
	}
}

function shapeFields(document: ApiDocument, listed: ListedEndpoint): readonly EndpointField[] {
	try {
		return readShape(document, listed).fields;
	} catch (error) {
		const why = error instanceof UnreadablePart ? error.message : 'cannot be read';
		throw failure('invalidParameter', `The description of this endpoint ${why}.`, {
			action: 'Set Send to JSON to call it.',
		});
	}
}

const FIELD_TYPES = {
	string: 'string',
	number: 'number',
	integer: 'number',
	boolean: 'boolean',
	array: 'array',
	object: 'object',
} as const satisfies Record<string, FieldType>;

function mapperField(field: EndpointField, { root }: ApiDocument): ResourceMapperField {
	const { id, name, place, required, isList } = field;
	const label = LABELS[place](name, isList);
	const about = { id, required, defaultMatch: false, canBeUsedToMatch: false, display: true };
	if (place === 'file') return { ...about, displayName: label, type: 'string' };
	const choices = choicesFor(field, root);
	if (choices !== undefined)
		return {
			...about,
			displayName: label,
			type: 'options',
			options: choices.map((value) => ({ name: String(value), value })),
		};
	const type = typeFor(field, root);
	return { ...about, displayName: label, type: type === undefined ? 'string' : FIELD_TYPES[type] };
}

const LABELS: Readonly<Record<EndpointField['place'], (name: string, isList: boolean) => string>> =
	{
		path: (name) => `${name} (path)`,
		query: (name) => `${name} (query)`,
		body: (name) => name || 'Body',
		file: (name, isList) => `${name} (${isList ? 'binary fields' : 'binary field'})`,
	};

/** A field whose schema cannot be followed is typed in as text; the call says what is wrong with it. */
function typeFor({ schema }: EndpointField, root: ApiDocument['root']) {
	try {
		return typeOf(schema, root);
	} catch {
		return undefined;
	}
}

/** Nobody looks through a longer list: such a value is typed in, and checked when it is sent. */
const MOST_OPTIONS = 500;

function choicesFor({ schema }: EndpointField, root: ApiDocument['root']) {
	if (!isWireObject(schema)) return undefined;
	try {
		const { enum: choices } = follow(root, schema);
		return Array.isArray(choices) && choices.length > MOST_OPTIONS ? undefined : choicesOf(choices);
	} catch {
		return undefined;
	}
}
