import type { ApiClient } from '../api/client/apiClient';
import { failure } from '../api/errors';
import type { Profile } from '../fishspeech/profile';
import { choice, number, type Parameter } from '../host/parameters/parameter';

export type Balance = 'apiQuotaRemaining' | 'credits';

export const balance = choice(
	{
		displayName: 'Balance',
		name: 'balance',
		default: 'apiQuotaRemaining',
		description: 'Which of the two balances of the account to compare',
	},
	['API Quota Remaining', 'apiQuotaRemaining', 'What calls of the API are paid from'],
	['Credits', 'credits', 'The credits of the site membership'],
);

/** What a balance is compared with. */
export function minimumBalance(description: string): Parameter<number> {
	return number({
		displayName: 'Minimum',
		name: 'minimum',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 1000,
		required: true,
		placeholder: 'e.g. 1000',
		description,
	});
}

/** The chosen balance of an account. Throws `unexpectedResponse` when the service sent no number for it. */
export function balanceOf(profile: Profile, which: Balance, { service }: ApiClient): number {
	const { [which]: found } = profile;
	if (found !== undefined) return found;
	throw failure(
		'unexpectedResponse',
		`${service.name} sent a profile without a number for ${which}, so it cannot be compared.`,
		{ action: 'Choose the other balance, or look at the whole profile with Get.', attempts: 1 },
	);
}
