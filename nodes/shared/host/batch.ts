import { FishSpeechError } from '../api/errors';
import type { ItemOutcome } from './summary';

/** What stopped a batch from starting more: the item whose failure it was, and how far it reaches. */
interface Closer {
	readonly itemIndex: number | undefined;
	readonly error: FishSpeechError;
	/** `creates`: what was accepted goes on; `everything`: nothing new is started. */
	readonly reach: 'creates' | 'everything';
}

export interface BatchItem {
	readonly itemIndex: number;
	/** The service has accepted it in an earlier try: it only has to be fetched. */
	readonly isAccepted: boolean;
	/** Known before anything is sent: remembered from an earlier try, or a parameter that is wrong. */
	readonly outcome: ItemOutcome | undefined;
	/** Runs the item; `releaseSlot` lets the batch start another one meanwhile. Never rejects. */
	execute(releaseSlot: () => void): Promise<ItemOutcome>;
}

export interface BatchOptions {
	readonly operation: string;
	/** Whether items make something that is charged. */
	readonly creates: boolean;
	readonly concurrency: number;
	/** In stop mode the first failure closes the batch. */
	readonly stopsAtFailure: boolean;
	readonly signal?: AbortSignal;
}

/** Runs items with bounded concurrency until they are done or something closes the batch. */
export class Batch {
	private closer: Closer | undefined;

	constructor(private readonly options: BatchOptions) {}

	/** Resolves with one outcome for each item, in their order. */
	async run(items: readonly BatchItem[]): Promise<ItemOutcome[]> {
		const outcomes = items.map(({ outcome }) => outcome);
		for (const { itemIndex, outcome } of items)
			if (outcome?.type === 'failed') this.note(itemIndex, outcome.error);
		const open = items.filter(({ outcome }) => outcome === undefined);
		await this.runOpen(open, (item, outcome) => {
			outcomes[item.itemIndex] = outcome;
		});
		return outcomes.flatMap((outcome) => outcome ?? []);
	}

	/** Starts items while there are free slots; resolves once all are settled. */
	private async runOpen(
		items: readonly BatchItem[],
		onSettled: (item: BatchItem, outcome: ItemOutcome) => void,
	): Promise<void> {
		await new Promise<void>((resolve) => {
			const waiting = items.values();
			let unsettled = items.length;
			let active = 0;
			const settle = (item: BatchItem, outcome: ItemOutcome) => {
				onSettled(item, outcome);
				if (--unsettled === 0) resolve();
			};
			const start = async (item: BatchItem): Promise<void> => {
				let holdsSlot = true;
				const releaseSlot = () => {
					if (!holdsSlot) return;
					holdsSlot = false;
					active--;
					fill();
				};
				active++;
				const outcome = await item.execute(releaseSlot);
				if (outcome.type === 'failed') this.note(item.itemIndex, outcome.error);
				settle(item, outcome);
				releaseSlot();
			};
			const fill = () => {
				while (active < this.options.concurrency) {
					const { value: item, done } = waiting.next();
					if (done) return;
					const closer = this.closerFor(item);
					if (closer === undefined) void start(item);
					else settle(item, { type: 'failed', error: this.notSent(closer) });
				}
			};
			if (unsettled === 0) resolve();
			else fill();
		});
	}

	/** Takes note of a failure that may close the batch. */
	private note(itemIndex: number, error: FishSpeechError): void {
		const reach = this.reachOf(error);
		// What reaches further wins; of two alike, the first.
		if (reach === undefined || this.closer?.reach === 'everything' || this.closer?.reach === reach)
			return;
		this.closer = { itemIndex, error, reach };
	}

	private closerFor({ isAccepted }: BatchItem): Closer | undefined {
		if (this.options.signal?.aborted)
			return { itemIndex: undefined, error: stopped(this.options.operation), reach: 'everything' };
		const isCreate = this.options.creates && !isAccepted;
		return this.closer?.reach === 'creates' && !isCreate ? undefined : this.closer;
	}

	private reachOf({ details }: FishSpeechError): Closer['reach'] | undefined {
		if (this.options.stopsAtFailure || details.reason === 'unauthorized') return 'everything';
		return closesCreates(details) ? 'creates' : undefined;
	}

	private notSent({ itemIndex, error }: Closer): FishSpeechError {
		const { kind, reason } = error.details;
		const cause =
			itemIndex === undefined
				? 'the execution was stopped'
				: `item ${itemIndex} failed (${reason}), which closed the batch`;
		return new FishSpeechError(`Not sent, because ${cause}.`, {
			action: `Nothing was sent or charged for this item. ${error.action}`,
			details: {
				kind,
				reason: 'notSent',
				operation: this.options.operation,
				attempts: 0,
				outcomeUnknown: false,
			},
		});
	}
}

/** Whether a failure says that the account has nothing left to pay creates with. */
function closesCreates({ reason, code, httpStatus }: FishSpeechError['details']): boolean {
	if (reason === 'insufficientCredits') return true;
	return reason === 'jobFailed' && (httpStatus === 402 || /insufficient|quota/i.test(code ?? ''));
}

function stopped(operation: string): FishSpeechError {
	return new FishSpeechError('The execution was stopped.', {
		details: {
			kind: 'terminal',
			reason: 'cancelled',
			operation,
			attempts: 0,
			outcomeUnknown: false,
		},
	});
}
