import { failure, type ServiceError } from '../../api/errors';
import type { JobWords } from '../../api/service';

/** What is known about an item that is not sent in this try, or about a part of one. */
export interface NotSentItem {
	/** `part`: the item itself was sent, in parts, of which this is one. */
	readonly unit?: 'item' | 'part';
	/** The service has accepted it in an earlier try: it only has to be fetched. */
	readonly isAccepted: boolean;
	/** The accepted job's, if it is a job. */
	readonly jobId: string | undefined;
	/** An earlier try has paid for parts of it, or may have been charged. */
	readonly mayBeCharged: boolean;
	/** How the last call of an earlier try ended is not known. */
	readonly outcomeUnknown: boolean;
}

/** Why the items that are left are not sent: the failure, and the item whose failure it was. */
export interface Cause {
	readonly error: ServiceError;
	/** Absent when the execution was stopped. */
	readonly itemIndex?: number;
}

/** The failure of an item, or of a further part of it, that is not sent because the batch was closed. */
export function notSent(
	item: NotSentItem,
	{ error, itemIndex }: Cause,
	jobs: JobWords,
): ServiceError {
	const { kind, reason } = error.details;
	const cause =
		itemIndex === undefined
			? 'the execution was stopped'
			: `item ${itemIndex} failed (${reason}), which stopped the batch`;
	// What is said about money there does not hold here.
	const whose = itemIndex === undefined ? '' : `About item ${itemIndex}: `;
	const left = whatIsLeft(item, jobs);
	return failure('notSent', `${item.isAccepted ? 'Not fetched' : 'Not sent'}, because ${cause}.`, {
		action: `${left.action} ${whose}${error.action}`,
		nextTry: left.nextTry,
		kind,
		jobId: item.jobId,
		outcomeUnknown: item.outcomeUnknown,
	});
}

/** The failure of the item that is the first to meet the reserve. */
export function keptInReserve(
	item: NotSentItem,
	reached: ServiceError,
	jobs: JobWords,
): ServiceError {
	return reached.with({
		action: `${whatIsLeft(item, jobs).action} ${reached.action}`,
		details: { outcomeUnknown: item.outcomeUnknown },
	});
}

function whatIsLeft(
	{ isAccepted, jobId, mayBeCharged, unit = 'item' }: NotSentItem,
	{ noun, waitFor }: JobWords,
): { readonly action: string; readonly nextTry?: string } {
	const nextTry = 'The next try fetches what is paid for.';
	if (isAccepted && jobId !== undefined)
		return {
			action: `${noun} ${jobId} of this item was accepted in an earlier try and goes on: ${waitFor} fetches it.`,
			nextTry,
		};
	if (isAccepted) return { action: `This ${unit} was paid for in an earlier try.`, nextTry };
	return {
		action: mayBeCharged
			? `Nothing was sent for this ${unit} in this try. An earlier try may have been charged for it${unit === 'item' ? ' or for parts of it' : ''}.`
			: `Nothing was sent or charged for this ${unit}.`,
	};
}
