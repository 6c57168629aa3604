import { describe, expect, it } from 'vitest';
import {
	ACEDATA_ENDPOINTS,
	ACEDATA_NODE,
	callBesideN8n,
	failureOf,
	failureRowsOf,
	generateAudio,
	getTask,
	jobLines,
	rowsOf,
	synthesizeAudio,
	texts,
	useLab,
	waitForAceDataTask,
} from '../../support/lab/index.mts';

const { createAudio, createTts, readTasks } = ACEDATA_ENDPOINTS;
const CONTINUE = { onError: 'continueRegularOutput' } as const;

const lab = useLab({ service: 'aceData' });

/** Every documented code: with its statuses, its reason, and whether a create that meets it is repeated. */
const CODES: ReadonlyArray<readonly [code: string, statuses: readonly number[], reason: string]> = [
	['bad_request', [400], 'invalidRequest'],
	['no_token', [400], 'invalidRequest'],
	['api_not_implemented', [400], 'invalidRequest'],
	['token_mismatched', [400, 401], 'unauthorized'],
	['invalid_token', [401], 'unauthorized'],
	['token_expired', [401], 'unauthorized'],
	['disabled', [400, 403], 'unauthorized'],
	['used_up', [403], 'insufficientCredits'],
	['forbidden', [403], 'forbidden'],
	['content_moderation', [403], 'forbidden'],
	['rejected', [403], 'forbidden'],
	['no_api', [404], 'notFound'],
	['not_found', [404], 'notFound'],
	['too_many_requests', [429], 'rateLimited'],
	['api_error', [500], 'serverError'],
	['timeout', [504], 'timeout'],
];
const RETRYABLE = ['rateLimited', 'serverError', 'timeout'];
/** For a create, only what was surely not accepted. */
const UNKNOWN = ['serverError', 'timeout'];

const all = CODES.flatMap(([code, statuses, reason]) =>
	// An answer of 200 may hold an error too, and the code decides.
	[...statuses, 200].map((status) => [code, status, reason] as const),
);

/** The documented shape, with the status that goes with it. */
function errorBody(code: string): string {
	return JSON.stringify({ error: { code, message: 'The service says why.' }, trace_id: 'trace-1' });
}

describe('the code of an error decides before its status does', () => {
	it.each(all)('%s with %i is %s for a call that costs', async (code, status, reason) => {
		lab.control.addFaults({
			match: { path: createAudio, times: 'always' },
			do: { kind: 'raw', status, body: errorBody(code) },
		});
		const options = { maxRetries: 1 };
		const result = await lab.run(ACEDATA_NODE, generateAudio({ options }), { items: texts(1) });
		const isRepeated = reason === 'rateLimited';
		expect(failureOf(result)).toMatchObject({
			error: `AceDataCloud answered ${status} (${code}): The service says why.`,
			details: {
				reason,
				code,
				httpStatus: status,
				requestId: 'trace-1',
				attempts: isRepeated ? 2 : 1,
				kind: isRepeated ? 'retryable' : 'terminal',
				outcomeUnknown: UNKNOWN.includes(reason),
			},
		});
		expect(failureOf(result).message).toContain('Request ID: trace-1.');
		expect(lab.control.requests(createAudio)).toHaveLength(isRepeated ? 2 : 1);
	});

	it.each(all)('%s with %i is %s for a read', async (code, status, reason) => {
		lab.control.addFaults({
			match: { path: readTasks, times: 'always' },
			do: { kind: 'raw', status, body: errorBody(code) },
		});
		const options = { maxRetries: 1 };
		const items = [{ json: { taskId: 'task-1' } }];
		const result = await lab.run(ACEDATA_NODE, getTask({ options }), { items });
		const isRepeated = RETRYABLE.includes(reason);
		expect(failureOf(result).details).toMatchObject({
			reason,
			code,
			jobId: 'task-1',
			attempts: isRepeated ? 2 : 1,
			kind: isRepeated ? 'retryable' : 'terminal',
			outcomeUnknown: false,
		});
	});

	it('reads an error that is a sentence, and then goes by the status', async () => {
		lab.control.addFaults({
			match: { path: createTts },
			do: {
				kind: 'raw',
				status: 403,
				body: JSON.stringify({ success: false, error: 'Not for you.', trace_id: 't-2' }),
			},
		});
		const result = await lab.run(ACEDATA_NODE, synthesizeAudio(), { items: texts(1) });
		expect(failureOf(result)).toMatchObject({
			error: 'AceDataCloud answered 403: Not for you.',
			details: { reason: 'forbidden', requestId: 't-2' },
		});
	});

	it('does not buy again what was answered with 200 and an error that has no known code', async () => {
		lab.control.addFaults({
			match: { path: createTts, times: 'always' },
			do: {
				kind: 'raw',
				body: JSON.stringify({ success: false, task_id: 'x', error: 'It broke.' }),
			},
		});
		const result = await lab.run(ACEDATA_NODE, synthesizeAudio(), { items: texts(1) });
		expect(failureOf(result)).toMatchObject({
			error: expect.stringContaining('It broke.'),
			details: { reason: 'unexpectedResponse', outcomeUnknown: true, attempts: 1 },
		});
	});
});

describe('an empty balance', () => {
	it('closes what costs: the items behind it are not sent', async () => {
		lab.control.setBalances({ apiQuotaRemaining: 8 });
		const options = { concurrency: 1 };
		const result = await lab.run(ACEDATA_NODE, synthesizeAudio({ options }), {
			items: texts(5),
			settings: CONTINUE,
		});
		expect(result.rows[0]).toHaveProperty('audioUrl');
		expect(failureRowsOf(result).map(({ details }) => details.reason)).toEqual([
			'insufficientCredits',
			'notSent',
			'notSent',
			'notSent',
		]);
		expect(failureRowsOf(result)[0]).toMatchObject({
			error: expect.stringContaining('answered 403 (used_up)'),
			message: expect.stringContaining('balance'),
		});
		expect(lab.control.requests(createTts)).toHaveLength(2);
	});

	it('closes it too when a task fails with that code', async () => {
		// The first task is read while the creates behind it are still on their way.
		lab.control.configure({ latencyMs: 100, jobDurationMs: 0 });
		lab.control.failNextJobs('aceData', { code: 'used_up', message: 'Nothing left.' });
		const parameters = generateAudio({ waitMode: 'poll', options: { concurrency: 1 } });
		const result = await lab.run(ACEDATA_NODE, parameters, {
			items: texts(20),
			settings: CONTINUE,
		});
		const reasons = failureRowsOf(result).map(({ details }) => details.reason);
		expect(reasons[0]).toBe('jobFailed');
		expect(reasons.slice(1)).toContain('notSent');
		expect(lab.control.requests(createAudio).length).toBeLessThan(20);
	});
});

describe('a call that breaks off', () => {
	it.each([
		['after a minute without a word', { kind: 'stall', accept: true }, 'timeout'],
		['with a reset', { kind: 'reset', accept: true }, 'network'],
		[
			'with a 504 of the gateway',
			{ kind: 'status', status: 504, body: 'html', accept: true },
			'serverError',
		],
	] as const)('%s may have been charged, so it is not repeated', async (_how, fault, reason) => {
		lab.control.addFaults({ match: { path: createAudio }, do: fault });
		const parameters = generateAudio({ options: { requestTimeoutSeconds: 60 } });
		const settings = { retryOnFail: true, maxTries: 3 };
		const result = await lab.run(ACEDATA_NODE, parameters, { items: texts(1), settings });
		expect(failureOf(result)).toMatchObject({
			message: expect.stringContaining('may have been charged'),
			details: { reason, outcomeUnknown: true, kind: 'terminal' },
		});
		expect(lab.control.requests(createAudio)).toHaveLength(1);
	});

	it('is repeated where the user takes the risk', async () => {
		lab.control.addFaults({ match: { path: createAudio }, do: { kind: 'reset' } });
		const parameters = generateAudio({ options: { retryUnknownOutcome: true } });
		const result = await lab.run(ACEDATA_NODE, parameters, { items: texts(1) });
		expect(result.rows).toHaveLength(1);
	});

	it('while a task is asked for costs nothing, and the wait goes on', async () => {
		lab.control.addFaults({
			match: { path: readTasks, times: 3 },
			do: { kind: 'status', status: 500 },
		});
		const result = await lab.run(ACEDATA_NODE, generateAudio({ waitMode: 'poll' }), {
			items: texts(2),
		});
		expect(result.rows).toHaveLength(2);
		expect(lab.control.charges()).toHaveLength(2);
	});
});

describe('an error that names the task', () => {
	/** A task that goes on although the call that made it has failed. */
	async function failingCreate(status: number, fields: object): Promise<string> {
		await callBesideN8n(lab, createAudio, {
			action: 'speech',
			prompt: 'It goes on.',
			voice_id: 'voice_123',
			async: true,
		});
		const [task_id = ''] = lab.control.jobIds('aceData');
		lab.control.addFaults({
			match: { path: createAudio, times: 'always' },
			do: { kind: 'raw', status, body: JSON.stringify({ task_id, trace_id: 't-3', ...fields }) },
		});
		return task_id;
	}
	const TIMED_OUT = { success: false, error: { code: 'timeout', message: 'It takes too long.' } };

	it.each([
		['answer', 504, TIMED_OUT],
		['poll', 504, TIMED_OUT],
		['answer', 500, { error: 'It broke.' }],
		['answer', 200, { success: false, error: 'It broke.' }],
	] as const)(
		'in mode %s, with %i: its audio comes, for one charge',
		async (mode, status, said) => {
			const taskId = await failingCreate(status, said);
			const result = await lab.run(ACEDATA_NODE, generateAudio({ waitMode: mode }), {
				items: texts(1),
			});
			expect(rowsOf(result)[0]).toMatchObject({ json: { taskId }, binary: { data: {} } });
			expect(jobLines(result, 'AceDataCloud')).toMatchObject([{ metadata: { jobId: taskId } }]);
			expect(lab.control.charges()).toHaveLength(1);
			expect(lab.control.requests(createAudio)).toHaveLength(2);
		},
	);

	it('in mode none, counts as accepted, and a hint says why that is not sure', async () => {
		const taskId = await failingCreate(504, TIMED_OUT);
		const result = await lab.run(ACEDATA_NODE, generateAudio({ waitMode: 'none' }), {
			items: texts(1),
		});
		expect(rowsOf(result)[0]).toMatchObject({ json: { taskId } });
		expect(result.hints.map(({ message }) => message)).toEqual([
			expect.stringContaining(
				`The call of item 0 failed, but named task ${taskId}, which counts as accepted.`,
			),
		]);
		expect(result.hints[0]?.message).toContain('answered 504');
	});

	it('is kept for Retry when the task takes longer than the wait', async () => {
		lab.control.configure({ jobDurationMs: 600_000 });
		const taskId = await failingCreate(504, TIMED_OUT);
		const options = { waitTimeoutSeconds: 5 };
		const parameters = generateAudio({ waitMode: 'poll', options });
		const result = await lab.run(ACEDATA_NODE, parameters, { items: texts(1) });
		expect(failureOf(result).details).toMatchObject({ reason: 'jobTimeout', jobId: taskId });
		lab.clock?.skip(600_000);
		const retried = await lab.engine.retry(result);
		expect(rowsOf(retried)[0]).toMatchObject({ json: { taskId }, binary: { data: {} } });
		expect(lab.control.charges()).toHaveLength(1);
	});

	it('is not followed by another call where the user takes the risk', async () => {
		await failingCreate(504, TIMED_OUT);
		const parameters = generateAudio({ options: { retryUnknownOutcome: true } });
		const result = await lab.run(ACEDATA_NODE, parameters, { items: texts(1) });
		expect(result.rows).toHaveLength(1);
		expect(lab.control.charges()).toHaveLength(1);
	});

	it.each([
		[400, 'bad_request', 'invalidRequest'],
		[403, 'used_up', 'insufficientCredits'],
	])('is a refusal all the same when it is one: %i %s', async (status, code, reason) => {
		await failingCreate(status, { success: false, error: { code, message: 'No.' } });
		const result = await lab.run(ACEDATA_NODE, generateAudio(), { items: texts(1) });
		expect(failureOf(result).details).toMatchObject({ reason, outcomeUnknown: false });
		expect(failureOf(result).details).not.toHaveProperty('jobId');
		expect(lab.control.requests(readTasks)).toEqual([]);
	});
});

describe('an error that says nothing', () => {
	it.each([[false], [null], [''], [' '], [{}], [[]]])(
		'%j beside good audio is none',
		async (error) => {
			lab.control.addFaults({
				match: { path: createAudio },
				do: { kind: 'editJson', set: { error } },
			});
			const result = await lab.run(ACEDATA_NODE, generateAudio(), { items: texts(1) });
			expect(rowsOf(result)[0]?.binary?.data).toBeDefined();
		},
	);

	it.each([true, { code: 'x' }, 'It broke.'])('%j is one', async (error) => {
		lab.control.addFaults({
			match: { path: createTts },
			do: { kind: 'editJson', set: { error } },
		});
		const result = await lab.run(ACEDATA_NODE, synthesizeAudio(), { items: texts(1) });
		expect(failureOf(result).details).toMatchObject({ outcomeUnknown: true });
	});
});

describe('further tries', () => {
	it.each(['answer', 'poll', 'none'] as const)('buy nothing again in mode %s', async (waitMode) => {
		const items = texts(4);
		lab.control.addFaults({
			match: { path: createAudio, body: 'number 2' },
			do: { kind: 'status', status: 400, message: 'Not this one.' },
		});
		const result = await lab.run(ACEDATA_NODE, generateAudio({ waitMode }), { items });
		expect(failureOf(result).details).toMatchObject({ reason: 'invalidRequest' });
		const retried = await lab.engine.retry(result);
		expect(retried.rows).toHaveLength(4);
		expect(lab.control.charges()).toHaveLength(4);
	});

	it('download finished audio whose download failed', async () => {
		lab.control.addFaults({
			match: { path: 'GET /files/:name', times: 'always' },
			do: { kind: 'status', status: 500 },
		});
		const result = await lab.run(ACEDATA_NODE, synthesizeAudio(), { items: texts(1) });
		expect(failureOf(result).message).toContain('paid for');
		lab.control.clearFaults();
		const retried = await lab.engine.retry(result);
		expect(rowsOf(retried)[0]?.binary?.data).toBeDefined();
		expect(lab.control.charges()).toHaveLength(1);
	});

	it.each([
		['generate', generateAudio],
		['synthesize', synthesizeAudio],
	] as const)(
		'wait for an address that does not open for a while: %s',
		async (_name, parametersOf) => {
			lab.control.addFaults({
				match: { path: 'GET /files/:name', times: 'always' },
				do: { kind: 'status', status: 404 },
			});
			const settings = { retryOnFail: true, maxTries: 3 };
			const result = await lab.run(ACEDATA_NODE, parametersOf(), { items: texts(1), settings });
			expect(failureOf(result).message).toContain('downloads it without paying again');
			lab.control.clearFaults();
			const retried = await lab.engine.retry(result);
			expect(rowsOf(retried)[0]?.binary?.data).toBeDefined();
			expect(lab.control.charges()).toHaveLength(1);
		},
	);

	describe('after an address that does not open any more', () => {
		const MINUTE_MS = 60_000;
		const BUYS_AGAIN = 'The next Retry buys this item again, and only this one.';
		const LONGER_THAN_ANY_TEST_MS = 1_000 * 60 * MINUTE_MS;
		const ANSWERED = { waitMode: 'answer', says: 'without paying again' };
		const POLLED = { waitMode: 'poll', says: 'Do not create it again' };
		const options = { onceKey: '={{ $json.text }}' };
		const modes = [
			['synthesize', synthesizeAudio({ options })],
			['generate, answer', generateAudio({ options })],
			['generate, poll', generateAudio({ waitMode: 'poll', options })],
		] as const;

		function refuseFiles(): void {
			lab.control.addFaults({
				match: { path: 'GET /files/:name', times: 'always' },
				do: { kind: 'status', status: 403 },
			});
		}

		it.each(
			modes.flatMap(([mode, parameters]) =>
				(['known', 'unknown'] as const).map((task) => [mode, task, parameters] as const),
			),
		)(
			'say after its time that the next one buys again, and only then does it: %s, a task that is %s by then',
			async (_mode, task, parameters) => {
				refuseFiles();
				const first = await lab.run(ACEDATA_NODE, parameters, { items: texts(1) });
				expect(failureOf(first).message).toContain('without paying again');
				if (task === 'unknown')
					lab.control.configure({ tasksHiddenForMs: LONGER_THAN_ANY_TEST_MS });
				lab.clock?.skip(30 * MINUTE_MS);
				const early = await lab.engine.retry(first);
				expect(failureOf(early).message).toMatch(/without paying again|Do not create it again/);
				lab.clock?.skip(60 * MINUTE_MS);
				const late = await lab.engine.retry(early);
				expect(failureOf(late).message).toContain(BUYS_AGAIN);
				expect(lab.control.charges()).toHaveLength(1);
				lab.control.clearFaults();
				lab.control.configure({ tasksHiddenForMs: 0 });
				const last = await lab.engine.retry(late);
				expect(rowsOf(last)[0]?.binary?.data).toBeDefined();
				expect(lab.control.charges()).toHaveLength(2);
			},
		);

		it.each([
			['the tasks cannot be read', readTasks, 403],
			['the tasks cannot be read for a while', readTasks, 500],
			['reads are answered with 404', readTasks, 404],
			['the host of the file is down', 'GET /files/:name', 500],
			['reads are answered with 404, of a task that was polled', readTasks, 404, POLLED],
		] as const)('do not give it up when %s', async (_what, path, status, polled?) => {
			refuseFiles();
			const { waitMode, says } = polled ?? ANSWERED;
			const parameters = generateAudio({ waitMode, options: { ...options, maxRetries: 0 } });
			const first = await lab.run(ACEDATA_NODE, parameters, { items: texts(1) });
			lab.clock?.skip(90 * MINUTE_MS);
			lab.control.clearFaults();
			lab.control.addFaults({ match: { path, times: 'always' }, do: { kind: 'status', status } });
			refuseFiles();
			const second = await lab.engine.retry(first);
			expect(failureOf(second).message).toContain(says);
			expect(lab.control.charges()).toHaveLength(1);
		});

		it('fetch it when the task has another address by then', async () => {
			refuseFiles();
			const first = await lab.run(ACEDATA_NODE, generateAudio({ options }), { items: texts(1) });
			lab.clock?.skip(90 * MINUTE_MS);
			lab.control.clearFaults();
			const { bytes } = await lab.control.audio({ text: 'The same, at another address.' });
			const file = { bytes, mimeType: 'audio/mpeg', extension: 'mp3' };
			const data = [{ audio_url: await lab.control.publishFile(file) }];
			const [id] = lab.control.jobIds('aceData');
			const task = { id, response: { success: true, data } };
			lab.control.addFaults({
				match: { path: readTasks },
				do: { kind: 'editJson', set: { items: [task] } },
			});
			const second = await lab.engine.retry(first);
			expect(await lab.engine.binary.read(rowsOf(second)[0], 'data')).toEqual(bytes);
			expect(lab.control.charges()).toHaveLength(1);
		});
	});

	it('ask the task for another address when the first one has expired', async () => {
		lab.control.addFaults({
			match: { path: 'GET /files/:name' },
			do: { kind: 'status', status: 403 },
		});
		const result = await lab.run(ACEDATA_NODE, generateAudio(), { items: texts(1) });
		expect(rowsOf(result)[0]?.binary?.data).toBeDefined();
		expect(lab.control.requests(readTasks)).toHaveLength(1);
	});

	it('wake the same tasks, when an execution would sleep once more', async () => {
		lab.control.configure({ aceDataCallbacks: 'never' });
		await lab.engine.serveWaiting();
		// n8n runs a node again whose first row has an error, and a node that sleeps hands its input on.
		const items = [
			{ json: { text: 'The first of two.', error: 'of an earlier node' } },
			...texts(1),
		];
		const result = await lab.run(ACEDATA_NODE, generateAudio({ waitMode: 'callback' }), {
			items,
			settings: { ...CONTINUE, retryOnFail: true, maxTries: 3 },
		});
		expect(result.status).toBe('waiting');
		expect(lab.control.charges()).toHaveLength(2);
	});

	it('take over a task that was accepted before the wait was cut short', async () => {
		lab.control.configure({ jobDurationMs: 600_000 });
		const options = { waitTimeoutSeconds: 5 };
		const result = await lab.run(ACEDATA_NODE, generateAudio({ waitMode: 'poll', options }), {
			items: texts(1),
		});
		expect(failureOf(result).details).toMatchObject({ reason: 'jobTimeout' });
		lab.clock?.skip(600_000);
		const retried = await lab.engine.retry(result);
		expect(rowsOf(retried)[0]?.binary?.data).toBeDefined();
		expect(lab.control.charges()).toHaveLength(1);
	});
});

describe('a once key', () => {
	it('buys at most once, in all executions', async () => {
		const parameters = generateAudio({ options: { onceKey: '={{ $json.text }}' } });
		await lab.run(ACEDATA_NODE, parameters, { items: texts(2) });
		const again = await lab.run(ACEDATA_NODE, parameters, { items: texts(3) });
		expect(again.rows.map(({ skipped }) => skipped)).toEqual([true, true, undefined]);
		expect(lab.control.charges()).toHaveLength(3);
	});
});

describe('Stop', () => {
	it('ends a wait, and says where the task goes on', async () => {
		lab.control.configure({ jobDurationMs: 600_000 });
		const stop = new AbortController();
		const running = lab.run(
			ACEDATA_NODE,
			generateAudio({
				waitMode: 'poll',
				options: { waitTimeoutSeconds: 80_000, maxPollSeconds: 3_600 },
			}),
			{
				items: texts(1),
				signal: stop.signal,
			},
		);
		await lab.control.waitForRequests(readTasks);
		stop.abort();
		expect((await running).status).toBe('canceled');
		const [task] = lab.control.jobIds('aceData');
		expect(JSON.stringify(lab.engine.logs)).toContain(task);
	});
});

describe('a file behind a token', () => {
	it('gets it when it stands at the API itself', async () => {
		lab.control.configure({ mediaNeedsToken: true });
		const result = await lab.run(ACEDATA_NODE, synthesizeAudio(), { items: texts(1) });
		expect(rowsOf(result)[0]?.binary?.data).toBeDefined();
	});

	it('never gets it on another host', async () => {
		lab.control.configure({ mediaOrigin: 'other' });
		const result = await lab.run(ACEDATA_NODE, synthesizeAudio(), { items: texts(1) });
		expect(rowsOf(result)[0]?.binary?.data).toBeDefined();
		const downloads = lab.control.requests('GET /files/:name');
		expect(downloads.map(({ authorization }) => authorization)).toEqual(['missing']);
	});
});

describe('waitForTask', () => {
	it('ends at once with what the service says about the token', async () => {
		lab.control.addFaults({
			match: { path: readTasks, times: 'always' },
			do: { kind: 'status', status: 401, code: 'token_expired', message: 'Expired.' },
		});
		const result = await lab.run(ACEDATA_NODE, waitForAceDataTask(), {
			items: [{ json: { taskId: 'a' } }],
		});
		expect(failureOf(result)).toMatchObject({
			error: 'AceDataCloud answered 401 (token_expired): Expired.',
			details: { reason: 'unauthorized', jobId: 'a' },
		});
	});
});
