import { failure, type ServiceError } from '../errors';
import type { Entry } from '../policy/accountGate';

/** What is known of the tries before. */
interface Before {
	readonly attempts: number;
	readonly jobId?: string;
	readonly outcomeUnknown: boolean;
	/** What to do, where what was not sent is not what is paid for. */
	readonly action?: string;
}

/** The failure of a call that did not get its turn. `who` is the service's name. */
export function notLetIn(entry: Exclude<Entry, 'in'>, who: string, before: Before): ServiceError {
	if (entry === 'stopped')
		return failure('cancelled', 'The execution was stopped before this call was made.', before);
	if (entry === 'late')
		return failure(
			'rateLimited',
			`${who} takes no more calls of this account for now, and the time to wait for this one is over.`,
			before,
		);
	const { reason, retryAfterMs } = entry;
	const minutes = Math.ceil(retryAfterMs / 60_000);
	return failure(
		reason,
		`${who} has asked this account to wait ${minutes} minutes, which is longer than this node waits, so this call was not sent.`,
		{ action: 'Run the node again after that time.', ...before, retryAfterMs },
	);
}
