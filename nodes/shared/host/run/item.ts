import type { IBinaryData } from 'n8n-workflow';

import type { ServiceError } from '../../api/errors';
import { isInMemory } from '../memory/ledger';
import { onceKeyId } from '../memory/ledgerKeys';
import {
	alreadySubmitted,
	takenOverElsewhere,
	type FoundKey,
	type KeyedItem,
} from '../memory/onceKeys';
import { asServiceError } from '../nodeErrors';
import type { ParameterReader } from '../parameters/reader';
import type { Row } from '../rows';
import type { ItemSlot } from './batch';
import {
	failed,
	impossible,
	isState,
	settled,
	stillUnknown,
	type ItemState,
	type SentState,
	type Sendable,
	type StateOf,
} from './itemState';
import { openItemCall } from './openItemCall';
import type { PreparedItem } from './operation';
import { recallItem } from './recallItem';
import type { CallReport, RunContext } from './runContext';
import type { ItemOutcome } from './summary';

/** A row as n8n gets it. */
export interface OutputRow {
	readonly json: Row['json'];
	readonly binary?: Record<string, IBinaryData>;
}

/** One item on its way: read, looked up, sent, remembered. */
export class Item {
	private state: ItemState = { type: 'unread' };

	constructor(
		readonly itemIndex: number,
		private readonly run: RunContext,
	) {}

	/** Reads and checks the item's parameters. */
	read(reader: ParameterReader): void {
		this.expect('unread');
		const { operation, binaries, account, ledger, inputJson, isFromModel } = this.run;
		try {
			const item = operation.prepare(reader, { binaries, account, inputJson, isFromModel });
			const { logicalRequest } = item;
			const key =
				logicalRequest &&
				ledger.key({
					itemIndex: this.itemIndex,
					operation: operation.name,
					accountFingerprint: account.fingerprint,
					logicalRequest,
				});
			this.state = { type: 'read', item, key, holdsOnceKey: false };
		} catch (error) {
			this.state = settled(failed(asServiceError(error)));
		}
	}

	/** Takes over what an earlier try has settled. */
	async recall(): Promise<void> {
		if (this.state.type === 'settled') return;
		this.state = await recallItem(this.expect('read'), this.itemIndex, this.run);
	}

	/** The once key to be recorded before anything is sent; a failure known by now sends nothing and needs none. */
	get keyed(): KeyedItem | undefined {
		const { state } = this;
		if (state.type === 'unread' || state.type === 'read' || state.type === 'finished')
			throw impossible('claim a once key', state);
		const onceKey = state.item?.options.onceKey;
		if (onceKey === undefined || (state.type === 'settled' && state.outcome.type === 'failed'))
			return undefined;
		const isOwn = state.type !== 'open' || state.holdsOnceKey;
		const takenOverFrom = state.type === 'open' ? state.takenOverFrom : undefined;
		return { itemIndex: this.itemIndex, onceKey, isOwn, takenOverFrom };
	}

	/** What the deduplication store said about the once key. */
	settleOnceKey(found: FoundKey | undefined): void {
		const { state } = this;
		if (state.type !== 'open') return;
		const { onceKey, whenSeenBefore } = state.item.options;
		if (onceKey === undefined) return;
		if (found === 'takenOver') {
			this.state = { ...state, ...settled(failed(takenOverElsewhere(this.itemIndex))) };
			return;
		}
		if (found === 'seen') {
			const outcome: ItemOutcome =
				whenSeenBefore === 'fail'
					? failed(alreadySubmitted(this.itemIndex))
					: { type: 'done', rows: [{ json: { skipped: true, onceKey } }] };
			this.state = { ...state, ...settled(outcome, true) };
			return;
		}
		if (!state.holdsOnceKey || state.takenOverFrom !== undefined)
			this.keepsOnceKey(state.key, onceKey);
		this.state = { ...state, holdsOnceKey: true };
	}

	/** The once key to take back: its call was surely not accepted. */
	get releasableOnceKey(): string | undefined {
		const { state } = this;
		if (state.type !== 'finished' || !state.holdsOnceKey || !state.isSurelyUnpaid) return undefined;
		return state.item.options.onceKey;
	}

	onceKeyReleased(): void {
		const finished = this.expect('finished');
		this.keepsOnceKey(finished.key, undefined);
		this.state = { ...finished, holdsOnceKey: false };
	}

	/** `undefined` while it is not known. */
	get outcome(): ItemOutcome | undefined {
		return 'outcome' in this.state ? this.state.outcome : undefined;
	}

	/** Whether the next try finds what was done for this item. */
	get isKept(): boolean {
		return 'isKept' in this.state && this.state.isKept;
	}

	/** The service has accepted the item in an earlier try: it only has to be fetched. */
	get isAccepted(): boolean {
		return this.state.type === 'accepted';
	}

	/** An earlier try has paid for parts of it, or may have been charged. */
	get mayBeCharged(): boolean {
		return this.state.type === 'open' && this.state.mayBeCharged;
	}

	/** How the last call of an earlier try ended is not known. */
	get outcomeUnknown(): boolean {
		return this.state.type === 'open' && this.state.outcomeUnknown;
	}

	get isFree(): boolean {
		return 'item' in this.state && this.state.item?.isFree === true;
	}

	/** An earlier try has begun with its parts: whether one may be sent is asked for each of them. */
	get isBegun(): boolean {
		return this.mayBeCharged && 'item' in this.state && this.state.item?.isInParts === true;
	}

	/** The job that the service has accepted for the item, where it was a job. */
	get jobId(): string | undefined {
		const receipt = this.state.type === 'accepted' ? this.state.receipt : undefined;
		return receipt?.type === 'job' ? receipt.jobId : undefined;
	}

	/** Sends the item and remembers what came of it. Never rejects. */
	async execute(slot: ItemSlot): Promise<ItemOutcome> {
		const { state } = this;
		if (state.type !== 'open' && state.type !== 'accepted') throw impossible('be sent', state);
		const { call, report } = openItemCall(this.run, this.itemIndex, state, slot);
		const { secrets } = call.client.context;
		const mayBeCharged = state.type === 'accepted' || state.mayBeCharged;
		try {
			const rows = await state.item.execute(call);
			const isKept = this.keepRows(rows, state, report);
			return this.finish(state, { type: 'done', rows }, { isKept });
		} catch (caught) {
			const outcomeUnknown = this.run.operation.creates && report.hasSentCreate && !report.isPaid;
			const failure = asServiceError(caught, { secrets, outcomeUnknown });
			const error = stillUnknown(failure, wasUnknown(state, report));
			this.keepFailure(error, state.key);
			const isSurelyUnpaid = !mayBeCharged && !report.isPaid && !error.details.outcomeUnknown;
			return this.finish(state, failed(error), { isSurelyUnpaid });
		}
	}

	/** Settles an item that is not sent: the batch was closed before its turn. */
	refuse(error: ServiceError): ItemOutcome {
		const { state } = this;
		if (state.type !== 'open' && state.type !== 'accepted') throw impossible('be refused', state);
		const isSurelyUnpaid = state.type === 'open' && !state.mayBeCharged;
		return this.finish(state, failed(error), { isSurelyUnpaid });
	}

	/** A row as the parameters want it: names of binary fields, and the service's body if it is to be shown. */
	output({ json, raw, files }: Row): OutputRow {
		const item = 'item' in this.state ? this.state.item : undefined;
		const shown = { ...json, ...(item?.showsRaw === true && raw !== undefined && { raw }) };
		if (files === undefined) return { json: shown };
		const named = Object.entries(files).map(([name, file]) => [item?.fieldOf(name) ?? name, file]);
		return { json: shown, binary: Object.fromEntries(named) };
	}

	get includesInputFields(): boolean {
		return 'item' in this.state && this.state.item?.options.includeInputFields === true;
	}

	private finish(
		{ item, key, holdsOnceKey }: Sendable,
		outcome: ItemOutcome,
		{ isKept = false, isSurelyUnpaid = false },
	): ItemOutcome {
		this.state = { type: 'finished', item, key, holdsOnceKey, outcome, isKept, isSurelyUnpaid };
		return outcome;
	}

	private keepRows(
		rows: readonly Row[],
		{ key, item }: Sendable,
		{ receipt, paidParts }: CallReport,
	): boolean {
		if (key === undefined) return false;
		const { ledger } = this.run;
		// Rows are made again from a paid answer, but not their files: an address in it may no longer open.
		const hasFiles = rows.some(({ files }) => files !== undefined);
		if (receipt?.type !== 'answer' || hasFiles)
			ledger.keep(key, { rows: rowsToKeep(rows, item), shape: item.shape });
		ledger.forget(paidParts);
		return receipt?.type === 'answer' || !isInMemory(rows);
	}

	private keepFailure(error: ServiceError, key: string | undefined): void {
		const { kind, reason, outcomeUnknown } = error.details;
		if (key === undefined || reason === 'cancelled' || reason === 'notSent') return;
		const isFailedJob = reason === 'jobFailed';
		if (kind !== 'terminal' && !outcomeUnknown) return;
		const { ledger } = this.run;
		const paidIn = ledger.otherWriterOf(key);
		ledger.keep(key, {
			...((outcomeUnknown || isFailedJob) && { mayBeCharged: true }),
			// A job that failed is created anew once somebody presses Retry.
			...(isFailedJob && { receipt: undefined, rows: undefined, paidIn }),
			...(kind === 'terminal' && { failure: error }),
		});
	}

	private keepsOnceKey(key: string | undefined, onceKey: string | undefined): void {
		const heldOnceKey = onceKey && onceKeyId(onceKey);
		if (key !== undefined) this.run.ledger.keep(key, { heldOnceKey, paidIn: undefined });
	}

	private expect<Type extends ItemState['type']>(type: Type): StateOf<Type> {
		const { state } = this;
		if (!isState(state, type)) throw impossible(`be treated as ${type}`, state);
		return state;
	}
}

/** Of an item in parts, each part knows how its last call ended. */
function wasUnknown(state: SentState, { unknownParts }: CallReport): boolean {
	if (state.item.isInParts) return unknownParts.size > 0;
	return state.type === 'open' && state.outcomeUnknown;
}

/** The service's own body is only kept where it is shown: it is as large as the rest. */
function rowsToKeep(rows: readonly Row[], { showsRaw }: PreparedItem): readonly Row[] {
	return showsRaw ? rows : rows.map(({ json, files }) => ({ json, ...(files && { files }) }));
}
