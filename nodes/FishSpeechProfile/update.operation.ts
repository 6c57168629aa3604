import { updateProfile } from '../shared/fishspeech/profile';
import { url } from '../shared/host/parameters/parameter';
import { withOtherFields } from '../shared/host/rows';
import { defineOperation } from '../shared/host/run/operation';

const webhookUrl = url({
	displayName: 'Webhook URL',
	name: 'webhookUrl',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. https://n8n.example.com/webhook/fishspeech',
	description: 'The address that the service calls when something happens in the account',
});

export const update = defineOperation({
	name: 'update',
	parameters: [webhookUrl],
	read: (reader) => ({ webhookUrl: reader.get(webhookUrl) }),

	async execute(changes, { client }) {
		const answer = await updateProfile(client, changes);
		return [{ json: withOtherFields({ updated: true }, answer, [], client.context.secrets) }];
	},
});
