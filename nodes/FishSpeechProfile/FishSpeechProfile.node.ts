import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { fishSpeech } from '../shared/fishspeech/service';
import { runOperation } from '../shared/host/run/itemRunner';
import { checkBalance } from './checkBalance.operation';
import { get } from './get.operation';
import { update } from './update.operation';

const OPERATIONS = [get, checkBalance, update];

export class FishSpeechProfile implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FishSpeech Profile',
		name: 'fishSpeechProfile',
		icon: {
			light: 'file:../../icons/fishspeech.svg',
			dark: 'file:../../icons/fishspeech.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'See what is left on a FishSpeech account, and set its webhook',
		defaults: { name: 'FishSpeech Profile' },
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
				default: 'get',
				options: [
					{
						name: 'Check Balance',
						value: 'checkBalance',
						action: 'Check the balance',
						description: 'Compare what is left on the account with a minimum',
					},
					{
						name: 'Get',
						value: 'get',
						action: 'Get the profile',
						description: 'Get the tier and the balances of the account',
					},
					{
						name: 'Update',
						value: 'update',
						action: 'Update the profile',
						description: 'Set the webhook of the account',
					},
				],
			},
			...OPERATIONS.flatMap(({ fields }) => fields),
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, fishSpeech, OPERATIONS, this.continueOnFail());
	}
}
