import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { METHODS, type EndpointMethod } from '../shared/openApi/apiDocument';
import { isPath, parametersOf } from '../shared/openApi/schemaPath';
import {
	choice,
	describeValue,
	flag,
	hiddenWhen,
	optionalText,
	shownWhen,
	type Fail,
	type Parameter,
} from '../shared/host/parameters/parameter';
import { outputBinaryField, simplify } from '../shared/host/parameters/fields';
import { valueOfJson } from '../shared/host/parameters/jsonText';
import { isDataObject } from '../shared/host/rows';

/** An endpoint as the user names it. */
export interface NamedEndpoint {
	readonly method: EndpointMethod;
	/** As it was typed; perhaps with the base path. */
	readonly path: string;
}

const ACCEPTED = 'an endpoint from the list, or its ID such as POST /images/generations';

function locator(
	field: Partial<INodeProperties> & { name: string; displayName: string },
	search: string,
) {
	return {
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select an endpoint...',
				typeOptions: { searchListMethod: search, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: field.placeholder ?? 'e.g. POST /images/generations',
			},
		],
		...field,
	} satisfies INodeProperties;
}

export const endpoint: Parameter<NamedEndpoint> = {
	field: locator(
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			required: true,
			description: 'What to call. The list has what the schema of the account offers.',
		},
		'searchEndpoints',
	),
	parse: parseEndpoint,
};

/** Method and path of an ID such as `POST /speech/tts`. */
export function parseEndpoint(value: unknown, fail: Fail): NamedEndpoint {
	const text = typeof value === 'string' ? value.trim() : value;
	if (text === '') throw fail('is empty', ACCEPTED);
	if (typeof text !== 'string') throw fail(describeValue(text), ACCEPTED);
	const gap = text.indexOf(' ');
	const word = text.slice(0, Math.max(0, gap)).toUpperCase();
	const method = METHODS.find((candidate) => candidate === word);
	const path = text.slice(gap + 1).trim();
	if (method === undefined || !isPath(path)) throw fail(describeValue(text), ACCEPTED);
	return { method, path };
}

export const send = choice(
	{
		displayName: 'Send',
		name: 'send',
		default: 'fields',
		description: 'How to enter what the endpoint takes',
	},
	['Fields', 'fields', 'One field for each value, with its type, as the schema describes them'],
	['JSON', 'json', 'All values as JSON, also where the schema cannot be read'],
);

/** The value of n8n's resource mapper, as far as it counts here. */
export interface MappedFields {
	readonly isAutomatic: boolean;
	readonly value: IDataObject;
}

export const fields: Parameter<MappedFields> = shownWhen(
	{
		field: {
			displayName: 'Fields',
			name: 'fields',
			type: 'resourceMapper',
			noDataExpression: true,
			default: { mappingMode: 'defineBelow', value: null },
			description:
				'What the endpoint takes. For files, enter the names of the binary fields that hold them, separated by commas.',
			typeOptions: {
				loadOptionsDependsOn: ['endpoint.value'],
				resourceMapper: {
					resourceMapperMethod: 'endpointFields',
					mode: 'add',
					fieldWords: { singular: 'field', plural: 'fields' },
					addAllFields: false,
					multiKeyMatch: false,
					supportAutoMap: true,
					noFieldsError: 'This endpoint takes nothing.',
				},
			},
		},
		parse(value, fail) {
			const given = value ?? {};
			if (!isDataObject(given)) throw fail(describeValue(given), 'the fields of the endpoint');
			const { mappingMode, value: mapped } = given;
			return {
				isAutomatic: mappingMode === 'autoMapInputData',
				value: isDataObject(mapped) ? mapped : {},
			};
		},
	},
	{ send: ['fields'] },
);

/** Values by their places. */
export interface JsonParameters {
	readonly path: IDataObject;
	readonly query: IDataObject;
	readonly body: unknown;
}

const JSON_ACCEPTED = 'a JSON object with path, query and body, each only where it is needed';

export const jsonParameters: Parameter<JsonParameters> = shownWhen(
	{
		field: {
			displayName: 'JSON Parameters',
			name: 'jsonParameters',
			type: 'json',
			default: '{}',
			placeholder: 'e.g. { "body": { "prompt": "A lighthouse" } }',
			description:
				'What the endpoint takes: a JSON object with "path", "query" and "body". Files of a form are named in the body by their binary fields.',
		},
		parse(value, fail) {
			const found = typeof value === 'string' ? valueOfJson(value, fail) : value;
			if (typeof value === 'string' && found === undefined)
				throw fail('is not valid JSON', JSON_ACCEPTED);
			if (!isDataObject(found)) throw fail('is not a JSON object', JSON_ACCEPTED);
			const { path = {}, query = {}, body, ...others } = found;
			const [other] = Object.keys(others);
			if (other !== undefined)
				throw fail(`has a part that is called "${other.slice(0, 60)}"`, JSON_ACCEPTED);
			if (!isDataObject(path) || !isDataObject(query))
				throw fail('has a path or a query that is not an object', JSON_ACCEPTED);
			return { path, query, body };
		},
	},
	{ send: ['json'] },
);

/** An endpoint that creates nothing. One that an expression names may be of any method. */
export const COSTS_NOTHING = {
	'/endpoint': ['GET ', 'HEAD ', 'DELETE '].map((startsWith) => ({ _cnd: { startsWith } })),
};

export const waitForCompletion = hiddenWhen(
	flag({
		displayName: 'Wait for Completion',
		name: 'waitForCompletion',
		type: 'boolean',
		default: false,
		description:
			'Whether the endpoint creates a job, for which this node then waits by asking another endpoint for its status',
	}),
	COSTS_NOTHING,
);

export const statusEndpoint: Parameter<NamedEndpoint> = shownWhen(
	hiddenWhen(
		{
			field: locator(
				{
					displayName: 'Status Endpoint',
					name: 'statusEndpoint',
					required: true,
					placeholder: 'e.g. GET /videos/{videoId}',
					description:
						'The endpoint that tells the status of a job. Its path takes the ID of the job.',
				},
				'searchStatusEndpoints',
			),
			parse(value, fail) {
				const accepted =
					'a GET endpoint with one part in braces in its path, such as GET /videos/{id}';
				const named = parseEndpoint(value, (found) => fail(found, accepted));
				if (!isStatusEndpoint(named))
					throw fail(`is "${named.method} ${named.path}"`.slice(0, 100), accepted);
				return named;
			},
		},
		COSTS_NOTHING,
	),
	{ waitForCompletion: [true] },
);

/** Whether an endpoint can tell the status of a job. */
export function isStatusEndpoint({ method, path }: NamedEndpoint): boolean {
	return method === 'GET' && parametersOf(path).length === 1;
}

export const downloadMedia = flag({
	displayName: 'Download Media',
	name: 'downloadMedia',
	type: 'boolean',
	default: true,
	description:
		'Whether to put the file that the answer names by its address into the output item. A file that is the answer itself always is.',
});

export const mediaField = shownWhen(
	optionalText({
		displayName: 'Media Field',
		name: 'mediaField',
		type: 'string',
		default: '',
		placeholder: 'e.g. data.0.url',
		description:
			'Where the answer has the address of the file, with dots between the steps. When empty, the usual names are looked for.',
	}),
	{ downloadMedia: [true] },
);

export const outputField = outputBinaryField('data', 'the file');

export const callParameters: ReadonlyArray<Parameter<unknown>> = [
	endpoint,
	send,
	fields,
	jsonParameters,
	waitForCompletion,
	statusEndpoint,
	downloadMedia,
	mediaField,
	outputField,
	simplify,
];
