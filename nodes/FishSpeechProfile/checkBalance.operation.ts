import { failure } from '../shared/api/errors';
import { getProfile } from '../shared/fishspeech/profile';
import { choice, number } from '../shared/host/parameters/parameter';
import { defineOperation } from '../shared/host/run/operation';
import { profileRow } from './profileRow';

const balance = choice(
	{
		displayName: 'Balance',
		name: 'balance',
		default: 'apiQuotaRemaining',
		description: 'Which of the two balances of the account to compare',
	},
	['API Quota Remaining', 'apiQuotaRemaining', 'What calls of the API are paid from'],
	['Credits', 'credits', 'The credits of the site membership'],
);

const minimum = number({
	displayName: 'Minimum',
	name: 'minimum',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 1000,
	required: true,
	placeholder: 'e.g. 1000',
	description:
		'The output field "sufficient" is true when the balance is at least this. It is a check, not a reservation.',
});

interface CheckBalanceParameters {
	readonly balance: 'apiQuotaRemaining' | 'credits';
	readonly minimum: number;
}

export const checkBalance = defineOperation<CheckBalanceParameters>({
	name: 'checkBalance',
	parameters: [balance, minimum],
	read: (reader) => ({ balance: reader.get(balance), minimum: reader.get(minimum) }),

	async execute(asked, { client }) {
		const profile = await getProfile(client);
		const found = profile[asked.balance];
		if (found === undefined)
			throw failure(
				'unexpectedResponse',
				`${client.service.name} sent a profile without a number for ${asked.balance}, so it cannot be compared.`,
				{ action: 'Choose the other balance, or look at the whole profile with Get.', attempts: 1 },
			);
		return [{ json: { ...profileRow(profile, client), sufficient: found >= asked.minimum } }];
	},
});
