import { describe, expect, it } from 'vitest';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { RunResult } from '../../support/engine/index.mts';
import {
	createJob,
	dialogue,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	ledgerOf,
	rowsOf,
	sentences,
	speak,
	synthesize,
	texts,
	useLab,
	type Lab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const WORKFLOW = 'workflow-1';
const goOn = { onError: 'continueRegularOutput' } as const;

const lab = useLab();

/** Items with the once keys `keys`. */
function keyed(...keys: unknown[]) {
	return texts(keys.length).map(({ json }, index) => ({
		json: { ...json, key: keys[index] } as IDataObject,
	}));
}

/** A dialogue of one speaker, under a once key. */
function dialogueOf(...texts: readonly string[]): INodeParameters {
	return spokenOnce(texts, {});
}

function spokenOnce(texts: readonly string[], options: IDataObject): INodeParameters {
	const lines = JSON.stringify(texts.map((text) => ({ speaker: 'Anna', text })));
	return dialogue({ lines, options: { onceKey: 'a', concurrency: 1, ...options } as never });
}

function withKey(options: IDataObject = {}) {
	return synthesize({
		options: { onceKey: '={{ $json.key }}', concurrency: 1, ...options } as never,
	});
}

const accepted = () => lab.control.stats().accepted;
const hintsOf = ({ hints }: RunResult) => hints.map(({ message }) => message).join(' ');
const states = (result: Awaited<ReturnType<Lab['run']>>) =>
	rowsOf(result).map(({ json }) =>
		json.skipped === true
			? 'skipped'
			: ((json.details as { reason?: string } | undefined)?.reason ?? 'done'),
	);

describe('the once key', () => {
	it('skips in a second execution what a first one has bought', async () => {
		const items = keyed('a', 'b');
		expect(states(await lab.run(NODE, withKey(), { items }))).toEqual(['done', 'done']);
		const second = await lab.run(NODE, withKey(), { items: [...items, ...keyed('c')] });
		expect(second.rows.slice(0, 2)).toEqual([
			{ skipped: true, onceKey: 'a' },
			{ skipped: true, onceKey: 'b' },
		]);
		expect(states(second)).toEqual(['skipped', 'skipped', 'done']);
		expect(accepted()).toBe(3);
	});

	it('fails there where the user wants it', async () => {
		const items = keyed('a', 'b');
		await lab.run(NODE, withKey(), { items: items.slice(0, 1) });
		const second = await lab.run(NODE, withKey({ whenSeenBefore: 'fail' }), {
			items,
			settings: goOn,
		});
		expect(states(second)).toEqual(['alreadySubmitted', 'done']);
		expect(failureRowsOf(second)[0]).toMatchObject({
			error: expect.stringContaining('Once Key'),
			details: { kind: 'terminal', reason: 'alreadySubmitted', attempts: 0, outcomeUnknown: false },
		});
	});

	it('fails before anything is sent in stop mode, and gives the other keys back', async () => {
		await lab.run(NODE, withKey(), { items: keyed('b') });
		const parameters = withKey({ whenSeenBefore: 'fail' });
		const failed = await lab.run(NODE, parameters, { items: keyed('a', 'b', 'c') });
		expect(failureOf(failed)).toMatchObject({
			itemIndex: 1,
			details: { reason: 'alreadySubmitted' },
		});
		expect(accepted()).toBe(1);
		expect(states(await lab.run(NODE, parameters, { items: keyed('a', 'c') }))).toEqual([
			'done',
			'done',
		]);
	});

	it('lets one Retry take an item over of which parts are paid, and no second one', async () => {
		const items = [{ json: { text: sentences(3), key: 'a' } }];
		lab.control.addFaults({
			match: { body: 'number 2 of' },
			do: { kind: 'status', status: 429, retryAfter: 1 },
		});
		const parameters = withKey({ splitTextAt: 30, maxRetries: 0 });
		const failed = await lab.run(NODE, parameters, { items });
		expect(accepted()).toBe(2);
		expect((await lab.engine.retry(failed)).status).toBe('success');
		expect(accepted()).toBe(3);
		const second = await lab.engine.retry(failed);
		expect(failureOf(second)).toMatchObject({
			itemIndex: 0,
			error: expect.stringContaining(
				'Another Retry of the same execution has taken this item over',
			),
			details: { reason: 'alreadySubmitted' },
		});
		expect(accepted()).toBe(3);
	});

	it('forgets no unknown outcome when Retry takes an item over and does not come to it', async () => {
		lab.control.addFaults(
			{ match: { body: 'number 0 ' }, do: { kind: 'status', status: 400 } },
			{ match: { body: 'number 0 ' }, do: { kind: 'status', status: 400 } },
			{ match: { body: 'number 1 ' }, do: { kind: 'status', status: 500 } },
		);
		const items = keyed('a', 'b');
		const failed = await lab.run(NODE, withKey({ concurrency: 2 }), { items });
		const sent = lab.control.requests(ENDPOINTS.synthesize).length;
		expect(sent).toBe(2);
		const atRisk = withKey({ retryUnknownOutcome: true });
		const retried = await lab.engine.retry(failed, { parameters: atRisk });
		expect(failureOf(retried)).toMatchObject({
			itemIndex: 0,
			message: expect.stringContaining('The outcome of item 1 is also unknown.'),
		});
		const again = await lab.engine.retry(retried, { parameters: withKey() });
		expect(failureOf(again)).toMatchObject({ itemIndex: 1, details: { outcomeUnknown: true } });
		expect(
			lab.control
				.requests(ENDPOINTS.synthesize)
				.filter(({ body }) => JSON.stringify(body).includes('number 1 ')),
		).toHaveLength(1);
	});

	it('lets one of two Retries buy an item again whose file was deleted', async () => {
		lab.control.addFaults({ match: { body: 'number 1 ' }, do: { kind: 'status', status: 422 } });
		const items = keyed('a', 'b');
		const failed = await lab.run(NODE, withKey(), { items });
		await lab.engine.binary.deleteExecution(WORKFLOW, failed.executionId);
		const one = await lab.engine.retry(failed);
		const two = await lab.engine.retry(failed);
		for (const retried of [one, two]) expect(failureOf(retried).details.reason).toBe('notFound');
		expect((await lab.engine.retry(one)).status).toBe('success');
		expect(accepted()).toBe(3);
		expect(failureOf(await lab.engine.retry(two)).details.reason).toBe('alreadySubmitted');
		expect(accepted()).toBe(3);
	});

	it('lets one of two Retries buy an item again whose address has expired', async () => {
		const items = keyed('a');
		const parameters = synthesize({
			delivery: 'fileViaUrl',
			options: { onceKey: '={{ $json.key }}', maxRetries: 0 } as never,
		});
		const refused = { match: { path: ENDPOINTS.downloadFile } };
		lab.control.addFaults(
			{ ...refused, do: { kind: 'status', status: 500 } },
			{ ...refused, do: { kind: 'status', status: 404 } },
			{ ...refused, do: { kind: 'status', status: 404 } },
		);
		const failed = await lab.run(NODE, parameters, { items });
		const one = await lab.engine.retry(failed);
		const two = await lab.engine.retry(failed);
		expect(failureOf(two).error).toContain('its address no longer opens');
		expect((await lab.engine.retry(one)).status).toBe('success');
		expect(failureOf(await lab.engine.retry(two)).details.reason).toBe('alreadySubmitted');
		expect(accepted()).toBe(2);
	});

	it('counts the second of two items with one key as seen', async () => {
		const result = await lab.run(NODE, withKey(), { items: keyed('a', 'b', 'a', 'a') });
		expect(states(result)).toEqual(['done', 'done', 'skipped', 'skipped']);
		expect(accepted()).toBe(2);
	});

	it.each(['', '  ', undefined])(
		'is refused before anything is sent where an expression leaves it empty: %j',
		async (empty) => {
			const result = await lab.run(NODE, withKey(), { items: keyed('a', empty) });
			expect(failureOf(result)).toMatchObject({
				error: expect.stringMatching(/^Parameter "Once Key" is (empty|missing|" *") \[item 1\]\.$/),
				message: expect.stringContaining('remove the option to send without a key'),
				details: { reason: 'invalidParameter' },
			});
			expect(lab.control.requests()).toEqual([]);
		},
	);

	it('is off where the option was not added', async () => {
		const items = [...texts(1), ...texts(1)];
		expect(states(await lab.run(NODE, synthesize(), { items }))).toEqual(['done', 'done']);
	});

	it('takes numbers, and refuses what is neither text nor number', async () => {
		expect(states(await lab.run(NODE, withKey(), { items: keyed(7, 0) }))).toEqual([
			'done',
			'done',
		]);
		expect(states(await lab.run(NODE, withKey(), { items: keyed('7', 0) }))).toEqual([
			'skipped',
			'skipped',
		]);
		for (const key of [{ id: 1 }, ['a'], true, null, 'x'.repeat(501)]) {
			const refused = await lab.run(NODE, withKey(), { items: keyed('n', key) });
			expect(failureOf(refused)).toMatchObject({
				error: expect.stringMatching(/^Parameter "Once Key" .*\[item 1\]\.$/),
				details: { reason: 'invalidParameter' },
			});
		}
		expect(accepted()).toBe(2);
	});

	it.each([
		['a 400', { kind: 'status', status: 400 }],
		['a 402', { kind: 'status', status: 402 }],
		['a 429 that asks for too long a wait', { kind: 'status', status: 429, retryAfter: 'absurd' }],
		['a 503 with Retry-After', { kind: 'status', status: 503, retryAfter: 'absurd' }],
	] as const)(
		'is given back by a create that was surely not accepted: %s',
		async (_name, fault) => {
			lab.control.addFaults({ match: { body: 'number 1 ' }, do: fault });
			const items = keyed('a', 'b', 'c');
			await lab.run(NODE, withKey({ maxRetries: 0 }), { items, settings: goOn });
			lab.clock?.skip(60 * 60_000);
			const second = await lab.run(NODE, withKey(), { items });
			expect(states(second)[1]).toBe('done');
			expect(accepted()).toBe(3);
		},
	);

	it.each([
		['a 500', { kind: 'status', status: 500, accept: true }],
		['a connection that broke', { kind: 'reset', accept: true }],
		['a call that timed out', { kind: 'stall', accept: true }],
		['an answer that cannot be read', { kind: 'raw', body: '<html>', accept: true }],
	] as const)('is kept by a create whose outcome is unknown: %s', async (_name, fault) => {
		lab.control.addFaults({ match: { body: 'number 0 ' }, do: fault });
		const items = keyed('a');
		const first = await lab.run(NODE, withKey(), { items });
		expect(failureOf(first).details.outcomeUnknown).toBe(true);
		expect(failureOf(await lab.engine.retry(first))).toEqual(failureOf(first));
		expect(states(await lab.run(NODE, withKey(), { items }))).toEqual(['skipped']);
		expect(accepted()).toBe(1);
	});

	it('is this execution’s own: n8n’s tries and Retry return what they have', async () => {
		lab.control.addFaults({ match: { body: 'number 1 ' }, do: { kind: 'status', status: 422 } });
		const items = keyed('a', 'b', 'c');
		const settings = { retryOnFail: true, maxTries: 2 };
		const failed = await lab.run(NODE, withKey(), { items, settings });
		expect(failureOf(failed).itemIndex).toBe(1);
		const retried = await lab.engine.retry(failed);
		expect(states(retried)).toEqual(['done', 'done', 'done']);
		expect(rowsOf(retried).every(({ binary }) => binary?.data !== undefined)).toBe(true);
		expect(accepted()).toBe(3);
	});

	it('lets an unknown outcome be sent again in its execution where the user takes that risk', async () => {
		lab.control.addFaults({ match: { times: 2 }, do: { kind: 'reset' } });
		const parameters = withKey({ retryUnknownOutcome: true, maxRetries: 0 });
		const settings = { retryOnFail: true, maxTries: 3 };
		const result = await lab.run(NODE, parameters, { items: keyed('a'), settings });
		expect(states(result)).toEqual(['done']);
		expect(lab.control.requests()).toHaveLength(3);
		expect(states(await lab.run(NODE, parameters, { items: keyed('a') }))).toEqual(['skipped']);
	});

	it('has a job that failed created anew by Retry, and by nothing else', async () => {
		const parameters = createJob({ options: { onceKey: '={{ $json.key }}' } });
		lab.control.configure({ jobDurationMs: 0 });
		lab.control.failNextJobs('speech', { code: 'ERR' });
		const items = keyed('a');
		const settings = { retryOnFail: true, maxTries: 3 };
		const failed = await lab.run(NODE, parameters, { items, settings });
		expect(failureOf(failed).details.reason).toBe('jobFailed');
		expect(accepted()).toBe(1);
		expect(states(await lab.engine.retry(failed))).toEqual(['done']);
		expect(accepted()).toBe(2);
		expect(states(await lab.run(NODE, parameters, { items }))).toEqual(['skipped']);
	});

	describe('of an item whose parameters were changed before Retry', () => {
		const corrected = (options: IDataObject = {}) => ({
			...withKey(options),
			text: '={{ $json.text }} Corrected.',
		});
		const job = (changes: INodeParameters = {}) =>
			createJob({
				options: { onceKey: '={{ $json.key }}', waitTimeoutSeconds: 5 },
				...changes,
			});
		const correctedJob = job({ text: '={{ $json.text }} Corrected.' });

		it('lets a job that failed be created anew, once', async () => {
			lab.control.configure({ jobDurationMs: 0 });
			lab.control.failNextJobs('speech', { code: 'ERR' });
			const failed = await lab.run(NODE, job(), { items: keyed('a') });
			const retry = async () => await lab.engine.retry(failed, { parameters: correctedJob });
			expect(states(await retry())).toEqual(['done']);
			expect(failureOf(await retry()).details.reason).toBe('alreadySubmitted');
			expect(accepted()).toBe(2);
			const later = await lab.run(NODE, correctedJob, { items: keyed('a') });
			expect(states(later)).toEqual(['skipped']);
		});

		it('has an unknown outcome fail again with its words, until the user takes the risk', async () => {
			lab.control.addFaults({ do: { kind: 'status', status: 500 } });
			const failed = await lab.run(NODE, withKey(), { items: keyed('a') });
			expect(failureOf(failed).details.outcomeUnknown).toBe(true);
			const again = await lab.engine.retry(failed, { parameters: corrected() });
			expect(failureOf(again)).toEqual(failureOf(failed));
			expect(lab.control.requests()).toHaveLength(1);
			const parameters = corrected({ retryUnknownOutcome: true });
			expect(states(await lab.engine.retry(again, { parameters }))).toEqual(['done']);
			const [first, second] = lab.control.requests();
			expect(second?.idempotencyKey).not.toBe(first?.idempotencyKey);
		});

		it('delivers what it has bought, and says so', async () => {
			lab.control.addFaults({ match: { body: 'number 1 ' }, do: { kind: 'status', status: 422 } });
			const items = keyed('a', 'b');
			const failed = await lab.run(NODE, withKey(), { items });
			const retried = await lab.engine.retry(failed, { parameters: corrected() });
			expect(states(retried)).toEqual(['done', 'done']);
			const [bought] = rowsOf(retried);
			const { bytes } = await lab.control.audio({ text: String(items[0]?.json.text) });
			expect(await lab.engine.binary.read(bought)).toEqual(bytes);
			expect(hintsOf(retried)).toContain('Item 0 has the result of an earlier try');
			expect(hintsOf(retried)).not.toContain('Item 1 ');
			expect(lab.control.charges().map(({ subject }) => subject.endsWith('Corrected.'))).toEqual([
				false,
				true,
			]);
		});

		it('delivers it after they were changed back, and forgets nothing', async () => {
			lab.control.addFaults(
				{ match: { body: 'number 0 ' }, do: { kind: 'status', status: 422 } },
				{ match: { body: 'number 2 ' }, do: { kind: 'status', status: 422 } },
			);
			// The first item is refused, so nothing is sent for the others.
			const first = await lab.run(NODE, withKey({ concurrency: 1 }), {
				items: keyed('a', 'b', 'c'),
			});
			const second = await lab.engine.retry(first, { parameters: corrected() });
			expect(failureOf(second).itemIndex).toBe(2);
			const third = await lab.engine.retry(second, { parameters: withKey() });
			expect(states(third)).toEqual(['done', 'done', 'done']);
			expect(hintsOf(third)).toContain('Item 1 has the result of an earlier try');
			expect(accepted()).toBe(3);
		});

		it('delivers a transcript that it has bought', async () => {
			const { url } = await speak(lab, 'A recording.');
			const transcribe = (language: string) => ({
				operation: 'transcribe',
				audioSource: 'url',
				audioUrl: url,
				language,
				options: { onceKey: '={{ $json.key }}', concurrency: 1 },
			});
			lab.control.addFaults({
				match: { path: ENDPOINTS.transcribe, nth: 2 },
				do: { kind: 'status', status: 422 },
			});
			const failed = await lab.run('fishSpeechSpeechToText', transcribe('en'), {
				items: keyed('a', 'b'),
			});
			expect(failureOf(failed).itemIndex).toBe(1);
			const retried = await lab.engine.retry(failed, { parameters: transcribe('de') });
			expect(retried.rows).toMatchObject([{ text: 'A recording.' }, { text: 'A recording.' }]);
			expect(hintsOf(retried)).toContain('Item 0 has the result of an earlier try');
			const bought = lab.control.charges().map(({ endpoint }) => endpoint);
			expect(bought.filter((endpoint) => endpoint === ENDPOINTS.transcribe)).toHaveLength(2);
		});

		it.each([
			['an address', { delivery: 'url' }, { delivery: 'file' }, false],
			['a file', { delivery: 'file' }, { delivery: 'url' }, true],
			['a short row', { simplify: true }, { simplify: false }, true],
		])(
			'delivers %s as it was bought, whatever is wanted now',
			async (_what, before, now, isFile) => {
				lab.control.addFaults({
					match: { body: 'number 1 ' },
					do: { kind: 'status', status: 422 },
				});
				const failed = await lab.run(NODE, { ...withKey(), ...before }, { items: keyed('a', 'b') });
				const retried = await lab.engine.retry(failed, { parameters: { ...corrected(), ...now } });
				expect(states(retried)).toEqual(['done', 'done']);
				expect(rowsOf(retried)[0]?.binary !== undefined).toBe(isFile);
				expect(accepted()).toBe(2);
			},
		);

		it('never sends a refused request again under the Idempotency-Key that it had', async () => {
			const saying = (text: string, options: IDataObject = {}) => ({ ...withKey(options), text });
			lab.control.addFaults(
				{ match: { body: 'Second.' }, do: { kind: 'status', status: 422 } },
				{ match: { body: 'First.' }, do: { kind: 'status', status: 500 } },
			);
			const refused = await lab.run(NODE, saying('Second.'), { items: keyed('a') });
			const unknown = await lab.engine.retry(refused, { parameters: saying('First.') });
			expect(failureOf(unknown).details.outcomeUnknown).toBe(true);
			const parameters = saying('Second.', { retryUnknownOutcome: true });
			expect(states(await lab.engine.retry(unknown, { parameters }))).toEqual(['done']);
			const keys = lab.control.requests().map(({ idempotencyKey }) => idempotencyKey);
			expect(new Set(keys).size).toBe(3);
		});

		it('buys a corrected line once the outcome of another one is settled', async () => {
			const lines = (last: string) => dialogueOf('One.', 'Two.', last);
			lab.control.addFaults(
				{ match: { body: 'Two.' }, do: { kind: 'reset', accept: true } },
				{ match: { body: 'Thre.' }, do: { kind: 'status', status: 422 } },
			);
			const unknown = await lab.run(NODE, lines('Thre.'), { items: [{ json: {} }] });
			expect(failureOf(unknown).details.outcomeUnknown).toBe(true);
			const again = await lab.engine.retry(unknown, { parameters: lines('Three.') });
			expect(failureOf(again)).toEqual(failureOf(unknown));
			const refused = await lab.engine.retry(unknown, {
				parameters: spokenOnce(['One.', 'Two.', 'Thre.'], { retryUnknownOutcome: true }),
			});
			expect(failureOf(refused).error).toContain('Line 3');
			expect(failureOf(refused).details.outcomeUnknown).toBe(false);
			const bought = await lab.engine.retry(refused, { parameters: lines('Three.') });
			expect(bought.rows).toMatchObject([{ lines: 3 }]);
			const subjects = lab.control.charges().map(({ subject }) => subject);
			expect(subjects).toEqual(['One.', 'Two.', 'Two.', 'Three.']);
		});

		it('delivers it to n8n’s own tries too, where each makes other parameters', async () => {
			lab.control.addFaults({ match: { body: 'number 1 ' }, do: { kind: 'status', status: 422 } });
			const parameters = { ...withKey(), text: '={{ $json.text }} {{ Math.random() }}' };
			const settings = { retryOnFail: true, maxTries: 2 };
			const result = await lab.run(NODE, parameters, { items: keyed('a', 'b'), settings });
			expect(states(result)).toEqual(['done', 'done']);
			expect(rowsOf(result).every(({ binary }) => binary?.data !== undefined)).toBe(true);
			expect(accepted()).toBe(2);
		});

		it('fails where what was bought is still to be fetched, and fetches it once they are changed back', async () => {
			lab.control.configure({ jobDurationMs: 3_600_000 });
			const settings = { retryOnFail: true, maxTries: 2 };
			const failed = await lab.run(NODE, job(), { items: keyed('a'), settings });
			const { jobId, reason } = failureOf(failed).details;
			expect(reason).toBe('jobTimeout');
			const changed = await lab.engine.retry(failed, { parameters: correctedJob });
			expect(failureOf(changed)).toMatchObject({
				error: expect.stringContaining('bought this item under the same Once Key'),
				message: expect.stringContaining('change the parameters back and press Retry'),
				details: { reason: 'alreadySubmitted', outcomeUnknown: false, jobId },
			});
			lab.control.setJobStatus('speech', String(jobId), 'completed');
			expect(states(await lab.engine.retry(changed, { parameters: job() }))).toEqual(['done']);
			expect(accepted()).toBe(1);
		});

		it('buys only the corrected line of a dialogue', async () => {
			const about = (second: string) => dialogueOf('How are you?', second, 'I see.');
			lab.control.addFaults({ match: { body: 'Wel.' }, do: { kind: 'status', status: 422 } });
			const failed = await lab.run(NODE, about('Wel.'), { items: [{ json: {} }] });
			expect(failureOf(failed).error).toContain('Line 2');
			const retried = await lab.engine.retry(failed, { parameters: about('Well.') });
			expect(retried.rows).toMatchObject([{ lines: 3 }]);
			const bought = lab.control.charges().map(({ subject }) => subject);
			expect(bought).toEqual(['How are you?', 'Well.', 'I see.']);
			expect(failureOf(await lab.engine.retry(failed)).details.reason).toBe('alreadySubmitted');
		});
	});

	it('is recorded anew when it was changed before Retry', async () => {
		const parameters = createJob({ options: { onceKey: '={{ $json.key }}' } });
		const renamed = createJob({ options: { onceKey: '={{ $json.key + "-2" }}' } });
		lab.control.configure({ jobDurationMs: 0 });
		lab.control.failNextJobs('speech', { code: 'ERR' });
		const failed = await lab.run(NODE, parameters, { items: keyed('a') });
		expect(states(await lab.engine.retry(failed, { parameters: renamed }))).toEqual(['done']);
		expect(accepted()).toBe(2);
		for (const again of [parameters, renamed])
			expect(states(await lab.run(NODE, again, { items: keyed('a') }))).toEqual(['skipped']);
		expect(accepted()).toBe(2);
	});

	it('buys what may have been charged once more under another key', async () => {
		lab.control.addFaults({ match: { times: 1 }, do: { kind: 'reset' } });
		const failed = await lab.run(NODE, withKey(), { items: keyed('a') });
		expect(failureOf(failed).details.outcomeUnknown).toBe(true);
		const same = await lab.engine.retry(failed);
		expect(failureOf(same).details.outcomeUnknown).toBe(true);
		const renamed = withKey({ onceKey: '={{ $json.key + "-2" }}' });
		expect(states(await lab.engine.retry(failed, { parameters: renamed }))).toEqual(['done']);
	});

	it('has an item that was refused sent again by Retry, not skipped', async () => {
		lab.control.addFaults({ match: { times: 1 }, do: { kind: 'status', status: 422 } });
		const failed = await lab.run(NODE, withKey(), { items: keyed('a') });
		expect(states(await lab.engine.retry(failed))).toEqual(['done']);
		expect(accepted()).toBe(1);
	});

	it('keeps its key when an accepted job fails, times out or cannot be fetched', async () => {
		const parameters = createJob({
			options: { onceKey: '={{ $json.key }}', waitTimeoutSeconds: 5 },
		});
		lab.control.configure({ jobDurationMs: 0 });
		lab.control.failNextJobs('speech', { code: 'ERR' });
		await lab.run(NODE, parameters, { items: keyed('failed') });
		lab.control.configure({ jobDurationMs: 3_600_000 });
		await lab.run(NODE, parameters, { items: keyed('slow') });
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob },
			do: { kind: 'status', status: 403 },
		});
		await lab.run(NODE, parameters, { items: keyed('lost') });
		const second = await lab.run(NODE, parameters, { items: keyed('failed', 'slow', 'lost') });
		expect(states(second)).toEqual(['skipped', 'skipped', 'skipped']);
		expect(accepted()).toBe(3);
	});

	it('sends nothing when n8n’s store does not work', async () => {
		const result = await lab.run(NODE, withKey(), { items: keyed('a'), nodeId: '' });
		const store = lab.engine.deduplication;
		const { checkProcessedAndRecord } = store;
		store.checkProcessedAndRecord = async () => {
			throw new Error('the database is locked');
		};
		const failed = await lab.run(NODE, withKey(), { items: keyed('z', 'y') });
		store.checkProcessedAndRecord = checkProcessedAndRecord;
		expect(failureOf(failed)).toMatchObject({
			error: expect.stringContaining('the database is locked'),
			details: { kind: 'terminal', outcomeUnknown: false },
		});
		expect(result.status).toBe('success');
		expect(accepted()).toBe(1);
		expect(ledgerOf(failed)).toEqual({});
	});

	it('delivers what was bought even when a key cannot be taken back', async () => {
		const store = lab.engine.deduplication;
		const { removeProcessed } = store;
		store.removeProcessed = async () => {
			throw new Error('the database is locked');
		};
		lab.control.addFaults({ match: { body: 'number 1 ' }, do: { kind: 'status', status: 422 } });
		const result = await lab.run(NODE, withKey(), { items: keyed('a', 'b'), settings: goOn });
		store.removeProcessed = removeProcessed;
		expect(states(result)).toEqual(['done', 'unprocessableMedia']);
		expect(result.logs.some(({ message }) => message.includes('once keys'))).toBe(true);
	});

	it('is settled in two calls before the first request', async () => {
		const store = lab.engine.deduplication;
		const { checkProcessedAndRecord } = store;
		const calls: number[] = [];
		store.checkProcessedAndRecord = async (...call) => {
			calls.push(call[0].length);
			expect(lab.control.requests()).toEqual([]);
			return await checkProcessedAndRecord.apply(store, call);
		};
		await lab.run(NODE, withKey(), { items: keyed('a', 'b', 'c') });
		store.checkProcessedAndRecord = checkProcessedAndRecord;
		// The keys and the token of the claim.
		expect(calls).toEqual([4, 4]);
	});
});
