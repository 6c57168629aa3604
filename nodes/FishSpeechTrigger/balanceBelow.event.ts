import { z } from 'zod/v4';

import type { ApiClient } from '../shared/api/client/apiClient';
import { getProfile, type Profile } from '../shared/fishspeech/profile';
import { balance, balanceOf, minimumBalance } from '../shared/fishspeechNodes/balance';
import { profileRow } from '../shared/fishspeechNodes/profileRow';
import { defineEvent, type EventRow } from './event';

const minimum = minimumBalance(
	'Starts the workflow once when the balance falls below this, and again only after it was at least this',
);

const EVENT_ID = 'below';

export const balanceBelow = defineEvent({
	name: 'balanceBelow',
	parameters: [balance, minimum],
	state: z.object({ isBelow: z.boolean() }),
	read: (reader) => ({ balance: reader.get(balance), minimum: reader.get(minimum) }),
	scope: (parameters) => [parameters.balance, parameters.minimum],

	async poll(parameters, state, { client }) {
		const profile = await getProfile(client);
		const found = balanceOf(profile, parameters.balance, client);
		const isBelow = found < parameters.minimum;
		// The first look only finds out where it stands: what was low before the activation is nothing new.
		const hasFallen = isBelow && state?.isBelow === false;
		const row = rowOf(profile, parameters.minimum, client);
		return {
			state: { isBelow },
			events: hasFallen ? [{ id: EVENT_ID, row }] : [],
			over: isBelow ? [] : [EVENT_ID],
		};
	},

	async latest(parameters, { client }) {
		const profile = await getProfile(client);
		balanceOf(profile, parameters.balance, client);
		return { row: rowOf(profile, parameters.minimum, client) };
	},
});

function rowOf(profile: Profile, belowMinimum: number, client: ApiClient): EventRow {
	return { json: { ...profileRow(profile, client), minimum: belowMinimum }, raw: profile.raw };
}
