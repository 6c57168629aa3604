import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { balanceBelow } from './balanceBelow.event';
import { lipSyncJobFinished } from './lipSyncJobFinished.event';
import { runPoll } from './runPoll';
import { voiceAdded } from './voiceAdded.event';

const EVENTS = [balanceBelow, lipSyncJobFinished, voiceAdded];

export class FishSpeechTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FishSpeech Trigger',
		name: 'fishSpeechTrigger',
		icon: {
			light: 'file:../../icons/fishspeech.svg',
			dark: 'file:../../icons/fishspeech.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["event"] }}',
		description: 'Start a workflow when something has happened on a FishSpeech account',
		defaults: { name: 'FishSpeech Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'fishSpeechApi', required: true }],
		properties: [
			{
				displayName: 'Event',
				name: 'event',
				type: 'options',
				noDataExpression: true,
				default: 'lipSyncJobFinished',
				options: [
					{
						name: 'Balance Below',
						value: 'balanceBelow',
						action: 'On balance below a minimum',
						description: 'A balance of the account has fallen below a minimum',
					},
					{
						name: 'Lip Sync Job Finished',
						value: 'lipSyncJobFinished',
						action: 'On lip sync job finished',
						description: 'A lip sync job has succeeded or failed, whoever created it',
					},
					{
						name: 'Voice Added',
						value: 'voiceAdded',
						action: 'On voice added',
						description: 'The list of voices has one that it did not have before',
					},
				],
			},
			...EVENTS.flatMap(({ fields }) => fields),
		],
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await runPoll(this, EVENTS);
	}
}
