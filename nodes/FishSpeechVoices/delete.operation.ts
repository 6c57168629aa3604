import { forOperation, optionsField, voiceLocator } from '../shared/host/parameters/fields';
import { defineOperation, type ItemParameters } from '../shared/host/run/operation';
import { callOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions } from '../shared/host/parameters/options';

const NAME = 'delete';
const DEFAULT_TIMEOUT_SECONDS = 60;

interface DeleteParameters extends ItemParameters {
	readonly voiceId: string;
}

export const deleteVoice = defineOperation<DeleteParameters>({
	name: NAME,
	creates: false,
	fields: forOperation(NAME, [
		voiceLocator('The voice to delete. It cannot be brought back.'),
		optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS)),
	]),

	read: (reader) => ({
		call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
		voiceId: reader.id('voiceId', 'Voice'),
	}),

	logicalRequest: ({ voiceId }) => ({ voiceId }),

	async execute({ voiceId }, { client, context }) {
		await client.deleteVoice(voiceId, context);
		return [{ json: { deleted: true, voiceId } }];
	},
});
