import type { CallContext } from '../../api/http/caller';
import type { FishSpeechClient } from '../../api/client';
import type { ServiceError } from '../../api/errors';
import { asText } from '../../api/endpoints/readers';
import type { ItemSlot } from './batch';
import type { BinaryStore } from '../media/binary';
import type { Ledger } from '../memory/ledger';
import { asServiceError } from './nodeErrors';
import { alreadySubmitted, type KeyedItem } from '../memory/onceKeys';
import type { ItemCall, ItemPart, Operation, PreparedItem, Receipt, Row } from './operation';
import type { ParameterReader } from '../parameters/parameters';
import { recall } from '../memory/recall';
import type { Slots } from './slots';
import type { ItemOutcome } from './summary';
import type { Tracer } from '../trace';

/** What all items of a run share. */
export interface RunContext {
	readonly operation: Operation;
	readonly client: FishSpeechClient;
	readonly binaries: BinaryStore;
	readonly ledger: Ledger;
	readonly downloads: Slots;
	readonly tracer: Tracer;
	readonly signal: AbortSignal | undefined;
	readonly hint: (message: string) => void;
}

/** One item on its way: read, looked up, sent, remembered. */
export class ItemTask {
	/** Set once nothing is left to do for the item. */
	outcome: ItemOutcome | undefined;
	/** Done, and no further try will send it again. */
	isKept = false;
	private prepared: PreparedItem | undefined;
	/** The item's place in the ledger; undefined for operations that are not remembered. */
	private key: string | undefined;
	private receipt: Receipt | undefined;
	private ownsOnceKey = false;
	private claimedOnceKey = false;
	/** Something was sent for the item in this try. */
	private hasCalled = false;
	/** Places of the parts that were paid for, in this try or an earlier one. */
	private readonly paidParts = new Set<string>();

	constructor(
		readonly itemIndex: number,
		private readonly run: RunContext,
	) {}

	/** The service has accepted the item: it only has to be fetched. */
	get isAccepted(): boolean {
		return this.receipt !== undefined;
	}

	/** The job that the service has accepted for the item, where it was a job. */
	get jobId(): string | undefined {
		return asText(this.receipt?.jobId);
	}

	get includesInputFields(): boolean {
		return this.prepared?.call.includeInputFields === true;
	}

	/** Reads and checks the item's parameters. */
	prepare(reader: ParameterReader): void {
		const { operation, binaries, client, ledger } = this.run;
		try {
			const prepared = operation.prepare(reader, { binaries, client });
			const { logicalRequest } = prepared;
			this.prepared = prepared;
			this.key =
				logicalRequest &&
				ledger.key({
					itemIndex: this.itemIndex,
					operation: operation.name,
					accountFingerprint: client.accountFingerprint,
					logicalRequest,
				});
		} catch (error) {
			this.outcome = { type: 'failed', error: this.ownError(error, false) };
		}
	}

	/** Takes over what an earlier try has settled. */
	async recall(): Promise<void> {
		const { ledger, binaries, operation } = this.run;
		if (this.outcome !== undefined || this.key === undefined) return;
		const recalled = await recall(ledger, this.key, binaries, operation.name);
		if (recalled.type === 'done') {
			this.outcome = { type: 'done', rows: recalled.rows };
			this.isKept = true;
		} else if (recalled.type === 'failed') this.outcome = recalled;
		else if (recalled.type === 'accepted') this.receipt = recalled.receipt;
		else this.ownsOnceKey = recalled.isOwnKey;
	}

	/** The once key to be recorded before anything is sent; a remembered failure sends nothing and needs none. */
	get keyed(): KeyedItem | undefined {
		const onceKey = this.prepared?.call.onceKey ?? '';
		if (onceKey === '' || this.outcome?.type === 'failed') return undefined;
		const isOwn = this.isAccepted || this.ownsOnceKey || this.outcome?.type === 'done';
		return { itemIndex: this.itemIndex, onceKey, isOwn };
	}

	/** What the deduplication store said about the once key. */
	settleOnceKey(wasSeen: boolean): void {
		const { keyed, prepared } = this;
		if (keyed === undefined || this.outcome !== undefined) return;
		this.claimedOnceKey = !wasSeen && !keyed.isOwn;
		if (!wasSeen) return;
		this.isKept = true;
		this.outcome =
			prepared?.call.whenSeenBefore === 'fail'
				? { type: 'failed', error: alreadySubmitted(this.run.operation.name, this.itemIndex) }
				: { type: 'done', rows: [{ json: { skipped: true, onceKey: keyed.onceKey } }] };
	}

	/** The once key to take back: its call was surely not accepted. */
	get releasableOnceKey(): string | undefined {
		if (
			!this.claimedOnceKey ||
			this.isAccepted ||
			this.paidParts.size > 0 ||
			this.outcome?.type !== 'failed'
		)
			return undefined;
		const { reason, outcomeUnknown } = this.outcome.error.details;
		return outcomeUnknown || reason === 'jobFailed' ? undefined : this.prepared?.call.onceKey;
	}

	/** Sends the item and remembers what came of it. Never rejects. */
	async execute(slot: ItemSlot): Promise<ItemOutcome> {
		const { prepared } = this;
		if (prepared === undefined) return this.outcome ?? { type: 'done', rows: [] };
		try {
			const rows = await prepared.execute(this.callOf(prepared, slot));
			this.outcome = { type: 'done', rows };
			if (this.key !== undefined) this.settle(this.key, rows);
		} catch (error) {
			const mayHaveBeenCharged = this.run.operation.creates && this.hasCalled && !this.isAccepted;
			const failure = this.ownError(error, mayHaveBeenCharged);
			this.outcome = { type: 'failed', error: failure };
			this.remember(failure);
		}
		return this.outcome;
	}

	private settle(key: string, rows: readonly Row[]): void {
		this.isKept = this.run.ledger.keepRows(key, rows);
		this.run.ledger.forget(this.paidParts);
	}

	/** Runs a part, unless an earlier try has finished it. */
	private async runPart(part: ItemPart, item: PreparedItem, slot: ItemSlot): Promise<Row> {
		const { ledger, binaries, operation, client, downloads } = this.run;
		const key = ledger.partKey(this.key ?? '', part.index, part.logicalRequest);
		const recalled = await recall(ledger, key, binaries, operation.name);
		if (recalled.type === 'failed') throw recalled.error;
		const known = recalled.type === 'done' ? recalled.rows[0] : undefined;
		let receipt = recalled.type === 'accepted' ? recalled.receipt : undefined;
		if (known !== undefined || receipt !== undefined) this.notePaidPart(key);
		if (known !== undefined) return known;
		const secrets = [...(item.secrets ?? []), ...part.secrets];
		const row = await slot.runPart(
			async () =>
				await part.run({
					client,
					binaries,
					context: this.contextOf({ ...item, secrets }, key),
					download: async (download) => await downloads.run(download),
					get receipt() {
						return receipt;
					},
					keepReceipt: (accepted) => {
						receipt = accepted;
						ledger.keepReceipt(key, accepted);
						this.notePaidPart(key);
					},
				}),
		);
		ledger.keepRows(key, [row]);
		this.notePaidPart(key);
		return row;
	}

	private notePaidPart(key: string): void {
		this.paidParts.add(key);
		if (this.key !== undefined) this.run.ledger.keepBegun(this.key);
	}

	private remember(failure: ServiceError): void {
		const { kind, reason, outcomeUnknown } = failure.details;
		if (this.key === undefined || reason === 'cancelled' || reason === 'notSent') return;
		if (kind === 'terminal') this.run.ledger.keepFailure(this.key, failure);
		else if (outcomeUnknown) this.run.ledger.keepBegun(this.key);
	}

	private callOf(prepared: PreparedItem, slot: ItemSlot): ItemCall {
		const { itemIndex, key } = this;
		const { client, binaries, ledger, downloads, tracer, hint } = this.run;
		const receipt = () => this.receipt;
		return {
			itemIndex,
			client,
			binaries,
			hint,
			releaseSlot: slot.release,
			part: async (part) => await this.runPart(part, prepared, slot),
			context: this.contextOf(prepared, key),
			get receipt() {
				return receipt();
			},
			keepReceipt: (accepted) => {
				this.receipt = accepted;
				if (key !== undefined) ledger.keepReceipt(key, accepted);
			},
			logAcceptedJob: (jobId, about) => tracer.acceptedJob(itemIndex, { jobId, ...about }),
			download: async (download) => await downloads.run(download),
		};
	}

	private contextOf({ call, secrets = [] }: PreparedItem, key: string | undefined): CallContext {
		const { operation, signal, tracer, ledger } = this.run;
		return {
			operation: operation.name,
			signal,
			requestTimeoutMs: call.requestTimeoutMs,
			maxRetries: call.maxRetries,
			retryUnknownOutcome: call.retryUnknownOutcome,
			idempotencyKey: key === undefined ? undefined : ledger.idempotencyKey(key),
			secrets,
			trace: (line) => {
				this.hasCalled = true;
				tracer.call(this.itemIndex, line);
			},
		};
	}

	private ownError(error: unknown, mayHaveBeenCharged: boolean): ServiceError {
		return asServiceError(error, {
			operation: this.run.operation.name,
			secrets: this.prepared?.secrets ?? [],
			mayHaveBeenCharged,
		});
	}
}
