import { choices, forOperation, optionsField } from '../shared/host/parameters/fields';
import { defineOperation, type ItemParameters } from '../shared/host/run/operation';
import { callOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions } from '../shared/host/parameters/options';
import { profileRow } from './profileRow';

const NAME = 'checkBalance';
const DEFAULT_TIMEOUT_SECONDS = 60;
const BALANCES = ['apiQuotaRemaining', 'credits'] as const;

interface CheckBalanceParameters extends ItemParameters {
	readonly balance: (typeof BALANCES)[number];
	readonly minimum: number;
}

export const checkBalance = defineOperation<CheckBalanceParameters>({
	name: NAME,
	creates: false,
	fields: forOperation(NAME, [
		{
			displayName: 'Balance',
			name: 'balance',
			type: 'options',
			options: choices(
				['API Quota Remaining', 'apiQuotaRemaining', 'What calls of the API are paid from'],
				['Credits', 'credits', 'The credits of the site membership'],
			),
			default: 'apiQuotaRemaining',
			description: 'Which of the two balances of the account to compare',
		},
		{
			displayName: 'Minimum',
			name: 'minimum',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 1000,
			required: true,
			placeholder: 'e.g. 1000',
			description:
				'The output field "sufficient" is true when the balance is at least this. It is a check, not a reservation.',
		},
		optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS)),
	]),

	read: (reader) => ({
		call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
		balance: reader.choice('balance', 'Balance', BALANCES),
		minimum: reader.number(reader.value('minimum', 'Minimum'), 'Minimum', {
			min: 0,
			max: Number.MAX_SAFE_INTEGER,
		}),
	}),

	async execute({ balance, minimum }, { client, context }) {
		const profile = await client.getProfile(context);
		return [{ json: { ...profileRow(profile, context), sufficient: profile[balance] >= minimum } }];
	},
});
