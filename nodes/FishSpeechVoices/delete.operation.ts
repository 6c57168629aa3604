import { caught } from '../shared/api/caught';
import { ServiceError } from '../shared/api/errors';
import { deleteVoice as sendDelete } from '../shared/fishspeech/voices';
import { defineOperation } from '../shared/host/run/operation';
import { voiceInPath } from '../shared/listSearch/voiceParameter';

const voiceId = voiceInPath('The voice to delete. It cannot be brought back.');

export const deleteVoice = defineOperation({
	name: 'delete',
	parameters: [voiceId],
	read: (reader) => ({ voiceId: reader.get(voiceId) }),
	logicalRequest: (parameters) => parameters,

	async execute(parameters, { client, receipt, keepReceipt }) {
		try {
			await sendDelete(client, parameters.voiceId, receipt?.type === 'sent');
		} catch (error) {
			// The voice may be deleted all the same. Then the next try does not find it, as wanted.
			if (error instanceof ServiceError && error.mayBeDone) keepReceipt({ type: 'sent' });
			throw caught(error);
		}
		return [{ json: { deleted: true, voiceId: parameters.voiceId } }];
	},
});
