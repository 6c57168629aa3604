import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { fishSpeech } from '../shared/fishspeech/service';
import { runOperation } from '../shared/host/run/itemRunner';
import { transcribe } from './transcribe.operation';

const OPERATIONS = [transcribe];

export class FishSpeechSpeechToText implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FishSpeech Speech to Text',
		name: 'fishSpeechSpeechToText',
		icon: {
			light: 'file:../../icons/fishspeech.svg',
			dark: 'file:../../icons/fishspeech.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Turn speech into text and subtitles with the FishSpeech Open API',
		defaults: { name: 'FishSpeech Speech to Text' },
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
				default: 'transcribe',
				options: [
					{
						name: 'Transcribe',
						value: 'transcribe',
						action: 'Transcribe speech',
						description: 'Get the text of a recording, and subtitles if wanted',
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
