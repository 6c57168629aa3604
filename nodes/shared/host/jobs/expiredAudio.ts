import { ServiceError } from '../../api/errors';
import type { ItemCall } from '../run/itemCall';

const NEXT_RETRY_BUYS = 'The next Retry buys this item again, and only this one.';

/**
 * What to throw when audio of an earlier try could not be fetched. An address that is refused on Retry has expired, or its
 * file is gone, and it is forgotten. Hosts answer so with a 4xx of any kind.
 */
export function expiredAudio(error: unknown, call: Pick<ItemCall, 'forgetReceipt'>): unknown {
	if (!(error instanceof ServiceError)) return error;
	// The API itself may refuse media that it keeps: then the address is as good as before.
	const isExpired = error.isRefusal && !error.isOfAccount;
	if (!isExpired || !call.forgetReceipt()) return paidButNotFetched(error);
	return error.with({
		message: `The audio was finished and paid for in an earlier try, but its address no longer opens. ${error.message}`,
		action: NEXT_RETRY_BUYS,
	});
}

/** The same when the service no longer knows the job that it has accepted in an earlier try. */
export function forgottenJob(
	error: ServiceError,
	call: Pick<ItemCall, 'forgetReceipt'>,
): ServiceError {
	if (!call.forgetReceipt()) return error;
	return error.with({
		message: `This item was accepted in an earlier try, and can no longer be fetched. ${error.message}`,
		action: NEXT_RETRY_BUYS,
	});
}

/** What to throw when media that this call has paid for could not be fetched: their address is kept for the next try. */
export function paidButNotFetched(error: unknown, what = 'audio'): unknown {
	if (!(error instanceof ServiceError) || error.details.reason === 'cancelled') return error;
	return error.with({
		action: `The ${what} is finished and paid for. ${error.action}`,
		nextTry: `The address of the ${what} is kept: the next try or Retry downloads it without paying again.`,
	});
}
