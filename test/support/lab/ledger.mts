import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { unseal } from '../../../nodes/shared/host/memory/seal.ts';
import { defaultToken } from '../../sandbox/options.mts';
import type { RunResult } from '../engine/index.mts';
import { ledgerOf } from './reading.mts';

/** What a node remembers, as only the holder of the token can read it: the entries by their keys, unsealed. */
export function openedLedgerOf(
	result: RunResult,
	{ token = defaultToken, nodeName }: { token?: string; nodeName?: string } = {},
): Record<string, IDataObject> {
	const sealingKey = createHmac('sha256', token).update('ledger').digest();
	return Object.fromEntries(
		Object.entries(ledgerOf(result, nodeName)).map(([key, entry]) => [
			key,
			opened(entry, sealingKey),
		]),
	);
}

function opened(entry: unknown, sealingKey: Buffer): IDataObject {
	const { sealed, ...open }: IDataObject = Object(entry);
	if (typeof sealed !== 'string') return open;
	const content = unseal(sealed, sealingKey);
	if (content === undefined) throw new Error('the ledger is sealed with another token');
	const parsed: IDataObject = JSON.parse(content);
	return { ...open, ...parsed };
}
