import type { IContextObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { failure } from '../../../../nodes/shared/api/errors.ts';
import type { Receipt } from '../../../../nodes/shared/host/memory/receipts.ts';
import type { Row } from '../../../../nodes/shared/host/rows.ts';
import { itemOf, readerWith, slot, type Work } from './items.mts';

const ONCE = { onceKey: 'row-1' };
const ROWS: readonly Row[] = [{ json: { spoken: true } }];
const JOB: Receipt = { type: 'job', jobId: 'job-1' };

const refused = failure('invalidRequest', 'Refused.', { httpStatus: 400, attempts: 1 });
const limited = failure('rateLimited', 'Too many.', { httpStatus: 429, attempts: 5 });
const unknown = failure('serverError', 'Maybe.', { outcomeUnknown: true, attempts: 1 });
const jobFailed = failure('jobFailed', 'The job failed.', { jobId: 'job-1' });
const pollFailed = failure('network', 'No connection.', { attempts: 5, jobId: 'job-1' });
const stopped = failure('cancelled', 'The execution was stopped.');
const unexpected = failure('unexpectedResponse', 'A fault.');

const throwing =
	(error: Error): Work =>
	async () =>
		await Promise.reject(error);

const accepting =
	(receipt: Receipt, then: Work): Work =>
	async (call) => {
		call.client.context.onSend?.('create');
		call.keepReceipt(receipt);
		return await then(call);
	};

const sending =
	(then: Work): Work =>
	async (call) => {
		call.client.context.onSend?.('create');
		return await then(call);
	};

const finishing: Work = async () => ROWS;
const never: Work = throwing(new Error('it was sent again'));

/** An item that is sent, as far as it is not settled by what an earlier try has left. */
async function send(work: Work, place: Parameters<typeof itemOf>[1] = {}, options: object = ONCE) {
	const item = itemOf(work, place);
	item.read(readerWith({ ...options }));
	await item.recall();
	if (item.keyed?.isOwn === false) item.settleOnceKey(undefined);
	const isAccepted = item.isAccepted;
	const isSent = item.outcome === undefined;
	const outcome = item.outcome ?? (await item.execute(slot));
	return { item, isAccepted, isSent, outcome };
}

interface Life {
	readonly name: string;
	readonly work: Work;
	/** The reason of its failure; absent when it is done. */
	readonly fails?: string;
	readonly isUnknown?: boolean;
	/** Whether its once key is given back. */
	readonly isGivenBack: boolean;
	/** What n8n's next try makes of it, and what Retry makes of it. */
	readonly nextTry: 'done' | 'failed' | 'accepted' | 'sent';
	readonly onRetry: 'done' | 'failed' | 'accepted' | 'sent';
}

const LIVES: readonly Life[] = [
	{
		name: 'is done',
		work: sending(finishing),
		isGivenBack: false,
		nextTry: 'done',
		onRetry: 'done',
	},
	{
		name: 'is refused',
		work: sending(throwing(refused)),
		fails: 'invalidRequest',
		isGivenBack: true,
		nextTry: 'failed',
		onRetry: 'sent',
	},
	{
		name: 'is not accepted for now',
		work: sending(throwing(limited)),
		fails: 'rateLimited',
		isGivenBack: true,
		nextTry: 'sent',
		onRetry: 'sent',
	},
	{
		name: 'may have been charged',
		work: sending(throwing(unknown)),
		fails: 'serverError',
		isUnknown: true,
		isGivenBack: false,
		nextTry: 'failed',
		onRetry: 'failed',
	},
	{
		name: 'is accepted, and cannot be fetched',
		work: accepting(JOB, throwing(pollFailed)),
		fails: 'network',
		isGivenBack: false,
		nextTry: 'accepted',
		onRetry: 'accepted',
	},
	{
		name: 'is a job that fails',
		work: accepting(JOB, throwing(jobFailed)),
		fails: 'jobFailed',
		isGivenBack: false,
		nextTry: 'failed',
		onRetry: 'sent',
	},
	{
		name: 'is stopped before it is sent',
		work: throwing(stopped),
		fails: 'cancelled',
		isGivenBack: true,
		nextTry: 'sent',
		onRetry: 'sent',
	},
	{
		name: 'meets a fault of n8n after it was sent',
		work: sending(throwing(new TypeError('x is undefined'))),
		fails: 'unexpectedResponse',
		isUnknown: true,
		isGivenBack: false,
		nextTry: 'failed',
		onRetry: 'failed',
	},
	{
		name: 'meets a fault of n8n before it is sent',
		work: throwing(new TypeError('x is undefined')),
		fails: 'unexpectedResponse',
		isGivenBack: true,
		nextTry: 'failed',
		onRetry: 'sent',
	},
	{
		name: 'is paid for and then meets a fault of n8n',
		work: accepting(JOB, throwing(new TypeError('x is undefined'))),
		fails: 'unexpectedResponse',
		isGivenBack: false,
		nextTry: 'accepted',
		onRetry: 'accepted',
	},
	{
		name: 'is a change that may be sent again, and is refused',
		work: accepting({ type: 'sent' }, throwing(refused)),
		fails: 'invalidRequest',
		isGivenBack: true,
		nextTry: 'failed',
		onRetry: 'sent',
	},
];

describe.each(LIVES)('an item that $name', (life) => {
	const { work, fails, isUnknown = false, isGivenBack, nextTry, onRetry } = life;

	it(fails === undefined ? 'has its rows' : `fails with ${fails}`, async () => {
		const { item, outcome } = await send(work);
		if (fails === undefined) expect(outcome).toEqual({ type: 'done', rows: ROWS });
		else
			expect(outcome).toMatchObject({
				type: 'failed',
				error: { details: { reason: fails, outcomeUnknown: isUnknown } },
			});
		expect(item.outcome).toEqual(outcome);
		expect(item.isKept).toBe(fails === undefined);
	});

	it(`${isGivenBack ? 'gives its once key back' : 'keeps its once key'}`, async () => {
		const { item } = await send(work);
		expect(item.releasableOnceKey).toBe(isGivenBack ? 'row-1' : undefined);
	});

	it.each([
		['n8n’s next try', 'execution-1', nextTry],
		['Retry', 'execution-2', onRetry],
	])(`in %s (%s) is %s`, async (_, executionId, expected) => {
		const context: IContextObject = {};
		const { item } = await send(work, { context });
		if (item.releasableOnceKey !== undefined) item.onceKeyReleased();
		const later = structuredClone(context);
		const again = await send(expected === 'sent' || expected === 'accepted' ? finishing : never, {
			context: later,
			executionId,
		});
		expect({
			isSent: again.isSent,
			isAccepted: again.isAccepted,
			type: again.outcome.type,
		}).toEqual({
			isSent: expected === 'sent' || expected === 'accepted',
			isAccepted: expected === 'accepted',
			type: expected === 'failed' ? 'failed' : 'done',
		});
	});
});

describe('an item that may have been charged before', () => {
	it('keeps its once key even when a later try is refused', async () => {
		const context: IContextObject = {};
		await send(sending(throwing(unknown)), { context });
		const risky = { ...ONCE, retryUnknownOutcome: true };
		const { item, isSent } = await send(
			sending(throwing(refused)),
			{ context: structuredClone(context), executionId: 'execution-2' },
			risky,
		);
		expect(isSent).toBe(true);
		expect(item.releasableOnceKey).toBeUndefined();
	});
});

describe('the once key of an item', () => {
	const unsent = async (work: Work = never, options: object = ONCE) => {
		const item = itemOf(work);
		item.read(readerWith({ ...options }));
		await item.recall();
		return item;
	};

	it('is recorded before it is sent', async () => {
		expect((await unsent()).keyed).toEqual({ itemIndex: 0, onceKey: 'row-1', isOwn: false });
	});

	it('is absent without the option', async () => {
		expect((await unsent(never, {})).keyed).toBeUndefined();
	});

	it('is not recorded for an item whose parameters are wrong', async () => {
		const item = itemOf(never);
		item.read(readerWith(ONCE, ''));
		await item.recall();
		expect(item.outcome).toMatchObject({ type: 'failed' });
		expect(item.keyed).toBeUndefined();
	});

	it('that was seen makes a row of it, or a failure, and sends nothing', async () => {
		const skipped = await unsent();
		skipped.settleOnceKey('seen');
		expect(skipped.outcome).toEqual({
			type: 'done',
			rows: [{ json: { skipped: true, onceKey: 'row-1' } }],
		});
		const failed = await unsent(never, { ...ONCE, whenSeenBefore: 'fail' });
		failed.settleOnceKey('seen');
		expect(failed.outcome).toMatchObject({
			type: 'failed',
			error: { details: { reason: 'alreadySubmitted', outcomeUnknown: false } },
		});
		for (const item of [skipped, failed]) expect(item.releasableOnceKey).toBeUndefined();
	});

	it.each<[string, Work]>([
		['is done', sending(finishing)],
		['was accepted', accepting(JOB, throwing(pollFailed))],
	])(
		'is its own in the next try of an item that %s: it is never a skipped row',
		async (_, work) => {
			const context: IContextObject = {};
			await send(work, { context });
			const next = itemOf(never, { context: structuredClone(context) });
			next.read(readerWith(ONCE));
			await next.recall();
			expect(next.keyed).toMatchObject({ isOwn: true });
			next.settleOnceKey('seen');
			expect(next.outcome).not.toMatchObject({ rows: [{ json: { skipped: true } }] });
		},
	);

	it('is given back by an item that the batch did not send', async () => {
		const item = await unsent();
		item.settleOnceKey(undefined);
		item.refuse(failure('notSent', 'Not sent.'));
		expect(item.releasableOnceKey).toBe('row-1');
		item.onceKeyReleased();
		expect(item.releasableOnceKey).toBeUndefined();
	});

	it('stays with an accepted item that the batch did not fetch', async () => {
		const context: IContextObject = {};
		await send(accepting(JOB, throwing(pollFailed)), { context });
		const next = itemOf(never, { context: structuredClone(context) });
		next.read(readerWith(ONCE));
		await next.recall();
		expect(next.jobId).toBe('job-1');
		next.refuse(failure('notSent', 'Not fetched.'));
		expect(next.releasableOnceKey).toBeUndefined();
	});
});

describe('an item out of its order', () => {
	it('is a fault of this package, and says so', async () => {
		const item = itemOf(finishing);
		expect(() => item.keyed).toThrow('An item that is unread cannot claim a once key.');
		await expect(item.execute(slot)).rejects.toThrow('An item that is unread cannot be sent.');
		expect(() => item.refuse(unexpected)).toThrow('An item that is unread cannot be refused.');
		await expect(item.recall()).rejects.toThrow(
			'An item that is unread cannot be treated as read.',
		);
		item.read(readerWith());
		expect(() => item.read(readerWith())).toThrow(
			'An item that is read cannot be treated as unread.',
		);
		await item.recall();
		await item.execute(slot);
		await expect(item.execute(slot)).rejects.toThrow('An item that is finished cannot be sent.');
	});
});
