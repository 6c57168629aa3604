import { getProfile } from '../shared/fishspeech/profile';
import { balance, balanceOf, minimumBalance } from '../shared/fishspeechNodes/balance';
import { profileRow } from '../shared/fishspeechNodes/profileRow';
import { defineOperation } from '../shared/host/run/operation';

const minimum = minimumBalance(
	'The output field "sufficient" is true when the balance is at least this. It is a check, not a reservation.',
);

export const checkBalance = defineOperation({
	name: 'checkBalance',
	parameters: [balance, minimum],
	read: (reader) => ({ balance: reader.get(balance), minimum: reader.get(minimum) }),

	async execute(asked, { client }) {
		const profile = await getProfile(client);
		const found = balanceOf(profile, asked.balance, client);
		return [{ json: { ...profileRow(profile, client), sufficient: found >= asked.minimum } }];
	},
});
