import { caught } from '../../api/caught';
import type { ApiClient } from '../../api/client/apiClient';
import { ServiceError } from '../../api/errors';
import { onceKeyId } from '../memory/ledgerKeys';
import { recall } from '../memory/recall';
import { quotaIn } from '../memory/receipts';
import type { Row } from '../rows';
import type { ItemSlot, KnownPart } from './batch';
import type { ItemPart, PartCall } from './itemCall';
import { stillUnknown, type SentState } from './itemState';
import type { CallReport, RunContext } from './runContext';

/** What parts use of their item's call. */
interface Surroundings {
	readonly client: ApiClient;
	readonly slot: ItemSlot;
	readonly report: CallReport;
}

/** Runs parts of an item, each unless an earlier try has finished it. */
export function partRunner(
	{ ledger, binaries, downloads }: RunContext,
	{ item, key }: SentState,
	{ client, slot, report }: Surroundings,
): (part: ItemPart) => Promise<Row> {
	const { retryUnknownOutcome, onceKey } = item.options;
	const heldOnceKey = onceKey && onceKeyId(onceKey);

	const notePaid = (place: string) => {
		if (report.paidParts.size === 0 && key !== undefined) ledger.keep(key, { mayBeCharged: true });
		report.paidParts.add(place);
		report.unknownParts.delete(place);
		report.isPaid = true;
	};

	/** A final failure is remembered: after a refusal the next try is another request. */
	const keepFailure = (place: string, error: ServiceError) => {
		const { kind, reason, outcomeUnknown } = error.details;
		const isFinal = kind === 'terminal' && reason !== 'notSent' && reason !== 'cancelled';
		if (!isFinal && !outcomeUnknown) return;
		ledger.keep(place, {
			...(outcomeUnknown && { mayBeCharged: true, heldOnceKey }),
			...(isFinal && { failure: error }),
		});
	};

	return async (part) => {
		const place = ledger.partKey(key ?? '', part.logicalRequest);
		const recalled = await recall(place, { ledger, binaries, retryUnknownOutcome, onceKey });
		if (recalled.type === 'failed') throw recalled.error;
		if (recalled.type !== 'open') {
			slot.remembered();
			notePaid(place);
		}
		if (recalled.type === 'done' && recalled.rows[0] !== undefined) return recalled.rows[0];
		const known: KnownPart = {
			isAccepted: recalled.type === 'accepted',
			mayBeCharged: recalled.type === 'open' && recalled.mayBeCharged,
			outcomeUnknown: recalled.type === 'open' && recalled.outcomeUnknown,
		};
		if (known.outcomeUnknown) report.unknownParts.add(place);
		const row = await slot.runPart(known, async ({ received, paid }) => {
			const idempotencyKey = ledger.idempotencyKey(place);
			const call: PartCall = {
				client: client.with({ idempotencyKey, onReceived: received }),
				binaries,
				downloads,
				receipt: recalled.type === 'accepted' ? recalled.receipt : undefined,
				keepReceipt: (kept) => {
					ledger.keep(place, { receipt: kept, heldOnceKey });
					notePaid(place);
					paid(quotaIn(kept));
				},
				forgetReceipt: () => ledger.forgetOlder(place),
			};
			try {
				return await part.run(call);
			} catch (error) {
				if (!(error instanceof ServiceError)) throw caught(error);
				const isUnsent = error.details.reason === 'notSent';
				const failed = isUnsent ? error : stillUnknown(error, known.outcomeUnknown);
				keepFailure(place, failed);
				throw failed;
			}
		});
		ledger.keep(place, { rows: [row], heldOnceKey });
		notePaid(place);
		return row;
	};
}
