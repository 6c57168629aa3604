import { caught } from '../../api/caught';
import { failure, ServiceError } from '../../api/errors';
import type { Service } from '../../api/service';
import type { Row } from '../rows';
import { keptInReserve, notSent, type NotSentItem } from './notSent';
import type { Reserve } from './reserve';
import { Slots, type Slot } from './slots';
import type { ItemOutcome } from './summary';

/** What stopped a batch from starting more: the item whose failure it was, and how far it reaches. */
interface Closer {
	readonly itemIndex: number;
	readonly error: ServiceError;
	/** `creates`: what was accepted goes on; `everything`: nothing new is started. */
	readonly reach: 'creates' | 'everything';
}

/** What a batch needs of an item. */
export interface BatchItem extends NotSentItem {
	readonly itemIndex: number;
	/** It makes nothing that is charged. */
	readonly isFree: boolean;
	/** It is sent in parts and goes on where an earlier try has stopped: whether it may is asked for each part. */
	readonly isBegun: boolean;
	/** Known before anything is sent (remembered, or a parameter is wrong), or once the item is settled. */
	readonly outcome: ItemOutcome | undefined;
	/** Runs the item in the slot that it is given. Never rejects. */
	execute(slot: ItemSlot): Promise<ItemOutcome>;
	/** Settles the item with the reason why it is not sent. */
	refuse(error: ServiceError): ItemOutcome;
}

/** An item's share of the batch's concurrency. */
export interface ItemSlot extends CallSlot {
	/** Lets the batch start another item, while this one only waits or runs in parts. */
	readonly release: () => void;
	/** What the item's rows tell of the account is partly of an earlier try. */
	readonly remembered: () => void;
	/** Runs a part of the item in a slot of its own; rejects with `notSent` when the batch was closed meanwhile. */
	readonly runPart: (known: KnownPart, part: (slot: CallSlot) => Promise<Row>) => Promise<Row>;
}

/** What an earlier try has left of a part. One that is accepted is paid for and only has to be fetched. */
export type KnownPart = Pick<NotSentItem, 'isAccepted' | 'mayBeCharged' | 'outcomeUnknown'>;

/** What a call tells its slot. */
export interface CallSlot {
	/** The media have arrived whole: the batch may go on while they are stored. */
	readonly received: () => void;
	/** Something was paid for, and the answer told this quota. */
	readonly paid: (quotaRemaining: number | undefined) => void;
}

export interface BatchOptions {
	readonly service: Service;
	readonly concurrency: number;
	/** In stop mode the first failure closes the batch. */
	readonly stopsAtFailure: boolean;
	readonly signal?: AbortSignal;
	/** Present if the batch is to leave something in the account. */
	readonly reserve?: Reserve;
}

/** Runs items with bounded concurrency until they are done or something closes the batch. */
export class Batch {
	private closer: Closer | undefined;

	constructor(private readonly options: BatchOptions) {}

	/** Resolves with one outcome for each item, in their order. */
	async run(items: readonly BatchItem[]): Promise<ItemOutcome[]> {
		for (const { itemIndex, outcome } of items)
			if (outcome?.type === 'failed') this.note(itemIndex, outcome.error);
		await this.runOpen(items.filter(({ outcome }) => outcome === undefined));
		return items.flatMap(({ outcome }) => outcome ?? []);
	}

	/** Starts items while there are free slots; resolves once all are settled. */
	private async runOpen(items: readonly BatchItem[]): Promise<void> {
		if (items.length === 0) return;
		const { reserve } = this.options;
		await new Promise<void>((resolve) => {
			const waiting = items.values();
			let unsettled = items.length;
			const settle = (item: BatchItem, outcome: ItemOutcome) => {
				if (outcome.type === 'failed') this.note(item.itemIndex, outcome.error);
				if (--unsettled === 0) resolve();
			};
			// What was begun is finished first: parts of items come before further items.
			const slots = new Slots(this.options.concurrency, (take) => {
				const { value: item } = waiting.next();
				if (item === undefined) return false;
				const refusal = this.refusalOf(item);
				if (refusal === undefined) void start(item, take());
				else settle(item, item.refuse(refusal));
				return true;
			});
			// What an answer tells of the quota is known once it is stored: with a reserve, the slot is held until then.
			const ofCall = ({ lend }: Slot): CallSlot => ({
				received: reserve === undefined ? lend : () => undefined,
				paid: (quotaRemaining) => reserve?.tell(quotaRemaining),
			});
			const start = async (item: BatchItem, slot: Slot): Promise<void> => {
				// What was answered in an earlier try tells a quota of that time. Parts tell theirs themselves.
				let tellsQuota = !item.isAccepted;
				const remembered = () => {
					tellsQuota = false;
				};
				const runPart: ItemSlot['runPart'] = async (known, part) => {
					remembered();
					return await slots.run(async (slotOfPart) => {
						const piece = partOf(item, known);
						const refusal = this.refusalOf(piece) ?? (await this.reserveRefusal(piece));
						if (refusal !== undefined) throw refusal;
						const row = await this.noting(item, part(ofCall(slotOfPart)));
						if (!known.isAccepted) reserve?.tellRows([row]);
						return row;
					});
				};
				const refusal = await this.reserveRefusal(item);
				const outcome =
					refusal === undefined
						? await item.execute({ ...ofCall(slot), release: slot.release, remembered, runPart })
						: item.refuse(refusal);
				if (outcome.type === 'done' && tellsQuota) reserve?.tellRows(outcome.rows);
				settle(item, outcome);
				slot.release();
			};
			slots.fill();
		});
	}

	/** A part's failure is its item's, which may still be busy with other parts. */
	private async noting<T>({ itemIndex }: BatchItem, part: Promise<T>): Promise<T> {
		try {
			return await part;
		} catch (error) {
			if (error instanceof ServiceError) this.note(itemIndex, error);
			throw caught(error);
		}
	}

	/** Takes note of a failure that may close the batch. */
	private note(itemIndex: number, error: ServiceError): void {
		const reach = this.reachOf(error);
		// What reaches further wins. The first of two equals wins.
		if (reach === undefined || this.closer?.reach === 'everything' || this.closer?.reach === reach)
			return;
		this.closer = { itemIndex, error, reach };
	}

	/** Why a create may not be sent: the account is near its reserve. Asked when its turn has come. */
	private async reserveRefusal(item: Sent): Promise<ServiceError | undefined> {
		const { reserve, service } = this.options;
		if (reserve === undefined || !isCreate(item)) return undefined;
		const reached = await reserve.admit();
		// Another item may have closed the batch meanwhile. The first item that meets the reserve names it.
		const refusal = this.refusalOf(item);
		if (refusal !== undefined || reached === undefined) return refusal;
		this.note(item.itemIndex, reached);
		return keptInReserve(item, reached, service.jobs);
	}

	/** Why an item, or a further part of it, may not be sent now. */
	private refusalOf(item: Sent): ServiceError | undefined {
		const { closer } = this;
		const { signal, service } = this.options;
		if (signal?.aborted) {
			const error = failure('cancelled', 'The execution was stopped.');
			return notSent(item, { error }, service.jobs);
		}
		if (closer === undefined || (closer.reach === 'creates' && !isCreate(item))) return undefined;
		return notSent(item, closer, service.jobs);
	}

	private reachOf({ details, traits }: ServiceError): Closer['reach'] | undefined {
		const { stopsAtFailure, service } = this.options;
		const { reason } = details;
		if (stopsAtFailure || reason === 'unauthorized') return 'everything';
		const isPaymentMissing = reason === 'insufficientCredits' || reason === 'reserveReached';
		const isJobUnpaid = reason === 'jobFailed' && service.closesCreates?.(details) === true;
		// What n8n cannot store would be paid for and lost.
		return isPaymentMissing || isJobUnpaid || traits.isOfStore ? 'creates' : undefined;
	}
}

/** What may be sent now: an item, or a part of one. */
type Sent = Pick<BatchItem, 'itemIndex' | 'isFree' | 'isBegun' | keyof NotSentItem>;

function partOf({ itemIndex, isFree }: BatchItem, known: KnownPart): Sent {
	return { unit: 'part', itemIndex, isFree, isBegun: false, jobId: undefined, ...known };
}

function isCreate({ isAccepted, isBegun, isFree }: Sent): boolean {
	return !isAccepted && !isBegun && !isFree;
}
