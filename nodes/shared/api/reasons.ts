/** Every reason for which an item can fail. */
export const FAILURE_REASONS = [
	'rateLimited',
	'insufficientCredits',
	'unauthorized',
	'forbidden',
	'invalidRequest',
	'invalidParameter',
	'notFound',
	'conflict',
	'tooLarge',
	'unprocessableMedia',
	'serverError',
	'network',
	'timeout',
	'unexpectedResponse',
	'jobFailed',
	'jobTimeout',
	'cancelled',
	'notSent',
	'alreadySubmitted',
	'reserveReached',
] as const;

export type FailureReason = (typeof FAILURE_REASONS)[number];

/** What to do about a failure, by its reason; a service puts its own words in the place of some. */
export type ActionTable = Readonly<Record<FailureReason, string>> & {
	/** Put before the reason's own sentence when a call may have been charged. */
	readonly outcomeUnknown: string;
};

/** Whether a reason is about the account or its token, and not about what was asked for. */
export function isOfAccount(reason: FailureReason): boolean {
	return reason === 'unauthorized' || reason === 'insufficientCredits';
}

/** What to do about files that n8n does not take or give. */
export const CHECK_STORE =
	'Check that the binary data storage of n8n can be reached, its free space and its permissions.';

export const ACTIONS: ActionTable = {
	rateLimited:
		'Run the node again later, or lower Concurrency in the options. The node has already waited and tried again.',
	insufficientCredits: 'Add credits to the account, then run again.',
	unauthorized: 'Check the API token in the credential. It may be revoked or mistyped.',
	forbidden:
		'Check that the account may use this feature, and that no firewall or proxy stands in the way.',
	invalidRequest: 'Correct the parameter that the message names. The same request will fail again.',
	invalidParameter: 'Correct the parameter. Nothing was sent for this item.',
	notFound: 'Check the ID, and that it belongs to the account of this credential.',
	conflict: 'Wait until the resource is no longer in use, or remove what uses it, then run again.',
	tooLarge: 'Send a smaller file or a shorter text.',
	unprocessableMedia: 'Use another file: the service received this one, but cannot process it.',
	serverError:
		'Run again later. If it keeps failing, give the request ID to the support of the service.',
	network: 'Check the connection between n8n and the service, then run again.',
	timeout: 'Run again later, or raise Request Timeout (Seconds) in the options.',
	unexpectedResponse:
		'Check that the base URL of the credential is that of the API, and that no proxy answers in its place.',
	jobFailed: 'Correct what the message says and create a new job. The failed one will not change.',
	jobTimeout:
		'The job was accepted and may still finish: fetch it with Wait for Job and the job ID. Do not create it again.',
	cancelled: 'The execution was stopped. Run the workflow again when you want to go on.',
	notSent: 'Nothing was sent for this item. Fix what stopped the batch, then run again.',
	alreadySubmitted:
		'A call with this Once Key was made before. To buy it again on purpose, use another key.',
	reserveReached: 'Add API quota, or lower Keep in Reserve in the options, then run again.',
	outcomeUnknown:
		'This call may have been charged, so it is not repeated on its own. Check in the account whether it was, before running it again.',
};
