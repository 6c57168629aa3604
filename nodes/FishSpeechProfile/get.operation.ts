import { getProfile } from '../shared/fishspeech/profile';
import { defineOperation } from '../shared/host/run/operation';
import { profileRow } from './profileRow';

export const get = defineOperation({
	name: 'get',
	read: () => undefined,
	execute: async (_parameters, { client }) => [
		{ json: profileRow(await getProfile(client), client) },
	],
});
