import { failure, type FailureAbout, type ServiceError } from '../errors';
import type { Entry } from '../policy/accountGate';

/** A call that was not sent, in words. */
export interface NotSent {
	/** Completes "so …". */
	readonly consequence: string;
	readonly action: string;
	/** See {@link ServiceError.traits}. */
	readonly nextTry?: string;
}

export const CALL_NOT_SENT: NotSent = {
	consequence: 'this call was not sent',
	action: 'Run the node again after that time.',
};

/** What is known of the tries before. */
interface Before extends Pick<FailureAbout, 'attempts' | 'jobId' | 'outcomeUnknown' | 'mayBeDone'> {
	/** What the user has to know instead, where what was not sent is not what is paid for. */
	readonly instead?: NotSent;
}

/** The failure of a call that did not get its turn. `who` is the service's name. */
export function notLetIn(
	entry: Exclude<Entry, 'in'>,
	who: string,
	{ instead, ...before }: Before,
): ServiceError {
	if (entry === 'stopped')
		return failure('cancelled', 'The execution was stopped before this call was made.', before);
	if (entry === 'late')
		return failure(
			'rateLimited',
			`${who} takes no more calls of this account for now, and the time to wait for this one is over.`,
			{ ...before, action: instead?.action, nextTry: instead?.nextTry },
		);
	const { reason, retryAfterMs } = entry;
	const { consequence, action, nextTry } = instead ?? CALL_NOT_SENT;
	const minutes = Math.ceil(retryAfterMs / 60_000);
	return failure(
		reason,
		`${who} has asked this account to wait ${minutes} minutes, which is longer than this node waits, so ${consequence}.`,
		{ ...before, retryAfterMs, action, nextTry },
	);
}
