import { Readable } from 'node:stream';
import type { IBinaryData, IContextObject, IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { failure } from '../../../../nodes/shared/api/errors.ts';
import { BinaryStore } from '../../../../nodes/shared/host/media/binaryStore.ts';
import type { LedgerEntry } from '../../../../nodes/shared/host/memory/ledger.ts';
import { onceKeyId } from '../../../../nodes/shared/host/memory/ledgerKeys.ts';
import type { Receipt } from '../../../../nodes/shared/host/memory/receipts.ts';
import { recall, type Recalled } from '../../../../nodes/shared/host/memory/recall.ts';
import type { Row } from '../../../../nodes/shared/host/rows.ts';
import { CALL, ledgerIn, memoryFile, reloaded, storedFile } from './ledgers.mts';

const job: Receipt = { type: 'job', jobId: 'job-1' };
const sent: Receipt = { type: 'sent' };
const refused = failure('invalidRequest', 'The service answered 400.', { httpStatus: 400 });
const unknown = failure('serverError', 'The service answered 500.', { outcomeUnknown: true });
const rows: readonly Row[] = [{ json: { bytes: 5 }, files: { audio: storedFile } }];
const plainRows: readonly Row[] = [{ json: { deleted: true } }];

/** What a disk, a bucket or a database throws. */
const withCode = (code: string) => Object.assign(new Error('It says no.'), { code });

interface StoreState {
	/** Thrown for every file; by default for those that it does not have, which are gone. */
	readonly unreadable?: Error;
	readonly canCopy?: boolean;
}

/** A binary store in which some files can be opened, and copies can be made or not. */
function storeWith(
	ids: readonly string[],
	{ unreadable, canCopy = true }: StoreState = {},
): BinaryStore {
	const getBinaryStream = async (id: string) => {
		if (unreadable !== undefined) throw unreadable;
		if (!ids.includes(id)) throw withCode('ENOENT');
		return Readable.from([Buffer.from('audio')]);
	};
	const prepareBinaryData = async (_body: unknown, fileName: string, mimeType: string) => {
		if (!canCopy) throw new Error('ENOSPC');
		return { id: 'copy', data: 'filesystem-v2', fileName, mimeType };
	};
	// As much of n8n as files need.
	const host = { helpers: { getBinaryStream, prepareBinaryData } };
	return new BinaryStore(host as unknown as IExecuteFunctions);
}

const ALL_FILES = storeWith([storedFile.id ?? '']);
const NO_FILES = storeWith([]);
const FULL_DISK = storeWith([storedFile.id ?? ''], { canCopy: false });
const AWAY = storeWith([], { unreadable: withCode('ECONNREFUSED') });

interface Look {
	readonly binaries?: BinaryStore;
	readonly shape?: string;
	readonly retryUnknownOutcome?: boolean;
	readonly onceKey?: string;
	/** As Retry does it, in an execution of its own. */
	readonly isRetry?: boolean;
}

/** What an item comes to after an earlier try has left `entry`. */
async function recalled(entry: LedgerEntry | undefined, look: Look = {}) {
	const { binaries = ALL_FILES, shape, retryUnknownOutcome = false, isRetry = false } = look;
	const { onceKey = 'key' } = look;
	const context: IContextObject = {};
	const before = ledgerIn(context);
	const key = before.key(CALL);
	if (entry !== undefined) before.keep(key, entry);
	const ledger = ledgerIn(reloaded(context), isRetry ? { executionId: 'execution-2' } : {});
	const options = { ledger, binaries, shape, retryUnknownOutcome, onceKey };
	const found = await recall(key, options);
	return { found, again: async () => await recall(key, options), entry: () => ledger.get(key) };
}

const open = (changes: object = {}): Recalled => ({
	type: 'open',
	holdsOnceKey: false,
	takenOverFrom: undefined,
	mayBeCharged: false,
	outcomeUnknown: false,
	receipt: undefined,
	...changes,
});
const held = onceKeyId('key');
const failed = (error: typeof refused): Recalled => ({ type: 'failed', error });
const retry = { isRetry: true };

describe('what an earlier try has left of an item', () => {
	it.each<[string, LedgerEntry | undefined, Look, Recalled]>([
		['nothing', undefined, {}, open()],
		['nothing but its once key', { heldOnceKey: held }, {}, open({ holdsOnceKey: true })],
		['nothing but another once key', { heldOnceKey: held }, { onceKey: 'new' }, open()],
		['finished rows', { rows: plainRows }, {}, { type: 'done', rows: plainRows }],
		['a job', { receipt: job }, {}, { type: 'accepted', receipt: job }],
		['a job, on Retry', { receipt: job }, retry, { type: 'accepted', receipt: job }],
		[
			'a job and a failure, which it outranks',
			{ receipt: job, failure: refused },
			{},
			{ type: 'accepted', receipt: job },
		],
		[
			'finished rows and a job',
			{ rows: plainRows, receipt: job },
			{},
			{ type: 'done', rows: plainRows },
		],
		[
			'rows of another look, made again from the receipt',
			{ rows: plainRows, receipt: job, shape: 'srt' },
			{ shape: 'vtt' },
			{ type: 'accepted', receipt: job },
		],
		[
			'rows of the same look',
			{ rows: plainRows, receipt: job, shape: 'srt' },
			{ shape: 'srt' },
			{ type: 'done', rows: plainRows },
		],
		[
			'rows of another look and nothing to make them from',
			{ rows: plainRows, shape: 'srt' },
			{ shape: 'vtt' },
			{ type: 'done', rows: plainRows },
		],
		['a change that was sent', { receipt: sent }, {}, open({ receipt: sent })],
		['a refusal, in the same execution', { failure: refused }, {}, failed(refused)],
		['a refusal, on Retry', { failure: refused }, retry, open()],
		['an unknown outcome, in the same execution', { failure: unknown }, {}, failed(unknown)],
		[
			'an unknown outcome, on Retry',
			{ failure: unknown, mayBeCharged: true },
			retry,
			open({ mayBeCharged: true, outcomeUnknown: true }),
		],
		[
			'an unknown outcome under a once key, on Retry',
			{ failure: unknown, heldOnceKey: held },
			retry,
			failed(unknown),
		],
		[
			'an unknown outcome under another once key, on Retry',
			{ failure: unknown, heldOnceKey: held },
			{ ...retry, onceKey: 'new' },
			open({ outcomeUnknown: true }),
		],
		[
			'an unknown outcome under a once key, on Retry at the user’s risk',
			{ failure: unknown, heldOnceKey: held },
			{ ...retry, retryUnknownOutcome: true },
			open({ holdsOnceKey: true, takenOverFrom: 'execution-1', outcomeUnknown: true }),
		],
		[
			'a refusal under a once key, on Retry',
			{ failure: refused, heldOnceKey: held },
			retry,
			open({ holdsOnceKey: true, takenOverFrom: 'execution-1' }),
		],
	])('%s', async (_, entry, look, expected) => {
		expect((await recalled(entry, look)).found).toEqual(expected);
	});
});

describe('the file of a finished item', () => {
	const copy: IBinaryData = { ...storedFile, id: 'copy' };
	const copiedRows = [{ json: { bytes: 5 }, files: { audio: copy } }];

	it('is the same in another try', async () => {
		expect((await recalled({ rows }, { binaries: NO_FILES })).found).toEqual({
			type: 'done',
			rows,
		});
	});

	it('is copied into the execution that retries, once', async () => {
		const { found, again } = await recalled({ rows }, retry);
		expect(found).toEqual({ type: 'done', rows: copiedRows });
		expect(await again()).toEqual({ type: 'done', rows: copiedRows });
	});

	it('that n8n has deleted is made again where there is a receipt', async () => {
		const { found } = await recalled({ rows, receipt: job }, { ...retry, binaries: NO_FILES });
		expect(found).toEqual({ type: 'accepted', receipt: job });
	});

	it('that n8n has deleted fails the item for good in this execution, and is bought again by the next Retry', async () => {
		const { found, again, entry } = await recalled({ rows }, { ...retry, binaries: NO_FILES });
		expect(found).toMatchObject({ type: 'failed', error: { details: { reason: 'notFound' } } });
		expect(await again()).toMatchObject({ type: 'failed' });
		expect(entry()?.rows).toBeUndefined();
	});

	it.each([
		['copied', FULL_DISK],
		['read just now', AWAY],
	])('that cannot be %s is kept for another Retry', async (_, binaries) => {
		const { found, entry } = await recalled({ rows }, { ...retry, binaries });
		expect(found).toMatchObject({
			type: 'failed',
			error: { action: expect.stringContaining('the item is not bought again') },
		});
		expect(entry()).toMatchObject({ rows, isOfThisExecution: false });
		expect(entry()?.failure).toBeUndefined();
	});

	it('that n8n keeps in memory needs no copy', async () => {
		const context: IContextObject = {};
		const ledger = ledgerIn(context);
		const key = ledger.key(CALL);
		const inMemory = [{ json: {}, files: { audio: memoryFile } }];
		ledger.keep(key, { rows: inMemory });
		const options = { ledger, binaries: NO_FILES, retryUnknownOutcome: false };
		expect(await recall(key, options)).toEqual({ type: 'done', rows: inMemory });
	});
});
