import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../support/engine/index.mts';
import {
	createJob,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	jobLines,
	rowsOf,
	synthesize,
	texts,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const oneAtATime = { options: { concurrency: 1 } };
const WORKFLOW = 'workflow-1';

const lab = useLab();

/** Fails the item whose text holds `body`, once. */
function refuse(body: string, status = 422): void {
	lab.control.addFaults({ match: { body }, do: { kind: 'status', status } });
}

async function expectAudioOf(result: RunResult, spoken: readonly string[]): Promise<void> {
	const rows = rowsOf(result);
	expect(rows).toHaveLength(spoken.length);
	for (const [index, text] of spoken.entries()) {
		const { bytes } = await lab.control.audio({ text });
		expect(await lab.engine.binary.read(rows[index])).toEqual(bytes);
	}
}

const textsOf = (items: ReturnType<typeof texts>) => items.map(({ json }) => String(json?.text));
const accepted = () => lab.control.stats().accepted;

describe('n8n’s Retry of a failed execution', () => {
	it('buys 100 items exactly once around a 402 at item 60', async () => {
		const items = texts(100);
		lab.control.setBalances({ apiQuotaRemaining: 60 * 6 });
		const failed = await lab.run(NODE, synthesize(oneAtATime), { items });
		expect(failureOf(failed)).toMatchObject({
			itemIndex: 60,
			details: { reason: 'insufficientCredits', httpStatus: 402 },
		});
		expect(failureOf(failed).message).toContain(
			'60 of 100 items are done and kept for the next try, 39 were not sent.',
		);
		lab.control.setBalances({ apiQuotaRemaining: 10_000 });

		const retried = await lab.engine.retry(failed);
		expect(retried.executionId).not.toBe(failed.executionId);
		expect(retried.status).toBe('success');
		expect(accepted()).toBe(100);
		expect(lab.control.requests()).toHaveLength(101);
		await expectAudioOf(retried, textsOf(items));
		expect(rowsOf(retried).map(({ pairedItem }) => pairedItem)).toEqual(
			items.map((_item, item) => ({ item })),
		);
	});

	it('buys 100 jobs exactly once around a 402 at item 60', async () => {
		const items = texts(100);
		lab.control.setBalances({ apiQuotaRemaining: 60 * 6 });
		const failed = await lab.run(NODE, createJob(oneAtATime), { items });
		lab.control.setBalances({ apiQuotaRemaining: 10_000 });
		const retried = await lab.engine.retry(failed);
		expect(retried.status).toBe('success');
		expect(accepted()).toBe(100);
		await expectAudioOf(retried, textsOf(items));
	});

	it('forgets terminal failures: what failed is sent again', async () => {
		refuse('number 1 ');
		const failed = await lab.run(NODE, synthesize(oneAtATime), { items: texts(3) });
		const retried = await lab.engine.retry(failed);
		expect(retried.status).toBe('success');
		expect(accepted()).toBe(3);
		expect(lab.control.requests(ENDPOINTS.synthesize)).toHaveLength(4);
	});

	it('fetches an accepted job instead of creating it again', async () => {
		lab.control.configure({ jobDurationMs: 60_000 });
		const parameters = createJob({ options: { waitTimeoutSeconds: 5 } });
		const failed = await lab.run(NODE, parameters, { items: texts(1) });
		const [jobId] = lab.control.jobIds('speech');
		expect(failureOf(failed)).toMatchObject({
			error: `Job ${jobId} was not finished after 5 seconds. Its last status was "queued".`,
			details: { kind: 'retryable', reason: 'jobTimeout', jobId },
		});
		lab.control.configure({ jobDurationMs: 0 });
		lab.control.setJobStatus('speech', String(jobId), 'completed');
		const retried = await lab.engine.retry(failed);
		expect(retried.rows[0]).toMatchObject({ jobId, state: 'succeeded' });
		expect(lab.control.requests(ENDPOINTS.createSpeechJob)).toHaveLength(1);
		expect(jobLines(retried)).toEqual([]);
	});

	it('creates a new job in place of one that failed', async () => {
		lab.control.failNextJobs('speech', { code: 'ERR_VOICE' });
		const failed = await lab.run(NODE, createJob(), { items: texts(1) });
		expect(failureOf(failed).details.reason).toBe('jobFailed');
		const retried = await lab.engine.retry(failed);
		expect(retried.status).toBe('success');
		expect(lab.control.requests(ENDPOINTS.createSpeechJob)).toHaveLength(2);
	});

	it('does not send again what another account has, but buys it for the new one', async () => {
		refuse('number 1 ', 401);
		const failed = await lab.run(NODE, synthesize(oneAtATime), { items: texts(2) });
		const { token, baseUrl } = lab.sandbox;
		lab.engine.updateCredential(lab.credential, { apiToken: token, baseUrl: `${baseUrl}/` });
		expect((await lab.engine.retry(failed)).status).toBe('success');
		expect(accepted()).toBe(2);

		refuse('number 1 ', 401);
		const again = await lab.run(NODE, synthesize(oneAtATime), { items: texts(2) });
		const other = baseUrl.replace('127.0.0.1', 'localhost');
		lab.engine.updateCredential(lab.credential, { baseUrl: other });
		expect((await lab.engine.retry(again)).status).toBe('success');
		lab.engine.updateCredential(lab.credential, { apiToken: token, baseUrl });
		expect(accepted()).toBe(2 + 3);
	});
});

describe('files of another execution', () => {
	it('are copied, so that deleting that execution does not take them along', async () => {
		const items = texts(3);
		refuse('number 2 ');
		const failed = await lab.run(NODE, synthesize(oneAtATime), { items });
		const retried = await lab.engine.retry(failed);
		const [first] = rowsOf(retried);
		expect(first?.binary?.data?.id).toContain(`executions/${retried.executionId}/`);
		await lab.engine.binary.deleteExecution(WORKFLOW, failed.executionId);
		await expectAudioOf(retried, textsOf(items));
	});

	it('are neither lost nor bought again when n8n cannot store their copies', async () => {
		const items = texts(2);
		refuse('number 1 ');
		const failed = await lab.run(NODE, synthesize(oneAtATime), { items });
		const executions = path.join(lab.engine.binary.directory, 'workflows', WORKFLOW, 'executions');
		const blocked = path.join(executions, String(Number(failed.executionId) + 1));
		await writeFile(blocked, '');
		const retried = await lab.engine.retry(failed);
		expect(failureOf(retried)).toMatchObject({
			itemIndex: 0,
			error: expect.stringContaining('n8n could not copy its file'),
			details: { attempts: 0, outcomeUnknown: false },
		});
		await rm(blocked);
		const again = await lab.engine.retry(retried);
		expect(accepted()).toBe(2);
		await expectAudioOf(again, textsOf(items));
	});

	it('are neither lost nor bought again when n8n cannot read them just then', async () => {
		const items = texts(2);
		refuse('number 1 ');
		const failed = await lab.run(NODE, synthesize(oneAtATime), { items });
		const comesBack = lab.engine.binary.failOpening(
			Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
		);
		const retried = await lab.engine.retry(failed);
		comesBack();
		expect(failureOf(retried)).toMatchObject({
			itemIndex: 0,
			error: expect.stringContaining('n8n could not copy its file'),
			details: { attempts: 0, outcomeUnknown: false },
		});
		const again = await lab.engine.retry(retried);
		expect(accepted()).toBe(2);
		await expectAudioOf(again, textsOf(items));
	});

	it('are fetched again by the job’s id when they are gone', async () => {
		const items = texts(2);
		lab.control.addFaults({
			match: { path: ENDPOINTS.createSpeechJob, nth: 2 },
			do: { kind: 'status', status: 422 },
		});
		const failed = await lab.run(NODE, createJob(oneAtATime), { items });
		await lab.engine.binary.deleteExecution(WORKFLOW, failed.executionId);
		const before = lab.control.requests(ENDPOINTS.downloadFile).length;
		const retried = await lab.engine.retry(failed);
		expect(retried.status).toBe('success');
		expect(accepted()).toBe(2);
		expect(lab.control.requests(ENDPOINTS.downloadFile).length - before).toBe(2);
		await expectAudioOf(retried, textsOf(items));
	});

	it('are fetched again from the address of a fileViaUrl item when they are gone, and nothing is bought', async () => {
		const items = texts(2);
		refuse('number 1 ');
		const parameters = synthesize({ ...oneAtATime, delivery: 'fileViaUrl' });
		const failed = await lab.run(NODE, parameters, { items });
		await lab.engine.binary.deleteExecution(WORKFLOW, failed.executionId);
		const retried = await lab.engine.retry(failed);
		expect(retried.status).toBe('success');
		expect(accepted()).toBe(2);
		await expectAudioOf(retried, textsOf(items));
	});

	it('end an item as notFound when they are gone, and only one more Retry buys it again', async () => {
		refuse('number 1 ');
		const parameters = synthesize(oneAtATime);
		const failed = await lab.run(NODE, parameters, { items: texts(2) });
		await lab.engine.binary.deleteExecution(WORKFLOW, failed.executionId);
		const bought = accepted();
		const requests = lab.control.requests().length;
		const retried = await lab.engine.retry(failed);
		expect(failureOf(retried)).toMatchObject({
			itemIndex: 0,
			error: expect.stringContaining('its file has been deleted'),
			details: { kind: 'terminal', reason: 'notFound', attempts: 0, outcomeUnknown: false },
		});
		expect(lab.control.requests()).toHaveLength(requests);

		const again = await lab.engine.retry(retried);
		expect(again.status).toBe('success');
		expect(accepted()).toBe(bought + 2);
	});

	it('end as notFound on every further try of the same execution', async () => {
		const items = texts(2);
		refuse('number 1 ');
		const settings = { retryOnFail: true, maxTries: 3 };
		const failed = await lab.run(NODE, synthesize(oneAtATime), { items, settings });
		await lab.engine.binary.deleteExecution(WORKFLOW, failed.executionId);
		const bought = accepted();
		const retried = await lab.engine.retry(failed);
		expect(failureOf(retried).details.reason).toBe('notFound');
		expect(accepted()).toBe(bought);
	});
});

describe('n8n’s Retry On Fail', () => {
	const settings = { retryOnFail: true, maxTries: 3 };

	it('causes no request at all for what is settled, good or bad', async () => {
		refuse('number 3 ');
		const result = await lab.run(NODE, synthesize(oneAtATime), { items: texts(5), settings });
		expect(result.status).toBe('error');
		expect(failureOf(result).itemIndex).toBe(3);
		expect(lab.control.requests()).toHaveLength(4);
	});

	it('tries a retryable failure again and keeps what was done', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 3, times: 2 },
			do: { kind: 'status', status: 429, retryAfter: 0 },
		});
		const items = texts(4);
		const parameters = synthesize({ options: { concurrency: 1, maxRetries: 0 } });
		const result = await lab.run(NODE, parameters, { items, settings });
		expect(result.status).toBe('success');
		expect(accepted()).toBe(4);
		expect(lab.control.requests()).toHaveLength(6);
		await expectAudioOf(result, textsOf(items));
	});

	it('never repeats a create whose outcome is unknown', async () => {
		lab.control.addFaults({ do: { kind: 'reset', accept: true } });
		const result = await lab.run(NODE, synthesize(), { items: texts(1), settings });
		const failure = failureOf(result);
		expect(failure.details).toMatchObject({
			kind: 'terminal',
			reason: 'network',
			outcomeUnknown: true,
		});
		expect(failure.message).toContain('may have been charged');
		expect(failure.message).toContain('Profile → Get');
		expect(lab.control.requests()).toHaveLength(1);
	});

	it('repeats it where the user takes that risk', async () => {
		lab.control.addFaults({ do: { kind: 'reset' } });
		const parameters = synthesize({ options: { retryUnknownOutcome: true } });
		const result = await lab.run(NODE, parameters, { items: texts(1), settings });
		expect(result.status).toBe('success');
		expect(lab.control.requests()).toHaveLength(2);
	});

	it('in continue mode tries again when the first row failed, and leaves the rest settled', async () => {
		lab.control.addFaults(
			{ match: { body: 'number 0 ' }, do: { kind: 'status', status: 429, retryAfter: 0 } },
			{ match: { body: 'number 2 ' }, do: { kind: 'status', status: 422 } },
		);
		const result = await lab.run(NODE, synthesize({ options: { maxRetries: 0, concurrency: 1 } }), {
			items: texts(4),
			settings: { ...settings, onError: 'continueErrorOutput' },
		});
		expect(result.rows).toHaveLength(3);
		expect(failureRowsOf(result)).toHaveLength(1);
		expect(lab.control.requests()).toHaveLength(5);
	});

	it('gives each try its own time to wait for a job', async () => {
		lab.control.configure({ jobDurationMs: 12_000 });
		const parameters = createJob({ options: { waitTimeoutSeconds: 5 } });
		const result = await lab.run(NODE, parameters, { items: texts(1), settings });
		expect(result.status).toBe('success');
		expect(accepted()).toBe(1);
	});
});
