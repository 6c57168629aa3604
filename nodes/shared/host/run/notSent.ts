import { failure, type ServiceError } from '../../api/errors';
import type { JobWords } from '../../api/service';

/** What is known about an item that is not sent in this try. */
export interface NotSentItem {
	/** The service has accepted it in an earlier try: it only has to be fetched. */
	readonly isAccepted: boolean;
	/** The accepted job's, if it is a job. */
	readonly jobId: string | undefined;
	/** An earlier try has paid for parts of it, or may have been charged. */
	readonly mayBeCharged: boolean;
	/** How the last call of an earlier try ended is not known. */
	readonly outcomeUnknown: boolean;
}

/** `part`: the item itself was sent, in parts. */
export type Unit = 'item' | 'part';

/** Why the items that are left are not sent: the failure, and the item whose failure it was. */
export interface Cause {
	readonly error: ServiceError;
	/** Absent when the execution was stopped. */
	readonly itemIndex?: number;
}

/** The failure of an item, or of a further part of it, that is not sent because the batch was closed. */
export function notSent(
	item: NotSentItem,
	unit: Unit,
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
	return failure('notSent', `${item.isAccepted ? 'Not fetched' : 'Not sent'}, because ${cause}.`, {
		action: `${whatIsLeft(item, unit, jobs)} ${whose}${error.action}`,
		kind,
		jobId: item.jobId,
		outcomeUnknown: unit === 'item' && item.outcomeUnknown,
	});
}

/** The failure of the item that is the first to meet the reserve. */
export function keptInReserve(
	item: NotSentItem,
	unit: Unit,
	reached: ServiceError,
	jobs: JobWords,
): ServiceError {
	return reached.with({
		action: `${whatIsLeft(item, unit, jobs)} ${reached.action}`,
		details: { outcomeUnknown: unit === 'item' && item.outcomeUnknown },
	});
}

function whatIsLeft(
	{ isAccepted, jobId, mayBeCharged }: NotSentItem,
	unit: Unit,
	{ noun, waitFor }: JobWords,
): string {
	if (isAccepted && jobId !== undefined)
		return `${noun} ${jobId} of this item was accepted in an earlier try and goes on: the next try fetches it, and so does ${waitFor}.`;
	if (isAccepted)
		return `This ${unit} was paid for in an earlier try, and the next one fetches it.`;
	return mayBeCharged && unit === 'item'
		? 'Nothing was sent for this item in this try. An earlier try may have been charged for it or for parts of it.'
		: `Nothing was sent or charged for this ${unit}.`;
}
