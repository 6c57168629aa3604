import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { aceData } from '../shared/acedata/service.mts';
import { getJobOperation, waitForJobOperation } from '../shared/host/jobs/jobById';
import { runOperation } from '../shared/host/run/itemRunner';
import { JobReader } from '../shared/host/sleep/jobReader';
import { Sleep } from '../shared/host/sleep/sleep';
import { wake } from '../shared/host/sleep/wake';
import { WEBHOOKS } from '../shared/host/sleep/webhooks';
import { createVoice } from './createVoice.operation.mts';
import { generate } from './generate.operation.mts';
import { synthesize } from './synthesize.operation.mts';
import { taskKind, TASKS } from './task.mts';

/** The operations of one run, whose items share what they read and how they sleep. */
function operationsOf(sleep: Sleep) {
	const tasks = new JobReader(TASKS.retrieve);
	const kind = taskKind(tasks);
	const run = { tasks, sleep };
	return [
		createVoice,
		generate(run),
		getJobOperation(kind),
		synthesize(run),
		waitForJobOperation(kind),
	];
}

export class AceDataFishAudio implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'AceData Fish Audio',
		name: 'aceDataFishAudio',
		icon: { light: 'file:../../icons/acedata.svg', dark: 'file:../../icons/acedata.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Make speech and voices with the Fish Audios Generation API of AceDataCloud',
		defaults: { name: 'AceData Fish Audio' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aceDataCloudApi', required: true }],
		webhooks: WEBHOOKS,
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: 'synthesize',
				options: [
					{
						name: 'Create Voice',
						value: 'createVoice',
						action: 'Create a voice',
						description: 'Make a voice that sounds like a recording of a speaker',
					},
					{
						name: 'Generate',
						value: 'generate',
						action: 'Generate speech with the older endpoint',
						description: 'Speak a text with a voice, by the endpoint that the older documents name',
					},
					{
						name: 'Get Task',
						value: 'getTask',
						action: 'Get a task',
						description: 'Read a task once, whatever its state',
					},
					{
						name: 'Synthesize',
						value: 'synthesize',
						action: 'Synthesize speech',
						description: 'Speak a text, by the current endpoint',
					},
					{
						name: 'Wait for Task',
						value: 'waitForTask',
						action: 'Wait for a task',
						description: 'Wait until a task is finished, and fetch its audio',
					},
				],
			},
			...operationsOf(new Sleep(TASKS)).flatMap(({ fields }) => fields),
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(
			this,
			aceData,
			operationsOf(new Sleep(TASKS, this)),
			this.continueOnFail(),
		);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await wake(this, TASKS);
	}
}
