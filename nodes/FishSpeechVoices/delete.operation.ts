import { deleteVoice as deleteOfService } from '../shared/fishspeech/voices';
import { defineOperation } from '../shared/host/run/operation';
import { sendDelete } from '../shared/host/run/sendDelete';
import { voiceInPath } from '../shared/listSearch/voiceParameter';

const voiceId = voiceInPath('The voice to delete. It cannot be brought back.');

export const deleteVoice = defineOperation({
	name: 'delete',
	parameters: [voiceId],
	read: (reader) => ({ voiceId: reader.get(voiceId) }),
	logicalRequest: (parameters) => parameters,

	async execute(parameters, call) {
		const { voiceId: id } = parameters;
		await sendDelete(call, async () => await deleteOfService(call.client, id));
		return [{ json: { deleted: true, voiceId: id } }];
	},
});
