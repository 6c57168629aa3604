import type { IBinaryData, IContextObject } from 'n8n-workflow';
import { Ledger, type LedgerPlace } from '../../../../nodes/shared/host/memory/ledger.ts';

export const SEALING_KEY = Buffer.alloc(32, 7);

/** A call of the first item of a run. */
export const CALL = {
	itemIndex: 0,
	operation: 'synthesize',
	accountFingerprint: 'account-1',
	logicalRequest: { text: 'Good morning.' },
};

/** The ledger of one try of a node, which keeps what it remembers in `context`. */
export function ledgerIn(context: IContextObject, place: Partial<LedgerPlace> = {}): Ledger {
	return new Ledger({
		context,
		runIndex: 0,
		executionId: 'execution-1',
		sealingKey: SEALING_KEY,
		...place,
	});
}

/** What n8n has when it loads an execution's data again: the same values and none of the objects. */
export function reloaded(context: IContextObject): IContextObject {
	return structuredClone(context);
}

export const storedFile: IBinaryData = {
	id: 'filesystem-v2:workflows/1/executions/1/file',
	data: 'filesystem-v2',
	mimeType: 'audio/mpeg',
	fileName: 'speech.mp3',
};

/** A file as n8n keeps it in memory: without an ID, and the audio itself in its place. */
export const memoryFile: IBinaryData = {
	data: Buffer.from('audio').toString('base64'),
	mimeType: 'audio/mpeg',
};
