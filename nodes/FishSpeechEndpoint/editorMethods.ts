import type {
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
export const searchEndpoints = searchOf(() => true);

/** The same for the endpoints that can tell a job's status. */
export const searchStatusEndpoints = searchOf(isStatusEndpoint);

function searchOf(isShown: (endpoint: ListedEndpoint) => boolean) {
	return async function (
		this: ILoadOptionsFunctions,
		filter = '',
		paginationToken = '0',
	): Promise<INodeListSearchResult> {
		try {
			const { endpoints } = await getApiSchema(await editorClient(this, fishSpeech));
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
			throw toNodeError(this.getNode(), asServiceError(error), 'searchEndpoints');
		}
	};
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

function mapperField(field: EndpointField, { root }: ApiDocument): ResourceMapperField {
	const { id, required } = field;
	const about = { id, required, defaultMatch: false, canBeUsedToMatch: false, display: true };
	return { ...about, displayName: labelOf(field), ...inputOf(field, root) };
}

function labelOf({ name, place, isList }: EndpointField): string {
	if (place === 'body') return name || 'Body';
	if (place === 'file') return `${name} (${isList ? 'binary fields' : 'binary field'})`;
	return `${name} (${place})`;
}

/** A field whose schema cannot be followed is typed in as text; the call says what is wrong with it. */
function inputOf(
	{ place, schema }: EndpointField,
	root: ApiDocument['root'],
): Pick<ResourceMapperField, 'type' | 'options'> {
	if (place === 'file') return { type: 'string' };
	try {
		const choices = isWireObject(schema) ? shownChoices(follow(root, schema).enum) : undefined;
		if (choices !== undefined)
			return {
				type: 'options',
				options: choices.map((value) => ({ name: String(value), value })),
			};
		const type = typeOf(schema, root) ?? 'string';
		return { type: type === 'integer' ? 'number' : type };
	} catch {
		return { type: 'string' };
	}
}

/** Nobody looks through a longer list: such a value is typed in, and checked when it is sent. */
const MOST_OPTIONS = 500;

function shownChoices(choices: unknown) {
	return Array.isArray(choices) && choices.length > MOST_OPTIONS ? undefined : choicesOf(choices);
}
