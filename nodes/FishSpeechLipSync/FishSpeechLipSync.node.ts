import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { fishSpeech } from '../shared/fishspeech/service';
import { runOperation } from '../shared/host/run/itemRunner';
import { createJob } from './createJob.operation';
import { getAll } from './getAll.operation';
import { getJob } from './getJob.operation';
import { waitForJob } from './waitForJob.operation';

const OPERATIONS = [createJob, getJob, getAll, waitForJob];

export class FishSpeechLipSync implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FishSpeech Lip Sync',
		name: 'fishSpeechLipSync',
		icon: {
			light: 'file:../../icons/fishspeech.svg',
			dark: 'file:../../icons/fishspeech.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Move the lips in a video to other speech with the FishSpeech Open API',
		defaults: { name: 'FishSpeech Lip Sync' },
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
				default: 'createJob',
				options: [
					{
						name: 'Create Job',
						value: 'createJob',
						action: 'Create a lip sync job',
						description: 'Dub a video with other speech, and wait for the result if you like',
					},
					{
						name: 'Get Job',
						value: 'getJob',
						action: 'Get a lip sync job',
						description: 'Look at a job once and get its video when it is finished',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						action: 'Get many lip sync jobs',
						description: 'List the jobs of the account, to find one again or to look back',
					},
					{
						name: 'Wait for Job',
						value: 'waitForJob',
						action: 'Wait for a lip sync job',
						description: 'Wait until a job is finished and get its video',
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
