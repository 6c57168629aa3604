import { beforeEach, describe, expect, it } from 'vitest';
import {
	createJob,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	reasonsOf,
	speak,
	sentences,
	synthesize,
	texts,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const goOn = { onError: 'continueRegularOutput' } as const;

const lab = useLab();

/** The account has enough for `creates` of the texts before it comes to a reserve of one, which is returned. */
async function leaveEnoughFor(creates: number): Promise<number> {
	const before = lab.control.balances().apiQuotaRemaining;
	await lab.run(NODE, synthesize(), { items: texts(1) });
	const price = before - lab.control.balances().apiQuotaRemaining;
	lab.control.setBalances({ apiQuotaRemaining: price * (creates + 1) });
	return price;
}

describe('a batch with a reserve', () => {
	beforeEach(() => void lab.control.configure({ usageHeaders: true, jobShape: 'envelope' }));

	it('stops when the answers tell that the account has come to it', async () => {
		const keepInReserve = await leaveEnoughFor(2);
		const parameters = synthesize({ options: { concurrency: 1, keepInReserve } });
		const result = await lab.run(NODE, parameters, { items: texts(4), settings: goOn });
		expect(reasonsOf(result)).toEqual(['done', 'done', 'reserveReached', 'notSent']);
		expect(lab.control.balances().apiQuotaRemaining).toBe(keepInReserve);
		expect(failureRowsOf(result)[0]?.message).toMatch(
			/^Nothing was sent or charged for this item\. Add API quota/,
		);
	});

	it('stops creating jobs as soon as a create tells it, not when the jobs are done', async () => {
		const keepInReserve = await leaveEnoughFor(1);
		lab.control.configure({ jobDurationMs: 60_000 });
		const created = lab.control.requests(ENDPOINTS.createSpeechJob).length;
		const parameters = createJob({
			options: { concurrency: 1, keepInReserve },
		});
		const result = await lab.run(NODE, parameters, { items: texts(20), settings: goOn });
		expect(reasonsOf(result).slice(0, 3)).toEqual(['done', 'reserveReached', 'notSent']);
		expect(lab.control.requests(ENDPOINTS.createSpeechJob)).toHaveLength(created + 1);
		expect(lab.control.balances().apiQuotaRemaining).toBe(keepInReserve);
	});

	it('believes no quota of an earlier try once the account was topped up', async () => {
		const keepInReserve = 10;
		lab.control.setBalances({ apiQuotaRemaining: keepInReserve + 2 });
		lab.control.addFaults({
			match: { path: ENDPOINTS.downloadFile },
			do: { kind: 'status', status: 500 },
		});
		const options = { concurrency: 1, keepInReserve, maxRetries: 0 };
		const failed = await lab.run(NODE, createJob({ options }), { items: texts(3) });
		expect(failureOf(failed)).toMatchObject({ itemIndex: 0, details: { httpStatus: 500 } });
		lab.control.setBalances({ apiQuotaRemaining: 1_000 });
		const retried = await lab.engine.retry(failed);
		expect(retried.error?.message).toBeUndefined();
		expect(retried.rows).toHaveLength(3);
	});

	it('believes no quota of parts that are remembered', async () => {
		const items = [{ json: { text: sentences(2) } }, ...texts(1)];
		const options = { concurrency: 1, keepInReserve: 10, splitTextAt: 30 };
		lab.control.setBalances({ apiQuotaRemaining: 14 });
		const mended = lab.engine.binary.failStoring(new Error('It says no.'), { after: 2 });
		const failed = await lab.run(NODE, synthesize({ options }), { items });
		mended();
		expect(failureOf(failed).error).toContain('n8n could not store a file that this node has made');
		lab.control.setBalances({ apiQuotaRemaining: 1_000 });
		const retried = await lab.engine.retry(failed);
		expect(retried.error?.message).toBeUndefined();
		expect(retried.rows).toHaveLength(2);
	});

	it.each([
		['null', '={{ null }}'],
		['no number', '={{ "10 000" }}'],
		['missing', '={{ $json.reserve }}'],
	])('sends nothing without it when it is %s', async (_, keepInReserve) => {
		const options = { concurrency: 1, keepInReserve };
		const result = await lab.run(NODE, synthesize({ options }), {
			items: texts(3),
			settings: goOn,
		});
		expect(reasonsOf(result)).toEqual(Array(3).fill('invalidParameter'));
		expect(lab.control.requests(ENDPOINTS.synthesize)).toEqual([]);
	});

	it('keeps it for the others when only the first item has no value', async () => {
		lab.control.setBalances({ apiQuotaRemaining: 40 });
		const options = { concurrency: 1, keepInReserve: '={{ $json.reserve }}' };
		const result = await lab.run(NODE, synthesize({ options }), {
			items: texts(3).map(({ json }, index) => ({
				json: { ...json, ...(index > 0 && { reserve: 40 }) },
			})),
			settings: goOn,
		});
		expect(reasonsOf(result)).toEqual(['invalidParameter', 'reserveReached', 'notSent']);
		expect(lab.control.requests(ENDPOINTS.synthesize)).toEqual([]);
	});

	it('fetches a part that is paid for, whatever the account has left', async () => {
		const { url } = await speak(lab, 'Sentence number 1 of many.');
		lab.control.addFaults(
			{ match: { body: 'number 0 of' }, do: { kind: 'status', status: 422 } },
			{
				match: { path: ENDPOINTS.synthesize, body: 'number 1 of' },
				do: {
					kind: 'raw',
					contentType: 'application/json',
					body: JSON.stringify({ success: true, audio_url: url }),
				},
			},
			{ match: { path: ENDPOINTS.downloadFile }, do: { kind: 'status', status: 500 } },
		);
		const inParts = (concurrency: number) =>
			synthesize({ options: { concurrency, keepInReserve: 10, splitTextAt: 30, maxRetries: 0 } });
		const failed = await lab.run(NODE, inParts(2), {
			items: [{ json: { text: sentences(3) } }],
		});
		expect(failureOf(failed).error).toMatch(/^Part 1 of 3: /);
		const bought = lab.control.requests(ENDPOINTS.synthesize).length;
		lab.control.setBalances({ apiQuotaRemaining: 12 });
		// The first part that is still to be bought brings the account below its reserve.
		const retried = await lab.engine.retry(failed, { parameters: inParts(1) });
		expect(failureOf(retried).details.reason).toBe('reserveReached');
		expect(lab.control.requests(ENDPOINTS.synthesize)).toHaveLength(bought + 1);
		const outcomes = lab.control.requests(ENDPOINTS.downloadFile).map(({ status }) => status);
		expect(outcomes.slice(-2)).toEqual([500, 200]);
	});

	it('delivers a long text whose parts are all paid for, whatever the account has left', async () => {
		const options = { concurrency: 1, keepInReserve: 10, splitTextAt: 30 };
		const items = [{ json: { text: sentences(3) } }];
		const mended = lab.engine.binary.failStoring(new Error('It says no.'), { after: 3 });
		const failed = await lab.run(NODE, synthesize({ options }), { items });
		mended();
		expect(failureOf(failed).error).toContain('n8n could not store a file that this node has made');
		lab.control.setBalances({ apiQuotaRemaining: 2 });
		const retried = await lab.engine.retry(failed);
		expect(retried.rows).toMatchObject([{ parts: 3 }]);
		expect(lab.control.requests(ENDPOINTS.synthesize)).toHaveLength(3);
	});

	it('stops between the parts of a long text, and says so of the part', async () => {
		// Each of them costs three credits.
		const keepInReserve = 10;
		lab.control.setBalances({ apiQuotaRemaining: 15 });
		const options = { concurrency: 1, keepInReserve, splitTextAt: 30 };
		const result = await lab.run(NODE, synthesize({ options }), {
			items: [{ json: { text: sentences(6) } }],
			settings: goOn,
		});
		expect(reasonsOf(result)).toEqual(['reserveReached']);
		expect(failureRowsOf(result)[0]?.message).toMatch(
			/^Nothing was sent or charged for this part\. Add API quota/,
		);
		expect(lab.control.requests(ENDPOINTS.synthesize)).toHaveLength(2);
		expect(lab.control.balances().apiQuotaRemaining).toBe(9);
	});
});
