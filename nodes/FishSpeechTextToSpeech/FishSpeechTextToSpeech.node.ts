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
import { createJob } from './createJob.operation';
import { dialogue } from './dialogue.operation';
import { getJob } from './getJob.operation';
import { synthesize } from './synthesize.operation';
import { waitForJob } from './waitForJob.operation';

const OPERATIONS = [synthesize, dialogue, createJob, getJob, waitForJob];

export class FishSpeechTextToSpeech implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FishSpeech Text to Speech',
		name: 'fishSpeechTextToSpeech',
		icon: {
			light: 'file:../../icons/fishspeech.svg',
			dark: 'file:../../icons/fishspeech.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Turn text into speech with the FishSpeech Open API',
		defaults: { name: 'FishSpeech Text to Speech' },
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
				default: 'synthesize',
				options: [
					{
						name: 'Create Job',
						value: 'createJob',
						action: 'Create a speech job',
						description:
							'Speak a text in the background, for long texts, and wait for the audio if you like',
					},
					{
						name: 'Dialogue',
						value: 'dialogue',
						action: 'Synthesize a dialogue',
						description:
							'Speak the lines of several speakers, each in a voice of its own, as one file',
					},
					{
						name: 'Get Job',
						value: 'getJob',
						action: 'Get a speech job',
						description: 'Look at a job once and get its audio when it is finished',
					},
					{
						name: 'Synthesize',
						value: 'synthesize',
						action: 'Synthesize speech',
						description: 'Speak a text and get the audio at once',
					},
					{
						name: 'Wait for Job',
						value: 'waitForJob',
						action: 'Wait for a speech job',
						description: 'Wait until a job is finished and get its audio',
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
