import { ApiClient } from '../../api/client/apiClient';
import { cleanIfAny } from '../../api/redact';
import { quotaIn, type Receipt } from '../memory/receipts';
import type { ItemSlot } from './batch';
import type { ItemCall } from './itemCall';
import type { SentState } from './itemState';
import { partRunner } from './partRunner';
import type { CallReport, RunContext } from './runContext';

/** One item's call, and the report that it writes. `key` is the item's place in the ledger, where it has one. */
export function openItemCall(
	run: RunContext,
	itemIndex: number,
	state: SentState,
	slot: ItemSlot,
): { readonly call: ItemCall; readonly report: CallReport } {
	const { account, binaries, ledger, downloads, signal, tracer, hint } = run;
	const { item, key, receipt } = state;
	const report: CallReport = {
		receipt,
		isPaid: isPayment(receipt),
		hasSentCreate: false,
		paidParts: new Set(),
		unknownParts: new Set(),
	};
	const { requestTimeoutMs, maxRetries, retryUnknownOutcome } = item.options;
	const client = new ApiClient(account, {
		signal,
		secrets: item.secrets,
		requestTimeoutMs,
		maxRetries,
		retryUnknownOutcome,
		trace: (line) => tracer.call(itemIndex, line),
		idempotencyKey: key === undefined ? undefined : ledger.idempotencyKey(key),
		onReceived: slot.received,
		onSend: (methodClass) => {
			report.hasSentCreate ||= methodClass === 'create';
		},
	});
	const call: ItemCall = {
		itemIndex,
		client,
		binaries,
		receipt,
		downloads,
		hint,
		releaseSlot: slot.release,
		part: partRunner(run, state, { client, slot, report }),
		partsArePaid: () => {
			if (key !== undefined) ledger.keep(key, { failure: undefined });
		},
		keepReceipt: (kept) => {
			report.receipt = kept;
			report.isPaid ||= isPayment(kept);
			if (key !== undefined) ledger.keep(key, { receipt: kept });
			slot.paid(quotaIn(kept));
		},
		forgetReceipt: () => {
			const isForgotten = key !== undefined && ledger.forgetOlder(key);
			if (isForgotten) report.receipt = undefined;
			return isForgotten;
		},
		logAcceptedJob: (jobId, about) => {
			const requestId = cleanIfAny(about.requestId, client.context.secrets);
			tracer.acceptedJob(itemIndex, { jobId, ...about, requestId });
		},
	};
	return { call, report };
}

function isPayment(receipt: Receipt | undefined): boolean {
	return receipt !== undefined && receipt.type !== 'sent';
}
