import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { fishSpeech } from '../shared/fishspeech/service';
import { runOperation } from '../shared/host/run/itemRunner';
import { call } from './call.operation';
import { endpointFields, searchEndpoints, searchStatusEndpoints } from './editorMethods';
import { getAll } from './getAll.operation';

const OPERATIONS = [call, getAll];

export class FishSpeechEndpoint implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FishSpeech Endpoint',
		name: 'fishSpeechEndpoint',
		icon: {
			light: 'file:../../icons/fishspeech.svg',
			dark: 'file:../../icons/fishspeech.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Call any endpoint that the schema of a FishSpeech account lists',
		defaults: { name: 'FishSpeech Endpoint' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'fishSpeechApi', required: true }],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: 'call',
				options: [
					{
						name: 'Call',
						value: 'call',
						action: 'Call an endpoint',
						description: 'Call an endpoint of the account, such as images, videos or usage',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						action: 'Get many endpoints',
						description: 'List the endpoints that the schema of the account has',
					},
				],
			},
			...OPERATIONS.flatMap(({ fields }) => fields),
		],
	};

	methods = {
		listSearch: { searchEndpoints, searchStatusEndpoints },
		resourceMapping: { endpointFields },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, fishSpeech, OPERATIONS, this.continueOnFail());
	}
}
