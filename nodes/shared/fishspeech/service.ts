import type { QuotaService } from '../api/client/apiClient';
import { asNumber } from '../api/wire';
import { isErrorBody, readError } from './errorBody';
import { getProfile } from './profile';
import { USER_AGENT } from './version';

const PATH = '/api/open/v1';

/** Words of a code that say that the account ran out of what it pays with. */
const PAYMENT_WORDS: ReadonlySet<string> = new Set(['credit', 'credits', 'balance', 'quota']);

/** The FishSpeech Open API v1, in what differs from other services. */
export const fishSpeech: QuotaService = {
	name: 'FishSpeech',
	userAgent: USER_AGENT,
	credential: { type: 'fishSpeechApi', displayName: 'FishSpeech API' },
	baseUrl: { default: `https://fishaudio.org${PATH}`, path: PATH },
	errors: { read: readError, isError: isErrorBody, requestIdHeader: 'x-request-id' },
	actions: {
		insufficientCredits:
			'Add credits or API quota to the account, then run again. Profile → Check Balance shows what is left.',
		unauthorized:
			'Check the API token in the FishSpeech API credential. It may be revoked or mistyped.',
		serverError:
			'Run again later. If it keeps failing, give the request ID to the support of FishSpeech.',
		outcomeUnknown:
			'This call may have been charged, so it is not repeated on its own. Compare the balance (Profile → Get) and the job list, if there is one, before running it again.',
	},
	jobs: { noun: 'Job', get: 'Get Job', waitFor: 'Wait for Job' },
	closesCreates: ({ code = '', httpStatus }) =>
		httpStatus === 402 || wordsOf(code).some((word) => PAYMENT_WORDS.has(word)),
	readQuota: async (client) => (await getProfile(client)).apiQuotaRemaining,
	usageOf: ({ creditsUsed, quotaRemaining }) => ({
		creditsUsed: asNumber(creditsUsed),
		quotaRemaining: asNumber(quotaRemaining),
	}),
};

/** The words of a code, whichever way it is spelled: `insufficient_credits`, `ERR_NO_QUOTA`, `lowBalance`. */
function wordsOf(code: string): string[] {
	return code
		.slice(0, 200)
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.toLowerCase()
		.split(/[^a-z]/);
}
