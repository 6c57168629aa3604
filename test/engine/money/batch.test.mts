import { describe, expect, it } from 'vitest';
import {
	createJob,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	ledgerOf,
	reasonsOf,
	rowsOf,
	sentences,
	synthesize,
	texts,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const oneAtATime = { options: { concurrency: 1 } };
const goOn = { onError: 'continueRegularOutput' } as const;

/** What becomes of five items, one at a time, when the third meets a 402. */
const STOPPED_AT_THIRD = ['done', 'done', 'insufficientCredits', 'notSent', 'notSent'];

const lab = useLab();

describe('a batch in stop mode', () => {
	it('throws the lowest failing item’s error, with its details, and says where the batch stands', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 3 },
			do: { kind: 'status', status: 422 },
		});
		const result = await lab.run(NODE, synthesize(oneAtATime), { items: texts(6) });
		const failure = failureOf(result);
		expect(result.status).toBe('error');
		expect(result.error?.name).toBe('NodeApiError');
		expect(failure.error).toBe(
			'FishSpeech answered 422 (unprocessable_media): The sandbox was told to answer 422.',
		);
		expect(failure.itemIndex).toBe(2);
		expect(failure.details).toEqual({
			kind: 'terminal',
			reason: 'unprocessableMedia',
			operation: 'synthesize',
			attempts: 1,
			httpStatus: 422,
			code: 'unprocessable_media',
			requestId: lab.control.requests().at(-1)?.requestId,
			outcomeUnknown: false,
		});
		expect(failure.message).toMatch(
			/2 of 6 items are done and kept for the next try, 3 were not sent\.$/,
		);
		expect(lab.control.requests()).toHaveLength(3);
	});

	it('lets calls in flight finish, remembers them and starts no other', async () => {
		const items = texts(8);
		lab.control.addFaults(
			{
				match: { path: ENDPOINTS.synthesize, body: 'number 3 ' },
				do: { kind: 'status', status: 400 },
			},
			{ match: { path: ENDPOINTS.synthesize, times: 4 }, do: { kind: 'delay', ms: 150 } },
		);
		const parameters = synthesize({ options: { concurrency: 5 } });
		const result = await lab.run(NODE, parameters, { items });
		expect(failureOf(result).itemIndex).toBe(3);
		expect(lab.control.requests()).toHaveLength(5);
		const entries = Object.values(ledgerOf(result)) as Array<Record<string, unknown>>;
		// Four rows and a failure.
		expect(entries.filter(({ sealed }) => sealed !== undefined)).toHaveLength(5);
		expect(failureOf(result).message).toContain('4 of 8 items are done');

		const retried = await lab.engine.retry(result);
		expect(retried.status).toBe('success');
		expect(lab.control.stats().accepted).toBe(8);
	});

	it('names the first item in order when several fail', async () => {
		lab.control.addFaults(
			{ match: { body: 'number 1 ' }, do: { kind: 'status', status: 400 } },
			{ match: { body: 'number 4 ' }, do: { kind: 'status', status: 422 } },
		);
		const result = await lab.run(NODE, synthesize(), { items: texts(5) });
		expect(failureOf(result).itemIndex).toBe(1);
	});

	it('names the other items that may have been charged', async () => {
		lab.control.addFaults(
			{ match: { body: 'number 1 ' }, do: { kind: 'reset', accept: true } },
			{ match: { body: 'number 3 ' }, do: { kind: 'status', status: 500, accept: true } },
		);
		const result = await lab.run(NODE, synthesize(), { items: texts(5) });
		expect(failureOf(result).itemIndex).toBe(1);
		expect(failureOf(result).message).toContain(
			'The outcome of item 3 is also unknown. 3 of 5 items are done',
		);
	});

	it('keeps a server’s message that n8n would replace', async () => {
		const message = 'upstream said ECONNREFUSED, and the render was canceled';
		lab.control.addFaults({ do: { kind: 'status', status: 400, message } });
		const result = await lab.run(NODE, synthesize(), { items: texts(1) });
		expect(result.status).toBe('error');
		expect(result.error?.message).toBe(
			'FishSpeech answered 400 (invalid_request): upstream said ECONNREFUSED, and the render was cancelled.',
		);
	});

	it.each([
		[429, { cause: 'rate-limited', retryAfterMs: 1_000 }, 1],
		[402, { cause: 'quota-exhausted' }, undefined],
		[500, { cause: 'temporarily-unavailable' }, undefined],
		[401, { cause: 'credential-invalid' }, undefined],
		[403, { cause: 'credential-invalid' }, undefined],
		[400, { cause: 'configuration-invalid' }, undefined],
	] as const)('tells n8n why a %i failed', async (status, failure, retryAfter) => {
		lab.control.addFaults({
			match: { times: 'always' },
			do: { kind: 'status', status, ...(retryAfter !== undefined && { retryAfter }) },
		});
		const result = await lab.run(NODE, synthesize({ options: { maxRetries: 0 } }), {
			items: texts(1),
		});
		expect(result.error?.failure).toEqual(failure);
		expect(result.error?.httpCode).toBe(String(status));
	});

	it('refuses a wrong parameter of any item before the first request', async () => {
		const items = [...texts(2), { json: { text: ' ' } }];
		const result = await lab.run(NODE, synthesize(), { items });
		expect(failureOf(result)).toMatchObject({
			error: expect.stringContaining('item 2'),
			details: { reason: 'invalidParameter' },
			itemIndex: 2,
		});
		expect(result.error?.name).toBe('NodeOperationError');
		expect(result.error?.failure).toEqual({ cause: 'configuration-invalid' });
		expect(lab.control.requests()).toEqual([]);
	});
});

/** How many requests to an endpoint were open at the same moment. */
async function mostAtOnce(endpoint: string, work: () => Promise<void>): Promise<number> {
	let most = 0;
	lab.control.configure({ latencyMs: 10 });
	const watch = setInterval(() => {
		const open = lab.control.requests(endpoint).filter(({ outcome }) => outcome === 'open');
		most = Math.max(most, open.length);
	}, 1);
	await work();
	clearInterval(watch);
	return most;
}

describe('a batch that goes on', () => {
	it('closes creates at a 402 and says in each row which item closed it and why', async () => {
		const items = texts(5);
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 3 },
			do: { kind: 'status', status: 402 },
		});
		const result = await lab.run(NODE, synthesize(oneAtATime), { items, settings: goOn });
		expect(reasonsOf(result)).toEqual(STOPPED_AT_THIRD);
		expect(lab.control.requests()).toHaveLength(3);
		const [, last] = failureRowsOf(result);
		expect(last?.error).toBe(
			'Not sent, because item 2 failed (insufficientCredits), which stopped the batch.',
		);
		expect(last?.message).toContain('Nothing was sent or charged for this item.');
		expect(last?.details).toEqual({
			kind: 'terminal',
			reason: 'notSent',
			operation: 'synthesize',
			attempts: 0,
			outcomeUnknown: false,
		});
		expect(result.hints[0]?.message).toContain('2 of 5 items done.');
		expect(result.hints[0]?.message).toContain('1 failed (insufficientCredits)');
		expect(result.hints[0]?.message).toContain('2 failed (notSent)');
	});

	it('goes on polling and downloading accepted jobs after a 402', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.createSpeechJob, nth: 3 },
			do: { kind: 'status', status: 402 },
		});
		const result = await lab.run(NODE, createJob(oneAtATime), { items: texts(5), settings: goOn });
		expect(reasonsOf(result)).toEqual(STOPPED_AT_THIRD);
		expect(
			rowsOf(result)
				.slice(0, 2)
				.map(({ json }) => json.state),
		).toEqual(['succeeded', 'succeeded']);
		const endpoints = lab.control.requests().map(({ endpoint }) => endpoint);
		expect(endpoints.filter((endpoint) => endpoint === ENDPOINTS.downloadFile)).toHaveLength(2);
		expect(endpoints.indexOf(ENDPOINTS.getSpeechJob)).toBeGreaterThan(
			endpoints.lastIndexOf(ENDPOINTS.createSpeechJob),
		);
	});

	it.each([
		['an HTTP-like 402', { httpStatus: 402 }],
		['a code with "balance"', { code: 'ERR_INSUFFICIENT_BALANCE' }],
		['a code with "quota"', { code: 'quota_exceeded', spelling: 'snakeCase' }],
	] as const)('closes creates when a job fails with %s', async (_name, failure) => {
		lab.control.configure({ jobDurationMs: 0 });
		lab.control.failNextJobs('speech', failure);
		// The second create waits at the service until the first job has failed.
		lab.control.addFaults({
			match: { path: ENDPOINTS.createSpeechJob, nth: 2 },
			do: { kind: 'delay', ms: 100 },
		});
		const result = await lab.run(NODE, createJob(oneAtATime), { items: texts(4), settings: goOn });
		expect(reasonsOf(result)).toEqual(['jobFailed', 'done', 'notSent', 'notSent']);
		expect(failureRowsOf(result)[1]?.error).toContain('item 0 failed (jobFailed)');
	});

	it('goes on after a job that failed for another reason', async () => {
		lab.control.configure({ jobDurationMs: 0 });
		lab.control.failNextJobs('speech', { code: 'ERR_VOICE' });
		const result = await lab.run(NODE, createJob(oneAtATime), { items: texts(3), settings: goOn });
		expect(reasonsOf(result)).toEqual(['jobFailed', 'done', 'done']);
	});

	it('closes everything at a 401', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 2, times: 'always' },
			do: { kind: 'status', status: 401 },
		});
		const result = await lab.run(NODE, synthesize(oneAtATime), { items: texts(4), settings: goOn });
		expect(reasonsOf(result)).toEqual(['done', 'unauthorized', 'notSent', 'notSent']);
		expect(lab.control.requests()).toHaveLength(2);
	});

	it.each([
		['full', { code: 'ENOSPC' }],
		['a bucket that refuses', {}],
	])('sends no more creates when n8n’s store is %s: they would be lost', async (_, about) => {
		const mended = lab.engine.binary.failStoring(Object.assign(new Error('It says no.'), about));
		const result = await lab.run(NODE, synthesize(oneAtATime), { items: texts(9), settings: goOn });
		mended();
		// The second one was sent while the file of the first was being stored.
		const lost = reasonsOf(result).lastIndexOf('unexpectedResponse');
		expect(lost).toBeLessThanOrEqual(1);
		expect(reasonsOf(result).slice(lost + 1)).toEqual(Array(8 - lost).fill('notSent'));
		const [first] = failureRowsOf(result);
		const last = failureRowsOf(result).at(-1);
		expect(first).toMatchObject({
			error: expect.stringContaining('n8n could not store what it sent'),
			details: { outcomeUnknown: true },
		});
		expect(last?.message).toMatch(
			/^Nothing was sent or charged for this item\. About item [01]: Check that the binary data storage/,
		);
		expect(lab.control.stats().accepted).toBe(lost + 1);
	});

	it('stays stopped in n8n’s further tries when a file could not be stored', async () => {
		const mended = lab.engine.binary.failStoring(new Error('It says no.'));
		const settings = { ...goOn, retryOnFail: true, maxTries: 5 };
		const result = await lab.run(NODE, synthesize(oneAtATime), { items: texts(9), settings });
		mended();
		expect(reasonsOf(result).at(-1)).toBe('notSent');
		expect(lab.control.stats().accepted).toBeLessThanOrEqual(2);
	});

	it('joins parts in n8n’s next try when their file could not be stored at first', async () => {
		const items = [{ json: { text: sentences(3) } }];
		const parameters = synthesize({ options: { splitTextAt: 30, concurrency: 1 } });
		const settings = { retryOnFail: true, maxTries: 2 };
		lab.engine.binary.failStoring(new Error('It says no.'), { after: 3, times: 1 });
		const result = await lab.run(NODE, parameters, { items, settings });
		expect(result.error?.message).toBeUndefined();
		expect(lab.control.stats().accepted).toBe(3);
	});

	it('stops when n8n cannot store the file that parts are joined into, and keeps them', async () => {
		const items = [{ json: { text: sentences(3) } }];
		const parameters = synthesize({ options: { splitTextAt: 30, concurrency: 1 } });
		const mended = lab.engine.binary.failStoring(new Error('It says no.'), { after: 3 });
		const failed = await lab.run(NODE, parameters, { items });
		mended();
		expect(failureOf(failed)).toMatchObject({
			error: expect.stringContaining('n8n could not store a file that this node has made'),
			message: expect.stringContaining('What was paid for is kept for the next try.'),
			details: { outcomeUnknown: false },
		});
		expect((await lab.engine.retry(failed)).status).toBe('success');
		expect(lab.control.stats().accepted).toBe(3);
	});

	it('fetches accepted jobs on when a file could not be stored', async () => {
		const mended = lab.engine.binary.failStoring(new Error('It says no.'));
		const parameters = createJob({ options: { concurrency: 1 } });
		lab.control.configure({ jobDurationMs: 5_000 });
		const result = await lab.run(NODE, parameters, { items: texts(3), settings: goOn });
		mended();
		expect(lab.control.stats().accepted).toBe(3);
		expect(reasonsOf(result)).toEqual(Array(3).fill('unexpectedResponse'));
	});

	it('does not take a media host’s 401 and 402 for the account’s', async () => {
		lab.control.configure({ mediaOrigin: 'other' });
		lab.control.addFaults(
			{ match: { path: ENDPOINTS.downloadFile, nth: 1 }, do: { kind: 'status', status: 401 } },
			{ match: { path: ENDPOINTS.downloadFile, nth: 1 }, do: { kind: 'status', status: 402 } },
		);
		const parameters = synthesize({ ...oneAtATime, delivery: 'fileViaUrl' });
		const result = await lab.run(NODE, parameters, { items: texts(4), settings: goOn });
		expect(reasonsOf(result)).toEqual(['forbidden', 'forbidden', 'done', 'done']);
	});

	it('creates all jobs of a batch while the first ones are still waited for', async () => {
		lab.control.configure({ jobDurationMs: 60_000 });
		const result = await lab.run(NODE, createJob(oneAtATime), { items: texts(4) });
		expect(result.status).toBe('success');
		const requests = lab.control.requests();
		const created = requests
			.filter(({ endpoint }) => endpoint === ENDPOINTS.createSpeechJob)
			.map(({ at }) => at);
		const firstDownload = requests.find(({ endpoint }) => endpoint === ENDPOINTS.downloadFile);
		expect(Math.max(...created)).toBeLessThan(firstDownload?.at ?? 0);
	});

	it('keeps the order of its items and their pairing, whoever finishes first', async () => {
		const items = texts(6);
		lab.control.addFaults(
			{ match: { body: 'number 0 ' }, do: { kind: 'delay', ms: 60 } },
			{ match: { body: 'number 2 ' }, do: { kind: 'delay', ms: 30 } },
			{ match: { body: 'number 4 ' }, do: { kind: 'status', status: 400 } },
		);
		const result = await lab.run(NODE, synthesize(), { items, settings: goOn });
		expect(rowsOf(result).map(({ pairedItem }) => pairedItem)).toEqual(
			items.map((_item, item) => ({ item })),
		);
		for (const [index, { json, binary }] of rowsOf(result).entries()) {
			if (index === 4) continue;
			const { bytes } = await lab.control.audio({ text: String(items[index]?.json?.text) });
			expect(json.bytes).toBe(bytes.length);
			expect(await lab.engine.binary.read({ json, binary })).toEqual(bytes);
		}
	});

	it('goes on sending while files are stored, as far as its concurrency once more', async () => {
		const letGo = lab.engine.binary.holdStoring();
		const answered = () =>
			lab.control.requests().filter(({ outcome }) => outcome !== 'open').length;
		const run = lab.run(NODE, synthesize({ options: { concurrency: 2 } }), { items: texts(9) });
		await expect.poll(answered).toBe(4);
		letGo();
		expect((await run).rows).toHaveLength(9);
		expect(lab.control.stats().accepted).toBe(9);
	});

	it('sends no more than its concurrency at a time', async () => {
		const most = await mostAtOnce(ENDPOINTS.synthesize, async () => {
			await lab.run(NODE, synthesize({ options: { concurrency: 3 } }), { items: texts(20) });
		});
		expect(most).toBe(3);
	});

	it('downloads no more than its concurrency at a time, even those again that could not be stored', async () => {
		const mended = lab.engine.binary.failStoring(new Error('It says no.'));
		// All are created before the first one is finished.
		lab.control.configure({ jobDurationMs: 60_000 });
		const parameters = createJob({ options: { concurrency: 3 } });
		const most = await mostAtOnce(ENDPOINTS.downloadFile, async () => {
			await lab.run(NODE, parameters, { items: texts(20), settings: goOn });
		});
		mended();
		expect(lab.control.requests(ENDPOINTS.downloadFile)).toHaveLength(40);
		expect(most).toBe(3);
	});
});

describe('a batch that runs again', () => {
	const retrying = { ...goOn, retryOnFail: true, maxTries: 3 };

	it('sends nothing at all when an earlier try met a closer', async () => {
		lab.control.addFaults(
			{ match: { body: 'number 0 ' }, do: { kind: 'status', status: 429, retryAfter: 1 } },
			{ match: { body: 'number 1 ' }, do: { kind: 'status', status: 402 } },
		);
		const result = await lab.run(NODE, synthesize({ options: { concurrency: 1, maxRetries: 0 } }), {
			items: texts(3),
			settings: retrying,
		});
		expect(reasonsOf(result)).toEqual(['notSent', 'insufficientCredits', 'notSent']);
		expect(lab.control.requests()).toHaveLength(2);
	});

	it('still names an item whose outcome is unknown when Retry does not come to it', async () => {
		lab.control.addFaults(
			{ match: { body: 'number 0 ' }, do: { kind: 'status', status: 400 } },
			{ match: { body: 'number 0 ' }, do: { kind: 'status', status: 401 } },
			{ match: { body: 'number 1 ' }, do: { kind: 'status', status: 500 } },
		);
		const together = synthesize({ options: { concurrency: 2 } });
		const failed = await lab.run(NODE, together, { items: texts(2) });
		const retried = await lab.engine.retry(failed, { parameters: synthesize(oneAtATime) });
		expect(failureOf(retried)).toMatchObject({
			itemIndex: 0,
			message: expect.stringContaining('The outcome of item 1 is also unknown.'),
			details: { reason: 'unauthorized' },
		});
		expect(lab.control.requests()).toHaveLength(3);
	});

	it('says of an accepted job that it is not fetched, and how to get it', async () => {
		lab.control.configure({ jobDurationMs: 3_600_000 });
		lab.control.addFaults({
			match: { path: ENDPOINTS.createSpeechJob, nth: 2 },
			do: { kind: 'status', status: 401 },
		});
		const parameters = createJob({ options: { concurrency: 1, waitTimeoutSeconds: 5 } });
		const result = await lab.run(NODE, parameters, { items: texts(2), settings: retrying });
		const [jobId] = lab.control.jobIds('speech');
		const [first] = failureRowsOf(result);
		expect(first?.error).toBe(
			'Not fetched, because item 1 failed (unauthorized), which stopped the batch.',
		);
		expect(first?.message).toContain(`Job ${jobId} of this item was accepted in an earlier try`);
		expect(first?.details).toMatchObject({ reason: 'notSent', jobId });
		expect(lab.control.stats().accepted).toBe(1);
	});

	it('polls on for an accepted job, although its last poll was refused', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob },
			do: { kind: 'status', status: 404 },
		});
		const result = await lab.run(NODE, createJob(), {
			items: texts(1),
			settings: { retryOnFail: true, maxTries: 2 },
		});
		expect(result.status).toBe('success');
		expect(result.rows[0]).toMatchObject({ state: 'succeeded' });
		expect(lab.control.stats().accepted).toBe(1);
	});
});
