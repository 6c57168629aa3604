import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
	ACEDATA_ENDPOINTS,
	ACEDATA_NODE,
	failureOf,
	failureRowsOf,
	generateAudio,
	getTask,
	jobLines,
	rowsOf,
	storeAudio,
	synthesizeAudio,
	texts,
	useLab,
	waitForAceDataTask,
} from '../../support/lab/index.mts';

const lab = useLab({ service: 'aceData', servesFiles: true });
const run = async (
	parameters: Parameters<typeof lab.run>[1],
	rest?: Parameters<typeof lab.run>[2],
) => await lab.run(ACEDATA_NODE, parameters, rest);
const bodies = (endpoint: string) => lab.control.requests(endpoint).map(({ body }) => body);
const items = texts(3);
const textOf = (index: number) => String(items[index]?.json?.text);

describe.each([
	['generate', generateAudio, ACEDATA_ENDPOINTS.createAudio, 'fish-tts'],
	['synthesize', synthesizeAudio, ACEDATA_ENDPOINTS.createTts, 's2-pro'],
] as const)('%s', (_name, parametersOf, endpoint, model) => {
	it.each(['answer', 'poll'] as const)(
		'brings the audio of each item in mode %s',
		async (waitMode) => {
			const result = await run(parametersOf({ waitMode }), { items });
			expect(result.error).toBeUndefined();
			expect(lab.control.charges()).toHaveLength(3);
			for (const [index, row] of rowsOf(result).entries()) {
				const text = textOf(index);
				expect(row.json).toMatchObject({
					voiceId: 'voice_123',
					model,
					textHash: createHash('sha256').update(text).digest('hex'),
					characters: text.length,
					audioUrl: expect.stringContaining('/files/'),
					mimeType: 'audio/mpeg',
					durationSeconds: expect.any(Number),
				});
				const { bytes } = await lab.control.audio({ text });
				expect(await lab.engine.binary.read(row, 'data')).toEqual(bytes);
				expect(row.json.bytes).toBe(bytes.length);
				expect(row.pairedItem).toEqual({ item: index });
			}
		},
	);

	it('returns the task at once in mode none', async () => {
		const result = await run(parametersOf({ waitMode: 'none' }), { items });
		const ids = lab.control.requests(endpoint).map(({ createdId }) => createdId);
		expect(result.rows.map(({ taskId }) => taskId).sort()).toEqual(ids.sort());
		expect(result.rows[0]).not.toHaveProperty('audioUrl');
		expect(rowsOf(result)[0]?.binary).toBeUndefined();
		expect(jobLines(result, 'AceDataCloud')).toHaveLength(3);
		expect(bodies(endpoint)).toMatchObject([{ async: true }, { async: true }, { async: true }]);
	});

	it('leaves the audio at its address when nothing is to be downloaded', async () => {
		const result = await run(parametersOf({ downloadAudio: false }), { items: items.slice(0, 1) });
		expect(rowsOf(result)[0]?.binary).toBeUndefined();
		expect(result.rows[0]?.audioUrl).toContain('/files/');
	});

	it('shows the body of the service, but never the text, when Simplify is off', async () => {
		const result = await run(parametersOf({ waitMode: 'poll', simplify: false }), { items });
		expect(result.rows[0]?.raw).toMatchObject({
			id: result.rows[0]?.taskId,
			trace_id: expect.any(String),
		});
		expect(JSON.stringify(result.rows.map(({ raw }) => raw))).not.toContain('quick brown');
	});

	it('refuses an empty text before anything is sent', async () => {
		const result = await run(parametersOf(), { items: [{ json: { text: ' \u200b ' } }] });
		expect(failureOf(result)).toMatchObject({
			error: expect.stringMatching(/^Parameter "(Text|Prompt)" is empty \[item 0\]\.$/),
			details: { reason: 'invalidParameter', attempts: 0 },
		});
		expect(lab.control.requests()).toEqual([]);
	});
});

describe('generate', () => {
	it('sends what the older endpoint takes, and names task and trace of the answer', async () => {
		const result = await run(generateAudio({ options: { action: 'generate' } }), {
			items: items.slice(0, 1),
		});
		expect(bodies(ACEDATA_ENDPOINTS.createAudio)).toEqual([
			{ action: 'generate', prompt: textOf(0), voice_id: 'voice_123', model: 'fish-tts' },
		]);
		const { taskId, traceId } = result.rows[0] ?? {};
		expect(taskId).toMatch(/^fish_/);
		expect(traceId).toBe(`trace_${String(taskId)}`);
	});
});

describe('synthesize', () => {
	it('brings samples that begin like a page, an object or a list', async () => {
		const files = ['<\0\x01\0', '{\xff\x10\0', '[\0\x02\0'].map((start) =>
			Buffer.from(start.repeat(2_000), 'latin1'),
		);
		for (const bytes of files) {
			const file = { bytes, mimeType: 'audio/pcm', extension: 'pcm' };
			const audio_url = await lab.control.publishFile(file);
			lab.control.addFaults({
				match: { path: ACEDATA_ENDPOINTS.createTts },
				do: { kind: 'raw', body: JSON.stringify({ audio_url }) },
			});
			const result = await run(synthesizeAudio({ format: 'pcm' }), { items: items.slice(0, 1) });
			expect(await lab.engine.binary.read(result.outputs[0]?.[0], 'data')).toEqual(bytes);
		}
	});

	it('sends the engine as a header, further fields, and no voice where none is named', async () => {
		const extraFields = '{ "prosody": { "speed": 1.1 } }';
		const parameters = synthesizeAudio({
			voiceId: '',
			engine: 's1',
			format: 'wav',
			options: { extraFields },
		});
		const result = await run(parameters, { items: items.slice(0, 1) });
		const [request] = lab.control.requests(ACEDATA_ENDPOINTS.createTts);
		expect(request?.headers.model).toBe('s1');
		expect(request?.body).toEqual({ text: textOf(0), format: 'wav', prosody: { speed: 1.1 } });
		expect(rowsOf(result)[0]?.binary?.data).toMatchObject({
			mimeType: 'audio/wav',
			fileExtension: 'wav',
		});
		expect(result.rows[0]).not.toHaveProperty('voiceId');
	});

	it.each(['text', 'reference_id', 'format', 'async', 'callback_url'])(
		'lets Extra Fields replace nothing that the node sets: %s',
		async (field) => {
			const options = { extraFields: JSON.stringify({ [field]: true }) };
			const result = await run(synthesizeAudio({ options }), { items: items.slice(0, 1) });
			expect(failureOf(result).error).toContain(`would replace ${field}`);
			expect(lab.control.requests()).toEqual([]);
		},
	);

	it('waits for a task that the service has made instead of an answer', async () => {
		const taskId = await createdTask();
		lab.control.addFaults({
			match: { path: ACEDATA_ENDPOINTS.createTts },
			do: { kind: 'raw', body: JSON.stringify({ task_id: taskId }) },
		});
		const result = await run(synthesizeAudio(), { items: items.slice(0, 1) });
		expect(result.rows[0]).toMatchObject({ taskId, mimeType: 'audio/mpeg' });
	});
});

describe('createVoice', () => {
	it('makes a voice of a recording at an address', async () => {
		const voiceUrl = await publishedAudio();
		const options = { title: 'Anna', description: 'Warm', imageUrl: 'https://example.com/a.png' };
		const result = await run({ operation: 'createVoice', voiceUrl, options });
		expect(bodies(ACEDATA_ENDPOINTS.createAceDataVoice)).toEqual([
			{ voice_url: voiceUrl, title: 'Anna', description: 'Warm', image_url: options.imageUrl },
		]);
		const { voiceId, taskId } = result.rows[0] ?? {};
		expect(lab.control.voices().map(({ id }) => id)).toContain(voiceId);
		expect(result.rows[0]).toMatchObject({
			title: 'Anna',
			state: 'trained',
			traceId: `trace_${String(taskId)}`,
		});
	});

	it('hands a recording of n8n over by an address that nothing shows', async () => {
		const { bytes } = await lab.control.audio({ text: 'A recording of somebody.' });
		const data = await storeAudio(lab, bytes);
		const result = await run(
			{ operation: 'createVoice', audioSource: 'binary' },
			{ items: [{ json: {}, binary: { data } }] },
		);
		expect(result.rows[0]?.voiceId).toMatch(/^voice_/);
		const [request] = lab.control.requests(ACEDATA_ENDPOINTS.createAceDataVoice);
		expect(JSON.stringify(request?.body)).toContain('/binary-data/signed?token=');
		expect(JSON.stringify([result.rows, result.logs, result.contextData])).not.toContain(
			'binary-data/signed',
		);
	});
});

describe('getTask and waitForTask', () => {
	it('tell the voice that a task has made, and miss no audio', async () => {
		const task_id = 'task-of-a-voice';
		const data = { _id: 'voice_9', title: 'Anna' };
		const answer = (path: string, body: object) =>
			lab.control.addFaults({
				match: { path, times: 'always' },
				do: { kind: 'raw', body: JSON.stringify(body) },
			});
		answer(ACEDATA_ENDPOINTS.createAceDataVoice, { task_id });
		const response = { success: true, task_id, data };
		const finished_at = '2026-11-28T00:00:00.000Z';
		const task = { id: task_id, type: 'voices', request: {}, response, finished_at };
		answer(ACEDATA_ENDPOINTS.readTasks, { items: [task], count: 1 });

		const voiceUrl = await publishedAudio();
		const created = await run({ operation: 'createVoice', voiceUrl });
		expect(created.rows).toEqual([{ taskId: task_id }]);
		for (const parameters of [getTask(), waitForAceDataTask()]) {
			const result = await run(parameters, { items: [{ json: created.rows[0] ?? {} }] });
			expect(result.rows).toMatchObject([
				{ taskId: task_id, state: 'succeeded', voiceId: 'voice_9' },
			]);
			expect(result.hints).toEqual([]);
		}
	});

	it('read the tasks of all items together', async () => {
		const tasks = [];
		for (let count = 0; count < 7; count++) tasks.push({ json: { taskId: await createdTask() } });
		const running = await run(getTask(), { items: tasks });
		expect(running.rows.map(({ state }) => state)).toEqual(tasks.map(() => 'running'));
		expect(lab.control.requests(ACEDATA_ENDPOINTS.readTasks)).toHaveLength(1);
		expect(bodies(ACEDATA_ENDPOINTS.readTasks)).toEqual([
			{ action: 'retrieve_batch', ids: tasks.map(({ json }) => json.taskId) },
		]);
		const finished = await run(waitForAceDataTask(), { items: tasks });
		expect(finished.rows.map(({ state, taskId }) => [state, taskId])).toEqual(
			tasks.map(({ json }) => ['succeeded', json.taskId]),
		);
		expect(rowsOf(finished).every(({ binary }) => binary?.data?.mimeType === 'audio/mpeg')).toBe(
			true,
		);
	});

	it.each(['task', 'envelope'] as const)('read a task in the shape "%s"', async (jobShape) => {
		lab.control.configure({ jobShape, jobDurationMs: 0 });
		const taskId = await createdTask();
		const result = await run(getTask(), { items: [{ json: { taskId } }] });
		expect(result.rows[0]).toMatchObject({ taskId, state: 'succeeded', mimeType: 'audio/mpeg' });
	});

	it.each(['task', 'envelope'] as const)(
		'tell of a failed task in the shape "%s"',
		async (jobShape) => {
			lab.control.configure({ jobShape, jobDurationMs: 0 });
			lab.control.failNextJobs('aceData', { code: 'api_error', message: 'No voice today.' });
			const taskId = await createdTask();
			const seen = await run(getTask(), { items: [{ json: { taskId } }] });
			expect(seen.rows[0]).toMatchObject({
				state: 'failed',
				failure: { code: 'api_error', message: 'No voice today.' },
			});
			const waited = await run(waitForAceDataTask(), { items: [{ json: { taskId } }] });
			expect(failureOf(waited)).toMatchObject({
				error: `Task ${taskId} failed (api_error): No voice today.`,
				details: { reason: 'jobFailed', jobId: taskId, operation: 'waitForTask' },
			});
		},
	);

	it('say that the service knows no such task', async () => {
		const known = await createdTask();
		const result = await run(getTask(), {
			items: [{ json: { taskId: 'unknown-task' } }, { json: { taskId: known } }],
			settings: { onError: 'continueRegularOutput' },
		});
		expect(failureRowsOf(result)).toMatchObject([
			{
				error: 'AceDataCloud knows no task unknown-task.',
				details: { reason: 'notFound', jobId: 'unknown-task' },
			},
		]);
		expect(result.rows[1]).toMatchObject({ taskId: known });
	});

	it('end a wait at its deadline with the ID of the task', async () => {
		lab.control.configure({ jobDurationMs: 10 * 60_000 });
		const taskId = await createdTask();
		const options = { waitTimeoutSeconds: 30 };
		const result = await run(waitForAceDataTask({ options }), { items: [{ json: { taskId } }] });
		expect(failureOf(result)).toMatchObject({
			error: expect.stringContaining(`Task ${taskId} was not finished after 30 seconds.`),
			message: expect.stringContaining('Wait for Task'),
			details: { reason: 'jobTimeout', kind: 'retryable', jobId: taskId },
		});
	});
});

describe('poll', () => {
	it('asks at most once a second, for all tasks of the batch together', async () => {
		lab.control.configure({ jobDurationMs: 20_000 });
		const many = texts(12);
		const options = { concurrency: 12 };
		const result = await run(generateAudio({ waitMode: 'poll', options }), { items: many });
		expect(result.error).toBeUndefined();
		const reads = lab.control.requests(ACEDATA_ENDPOINTS.readTasks);
		const gaps = reads.slice(1).map(({ at }, index) => at - (reads[index]?.at ?? 0));
		expect(Math.min(...gaps)).toBeGreaterThan(990);
		// Each on its own would be about six reads for each of twelve tasks.
		expect(reads.length).toBeLessThan(30);
	});
});

describe('what a read of several tasks does not tell', () => {
	it.each([
		['asked for again, when the service tells of few at once', { mostTasksTold: 20 }],
		['waited for, when the service lists new tasks late', { tasksHiddenForMs: 3_000 }],
	])('is %s', async (_how, behaviour) => {
		lab.control.configure(behaviour);
		const options = { concurrency: 30 };
		const result = await run(generateAudio({ waitMode: 'poll', options }), { items: texts(30) });
		expect(result.error).toBeUndefined();
		expect(rowsOf(result).every(({ binary }) => binary?.data !== undefined)).toBe(true);
		expect(lab.control.charges()).toHaveLength(30);
	});

	it('is a failure after half a minute, which says that the task was accepted', async () => {
		lab.control.configure({ tasksHiddenForMs: 10 * 60_000 });
		const options = { waitTimeoutSeconds: 300 };
		const result = await run(generateAudio({ waitMode: 'poll', options }), { items: texts(1) });
		const [taskId] = lab.control.jobIds('aceData');
		expect(failureOf(result)).toMatchObject({
			error: `AceDataCloud knows no task ${taskId}.`,
			message: expect.stringMatching(/The task was accepted.+Wait for Task/),
			details: { reason: 'notFound', jobId: taskId },
		});
		const [created] = lab.control.requests(ACEDATA_ENDPOINTS.createAudio);
		const last = lab.control.requests(ACEDATA_ENDPOINTS.readTasks).at(-1);
		expect(Number(last?.at) - Number(created?.at)).toBeGreaterThan(29_000);
		lab.clock?.skip(10 * 60_000);
		const retried = await lab.engine.retry(result);
		expect(rowsOf(retried)[0]?.binary?.data).toBeDefined();
		expect(lab.control.charges()).toHaveLength(1);
	});

	it.each([
		['refused by the service', true],
		['unknown to it', false],
	])('fails only the task that is %s', async (_why, isRefused) => {
		lab.control.configure({ jobDurationMs: 0 });
		if (isRefused)
			lab.control.addFaults({
				match: { path: ACEDATA_ENDPOINTS.readTasks, body: 'bad-one', times: 'always' },
				do: { kind: 'status', status: 400, message: 'ids: not an ID' },
			});
		const tasks = [];
		for (let count = 0; count < 29; count++) tasks.push({ json: { taskId: await createdTask() } });
		tasks.splice(7, 0, { json: { taskId: 'bad-one' } });
		const result = await run(waitForAceDataTask(), {
			items: tasks,
			settings: { onError: 'continueRegularOutput' },
		});
		expect(failureRowsOf(result)).toMatchObject([
			{ itemIndex: 7, details: { reason: isRefused ? 'invalidRequest' : 'notFound' } },
		]);
		expect(rowsOf(result).filter(({ binary }) => binary?.data !== undefined)).toHaveLength(29);
		// Read one by one, they would be thirty.
		expect(lab.control.requests(ACEDATA_ENDPOINTS.readTasks).length).toBeLessThan(15);
	});

	it('is about the token, and not about a task, when the service says so', async () => {
		lab.control.addFaults({
			match: { path: ACEDATA_ENDPOINTS.readTasks, times: 'always' },
			do: { kind: 'status', status: 401 },
		});
		const tasks = ['a', 'b', 'c'].map((taskId) => ({ json: { taskId } }));
		await run(getTask(), { items: tasks });
		expect(lab.control.requests(ACEDATA_ENDPOINTS.readTasks)).toHaveLength(1);
	});
});

async function createdTask(): Promise<string> {
	const response = await fetch(`${lab.sandbox.origin}/fish/audios`, {
		method: 'POST',
		headers: { authorization: `Bearer ${lab.sandbox.token}`, 'content-type': 'application/json' },
		body: JSON.stringify({
			action: 'speech',
			prompt: 'Made by somebody else.',
			voice_id: 'voice_123',
			async: true,
		}),
	});
	const { task_id: taskId }: { task_id: string } = JSON.parse(await response.text());
	return taskId;
}

async function publishedAudio(): Promise<string> {
	const { bytes } = await lab.control.audio({ text: 'A recording of somebody.' });
	return await lab.control.publishFile({ bytes, mimeType: 'audio/mpeg', extension: 'mp3' });
}
