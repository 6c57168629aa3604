import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { fishSpeech } from '../shared/fishspeech/service';
import { runOperation } from '../shared/host/run/itemRunner';
import { searchVoices } from '../shared/listSearch/searchVoices';
import { create } from './create.operation';
import { deleteVoice } from './delete.operation';
import { getAll } from './getAll.operation';

const OPERATIONS = [create, deleteVoice, getAll];

export class FishSpeechVoices implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FishSpeech Voices',
		name: 'fishSpeechVoices',
		icon: {
			light: 'file:../../icons/fishspeech.svg',
			dark: 'file:../../icons/fishspeech.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Create, list and delete the voices of a FishSpeech account',
		defaults: { name: 'FishSpeech Voices' },
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
				default: 'getAll',
				options: [
					{
						name: 'Create',
						value: 'create',
						action: 'Create a voice',
						description: 'Make a voice that sounds like the recordings of a speaker',
					},
					{
						name: 'Delete',
						value: 'delete',
						action: 'Delete a voice',
						description: 'Remove a voice from the account for good',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						action: 'Get many voices',
						description: 'List the voices that the account can speak with',
					},
				],
			},
			...OPERATIONS.flatMap(({ fields }) => fields),
		],
	};

	methods = { listSearch: { searchVoices } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, fishSpeech, OPERATIONS, this.continueOnFail());
	}
}
