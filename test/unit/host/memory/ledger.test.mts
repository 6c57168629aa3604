import type { IContextObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { failure } from '../../../../nodes/shared/api/errors.ts';
import { isInMemory, type LedgerEntry } from '../../../../nodes/shared/host/memory/ledger.ts';
import { onceKeyId } from '../../../../nodes/shared/host/memory/ledgerKeys.ts';
import type { Receipt } from '../../../../nodes/shared/host/memory/receipts.ts';
import type { Row } from '../../../../nodes/shared/host/rows.ts';
import { CALL, ledgerIn, memoryFile, reloaded, storedFile } from './ledgers.mts';

const job: Receipt = { type: 'job', jobId: 'job-1' };
const refused = failure('invalidRequest', 'The service answered 400.', {
	httpStatus: 400,
	attempts: 1,
});
const unknown = failure('serverError', 'The service answered 500.', { outcomeUnknown: true });
const rows: readonly Row[] = [{ json: { bytes: 5 }, files: { audio: storedFile } }];
const memoryRows: readonly Row[] = [{ json: { bytes: 5 }, files: { audio: memoryFile } }];

describe('what the ledger remembers', () => {
	it.each<[string, LedgerEntry]>([
		['a job', { receipt: { ...job, requestId: 'r', sent: { format: 'mp3' }, creditsUsed: 3 } }],
		['an address', { receipt: { type: 'mediaUrl', url: 'https://a.test/x?k=1', raw: { a: 1 } } }],
		['a paid answer', { receipt: { type: 'answer', body: { text: 'Hello' } } }],
		['a change that was sent', { receipt: { type: 'sent' } }],
		['finished rows and how they look', { rows, shape: 'srt' }],
		['a once key', { heldOnceKey: 'a1b2' }],
		['a charge that may have been made', { mayBeCharged: true }],
	])('comes back in the next try, after a restart too: %s', (_, entry) => {
		const context: IContextObject = {};
		const first = ledgerIn(context);
		const key = first.key(CALL);
		first.keep(key, entry);
		first.close();
		const next = ledgerIn(reloaded(context));
		expect(next.key(CALL)).toBe(key);
		expect(next.get(key)).toMatchObject({ ...entry, isOfThisExecution: true });
	});

	it('shows a reader of the execution neither address nor rows', () => {
		const context: IContextObject = {};
		const ledger = ledgerIn(context);
		ledger.keep(ledger.key(CALL), {
			receipt: { type: 'mediaUrl', url: 'https://media.test/secret' },
			rows: [{ json: { transcript: 'private words' } }],
			failure: refused,
		});
		const saved = JSON.stringify(context);
		for (const secret of [
			'media.test',
			'private words',
			'Good morning',
			'answered 400',
			'account-1',
		])
			expect(saved).not.toContain(secret);
	});

	it('adds up, and loses what is taken away', () => {
		const context: IContextObject = {};
		const ledger = ledgerIn(context);
		const key = ledger.key(CALL);
		ledger.keep(key, { receipt: job });
		ledger.keep(key, { heldOnceKey: 'a1b2' });
		expect(ledger.get(key)).toMatchObject({ receipt: job, heldOnceKey: 'a1b2' });
		ledger.keep(key, { receipt: undefined });
		expect(ledger.get(key)?.receipt).toBeUndefined();
		expect(ledger.get(key)).toMatchObject({ heldOnceKey: 'a1b2' });
	});

	it.each<[string, (context: IContextObject) => void]>([
		[
			'another version of the ledger',
			(context) => Object.assign(storedIn(context), { version: 1 }),
		],
		['something that is no ledger', (context) => Object.assign(context, { paidCalls: 'x' })],
		[
			'an entry that somebody has changed',
			(context) => {
				const [entry] = Object.values(storedIn(context).entries);
				Object.assign(entry ?? {}, { sealed: 'AAAA' });
			},
		],
	])('is forgotten when it is %s', (_, change) => {
		const context: IContextObject = {};
		const first = ledgerIn(context);
		const key = first.key(CALL);
		first.keep(key, { receipt: job });
		const later = reloaded(context);
		change(later);
		expect(ledgerIn(later).get(key)).toBeUndefined();
	});

	it('is forgotten with another token', () => {
		const context: IContextObject = {};
		const first = ledgerIn(context);
		const key = first.key(CALL);
		first.keep(key, { receipt: job });
		const other = ledgerIn(reloaded(context), { sealingKey: Buffer.alloc(32, 8) });
		expect(other.get(key)).toBeUndefined();
	});
});

describe('the place of a call', () => {
	const keyWith = (changes: Partial<typeof CALL>, runIndex: number | undefined = 0) =>
		ledgerIn({}, { runIndex }).key({ ...CALL, ...changes });

	it('is the same for the same call', () => {
		expect(keyWith({})).toBe(keyWith({}));
	});

	it.each<[string, string]>([
		['item', keyWith({ itemIndex: 1 })],
		['operation', keyWith({ operation: 'createJob' })],
		['account', keyWith({ accountFingerprint: 'account-2' })],
		['request', keyWith({ logicalRequest: { text: 'Good evening.' } })],
		['run of a loop', keyWith({}, 1)],
	])('is another for another %s', (_, key) => {
		expect(key).not.toBe(keyWith({}));
	});

	it('is one of its own for each of an item’s parts', () => {
		const ledger = ledgerIn({});
		const key = ledger.key(CALL);
		const parts = [
			ledger.partKey(key, { text: 'a' }),
			ledger.partKey(key, { text: 'a' }),
			ledger.partKey(key, { text: 'b' }),
		];
		expect(new Set(parts).size).toBe(3);
	});
});

describe('the place of a part', () => {
	const other = { ...CALL, logicalRequest: { text: 'Good evening.' } };
	const partOf = (call: typeof CALL, runIndex?: number, text = 'a') => {
		const ledger = ledgerIn({}, { runIndex });
		return ledger.partKey(ledger.key(call), { text });
	};

	it('is found again when something else of the item has changed', () => {
		expect(partOf(other, 0)).toBe(partOf(CALL, 0));
	});

	it('is another one for another item, account, operation or run of a loop', () => {
		const places = [
			partOf(CALL, 0),
			partOf({ ...CALL, itemIndex: 1 }, 0),
			partOf({ ...CALL, accountFingerprint: 'account-2' }, 0),
			partOf({ ...CALL, operation: 'createJob' }, 0),
			partOf(CALL, 1),
			partOf(CALL, 0, 'b'),
		];
		expect(new Set(places).size).toBe(places.length);
	});

	it('belongs to one call of a tool', () => {
		expect(partOf(other)).not.toBe(partOf(CALL));
	});
});

describe('a once key', () => {
	const evening = { ...CALL, logicalRequest: { text: 'Good evening.' } };
	const heldOnceKey = onceKeyId('a');

	/** What a second try finds, after a first one has kept `entry` for CALL. */
	function placeFor(
		call: typeof CALL,
		entry: LedgerEntry,
		{ onceKey = 'a', runIndex = 0 as number | undefined, isRunning = false } = {},
	) {
		const context: IContextObject = {};
		const first = ledgerIn(context, { runIndex });
		first.keep(first.key(CALL), entry);
		if (!isRunning) first.close();
		const second = ledgerIn(isRunning ? context : reloaded(context), { runIndex });
		const key = second.key(call);
		return { key, place: second.keyHolding(key, onceKey), second };
	}

	it('leads to what was done for the item with another request', () => {
		const { key, place, second } = placeFor(evening, { receipt: job, heldOnceKey });
		expect(place).not.toBe(key);
		expect(second.get(place)).toMatchObject({ receipt: job });
		second.move(place, key);
		expect([second.get(place), second.get(key)]).toMatchObject([undefined, { receipt: job }]);
	});

	it('leads nowhere else where the request is the same', () => {
		const { key, place } = placeFor(CALL, { receipt: job, heldOnceKey });
		expect(place).toBe(key);
	});

	it.each<[string, ReturnType<typeof placeFor>]>([
		['item', placeFor({ ...evening, itemIndex: 1 }, { receipt: job, heldOnceKey })],
		['operation', placeFor({ ...evening, operation: 'createJob' }, { receipt: job, heldOnceKey })],
		[
			'account',
			placeFor({ ...evening, accountFingerprint: 'other' }, { receipt: job, heldOnceKey }),
		],
		['key', placeFor(evening, { receipt: job, heldOnceKey }, { onceKey: 'b' })],
		['call that was not claimed', placeFor(evening, { receipt: job })],
		[
			'call of a tool that runs at the same time',
			placeFor(evening, { receipt: job, heldOnceKey }, { runIndex: undefined, isRunning: true }),
		],
	])('never leads to another %s', (_, { key, place }) => {
		expect(place).toBe(key);
	});

	it('outranks that the request was refused before', () => {
		const { second, place } = placeFor(evening, { receipt: job, heldOnceKey });
		second.keep(second.key(evening), { failure: refused });
		second.close();
		const key = second.key(evening);
		expect(second.keyHolding(key, 'a')).toBe(place);
	});
});

describe('a tool, which has no run index', () => {
	const tool = { runIndex: undefined };

	it('finds what an earlier try has done', () => {
		const context: IContextObject = {};
		const first = ledgerIn(context, tool);
		const key = first.key(CALL);
		first.keep(key, { receipt: job });
		first.close();
		expect(ledgerIn(context, tool).get(ledgerIn(context, tool).key(CALL))).toMatchObject({
			receipt: job,
		});
	});

	it('has a place for each of the calls that run at once, and the places again for their tries', () => {
		const context: IContextObject = {};
		const both = [ledgerIn(context, tool), ledgerIn(context, tool)];
		const keys = both.map((ledger) => ledger.key(CALL));
		expect(new Set(keys).size).toBe(2);
		for (const ledger of both) ledger.close();
		const again = [ledgerIn(context, tool), ledgerIn(context, tool)];
		expect(again.map((ledger) => ledger.key(CALL))).toEqual(keys);
	});

	it('sends calls that run at once under keys of their own, and their tries under the same', () => {
		const context: IContextObject = {};
		const sent = (ledger: ReturnType<typeof ledgerIn>) => ledger.idempotencyKey(ledger.key(CALL));
		const both = [ledgerIn(context, tool), ledgerIn(context, tool)];
		const first = both.map(sent);
		expect(new Set(first).size).toBe(2);
		for (const ledger of both) ledger.close();
		expect([ledgerIn(context, tool), ledgerIn(context, tool)].map(sent)).toEqual(first);
	});

	it('remembers what calls that run at once have done, in whatever order they write', () => {
		const context: IContextObject = {};
		const both = [ledgerIn(context, tool), ledgerIn(context, tool)];
		const keys = both.map((ledger) => ledger.key(CALL));
		for (const [index, ledger] of both.entries())
			ledger.keep(keys[index] ?? '', { receipt: { type: 'job', jobId: `job-${index}` } });
		const later = ledgerIn(reloaded(context), tool);
		expect(keys.map((key) => later.get(key)?.receipt)).toEqual([
			{ type: 'job', jobId: 'job-0' },
			{ type: 'job', jobId: 'job-1' },
		]);
	});

	it('is remembered although another call was done, and its memory empty, just before', () => {
		const context: IContextObject = {};
		const [done, running] = [ledgerIn(context, tool), ledgerIn(context, tool)];
		done.key(CALL);
		const key = running.key(CALL);
		done.clear();
		done.close();
		const third = ledgerIn(context, tool);
		const thirdKey = third.key(CALL);
		running.keep(key, { receipt: job });
		third.keep(thirdKey, { receipt: job });
		const later = ledgerIn(reloaded(context), tool);
		expect([key, thirdKey].map((known) => later.get(known)?.receipt)).toEqual([job, job]);
	});

	it('sends the same request anew after the earlier one is done', () => {
		const context: IContextObject = {};
		const first = ledgerIn(context, tool);
		const key = first.key(CALL);
		const before = first.idempotencyKey(key);
		first.clear();
		first.close();
		const next = ledgerIn(context, tool);
		expect(next.idempotencyKey(next.key(CALL))).not.toBe(before);
	});

	it('forgets its own calls when it is done, and leaves those that still run', () => {
		const context: IContextObject = {};
		const [done, running] = [ledgerIn(context, tool), ledgerIn(context, tool)];
		const [doneKey, runningKey] = [done.key(CALL), running.key(CALL)];
		const part = done.partKey(doneKey, { text: 'a' });
		for (const key of [doneKey, part]) done.keep(key, { receipt: job });
		running.keep(runningKey, { receipt: job });
		done.clear();
		expect([doneKey, part].map((key) => done.get(key))).toEqual([undefined, undefined]);
		expect(running.get(runningKey)).toMatchObject({ receipt: job });
	});
});

describe('a run that is done', () => {
	it('is forgotten, and the runs of a loop beside it are not', () => {
		const context: IContextObject = {};
		const [first, second] = [ledgerIn(context), ledgerIn(context, { runIndex: 1 })];
		const keys = [first.key(CALL), second.key(CALL)] as const;
		first.keep(keys[0], { receipt: job });
		second.keep(keys[1], { receipt: job });
		first.clear();
		expect(first.get(keys[0])).toBeUndefined();
		expect(second.get(keys[1])).toMatchObject({ receipt: job });
		second.clear();
		expect(context).toEqual({});
	});
});

describe('an idempotency key', () => {
	it('is the same for every try, in a retried execution too', () => {
		const context: IContextObject = {};
		const first = ledgerIn(context);
		const key = first.key(CALL);
		const sent = first.idempotencyKey(key);
		first.keep(key, { failure: unknown });
		const retried = ledgerIn(reloaded(context), { executionId: 'execution-2' });
		expect(first.idempotencyKey(key)).toBe(sent);
		expect(retried.idempotencyKey(key)).toBe(sent);
	});

	it('is another in another execution, and for another item', () => {
		const [one, other] = [ledgerIn({}), ledgerIn({})];
		const key = one.key(CALL);
		expect(other.idempotencyKey(key)).not.toBe(one.idempotencyKey(key));
		expect(one.idempotencyKey(one.key({ ...CALL, itemIndex: 1 }))).not.toBe(
			one.idempotencyKey(key),
		);
	});

	it('is a new one after each final refusal, which a server that keys its answers would repeat', () => {
		const context: IContextObject = {};
		const ledger = ledgerIn(context);
		const key = ledger.key(CALL);
		const sent = [ledger.idempotencyKey(key)];
		for (let refusal = 0; refusal < 2; refusal++) {
			ledger.keep(key, { failure: refused });
			sent.push(ledger.idempotencyKey(key));
		}
		expect(new Set(sent).size).toBe(3);
		expect(ledgerIn(reloaded(context)).idempotencyKey(key)).toBe(sent[2]);
	});
});

describe('a failure', () => {
	it('comes back with its words in the execution it happened in', () => {
		const context: IContextObject = {};
		const ledger = ledgerIn(context);
		const key = ledger.key(CALL);
		ledger.keep(key, { failure: unknown, mayBeCharged: true });
		const entry = ledgerIn(reloaded(context)).get(key);
		expect(entry?.failure).toEqual(unknown);
		expect(entry).toMatchObject({ mayBeCharged: true, isOfThisExecution: true });
	});

	it('is known as another execution’s in a retry, and forgotten when that one writes', () => {
		const context: IContextObject = {};
		const first = ledgerIn(context);
		const key = first.key(CALL);
		first.keep(key, { failure: unknown, mayBeCharged: true });
		const retry = ledgerIn(reloaded(context), { executionId: 'execution-2' });
		const { message, details } = unknown;
		expect(retry.get(key)).toMatchObject({
			failure: { message, details },
			isOfThisExecution: false,
		});
		retry.keep(key, { receipt: job });
		const entry = retry.get(key);
		expect(entry?.failure).toBeUndefined();
		expect(entry).toMatchObject({ receipt: job, mayBeCharged: true, isOfThisExecution: true });
	});
});

describe('rows whose files n8n keeps in memory', () => {
	it('are told apart by files without an ID', () => {
		expect(isInMemory(memoryRows)).toBe(true);
		expect(isInMemory(rows)).toBe(false);
		expect(isInMemory([{ json: {} }])).toBe(false);
	});

	it('live in the process between n8n’s tries, and are not saved', () => {
		const context: IContextObject = {};
		const first = ledgerIn(context);
		const key = first.key(CALL);
		first.keep(key, { rows: memoryRows, heldOnceKey: 'a1b2' });
		first.close();
		expect(ledgerIn(context).get(key)).toMatchObject({ rows: memoryRows, heldOnceKey: 'a1b2' });
		expect(JSON.stringify(context)).not.toContain(memoryFile.data);
		const afterRestart = ledgerIn(reloaded(context)).get(key);
		expect(afterRestart?.rows).toBeUndefined();
		expect(afterRestart).toMatchObject({ heldOnceKey: 'a1b2' });
	});

	it('stay when something else is learnt of the item', () => {
		const ledger = ledgerIn({});
		const key = ledger.key(CALL);
		ledger.keep(key, { rows: memoryRows });
		ledger.keep(key, { mayBeCharged: true });
		expect(ledger.get(key)).toMatchObject({ rows: memoryRows, mayBeCharged: true });
	});

	it.each<[string, (ledger: ReturnType<typeof ledgerIn>, key: string) => void]>([
		['the run is done', (ledger) => ledger.clear()],
		['their item needs them no more', (ledger, key) => ledger.forget([key])],
		['they are taken away', (ledger, key) => ledger.keep(key, { rows: undefined })],
	])('go when %s', (_, end) => {
		const ledger = ledgerIn({});
		const key = ledger.key(CALL);
		ledger.keep(key, { rows: memoryRows });
		end(ledger, key);
		expect(ledger.get(key)?.rows).toBeUndefined();
	});
});

interface StoredLedger {
	version: number;
	entries: Record<string, object>;
}

function storedIn(context: IContextObject): StoredLedger {
	return context['paidCalls'] as unknown as StoredLedger;
}
