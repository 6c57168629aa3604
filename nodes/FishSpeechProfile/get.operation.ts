import { getProfile } from '../shared/fishspeech/profile';
import { profileRow } from '../shared/fishspeechNodes/profileRow';
import { defineOperation } from '../shared/host/run/operation';

export const get = defineOperation({
	name: 'get',
	read: () => undefined,
	execute: async (_parameters, { client }) => [
		{ json: profileRow(await getProfile(client), client) },
	],
});
