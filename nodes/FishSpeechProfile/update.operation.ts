import { withOtherFields } from '../shared/api/endpoints/readers';
import { forOperation, optionsField } from '../shared/host/parameters/fields';
import { defineOperation, type ItemParameters } from '../shared/host/run/operation';
import { callOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions } from '../shared/host/parameters/options';
import { maskedRow } from '../shared/host/run/rows';

const NAME = 'update';
const DEFAULT_TIMEOUT_SECONDS = 60;

interface UpdateParameters extends ItemParameters {
	readonly webhookUrl: string;
}

export const update = defineOperation<UpdateParameters>({
	name: NAME,
	creates: false,
	fields: forOperation(NAME, [
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://n8n.example.com/webhook/fishspeech',
			description: 'The address that the service calls when something happens in the account',
		},
		optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS)),
	]),

	read: (reader) => ({
		call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
		webhookUrl: reader.url(reader.value('webhookUrl', 'Webhook URL'), 'Webhook URL'),
	}),

	async execute({ webhookUrl }, { client, context }) {
		const answer = await client.updateProfile({ webhookUrl }, context);
		return [{ json: maskedRow(withOtherFields({ updated: true }, answer, []), context) }];
	},
});
