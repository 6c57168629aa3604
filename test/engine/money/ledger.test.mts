import { describe, expect, it } from 'vitest';
import type { IDataObject } from 'n8n-workflow';
import type { RunResult } from '../../support/engine/index.mts';
import {
	createJob,
	ENDPOINTS,
	failureOf,
	getJob,
	ledgerOf,
	synthesize,
	texts,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const oneAtATime = { options: { concurrency: 1 } };

const lab = useLab();

/** Fails the item whose text holds `body`, once. */
function refuse(body: string, status = 422): void {
	lab.control.addFaults({ match: { body }, do: { kind: 'status', status } });
}

const textsOf = (items: ReturnType<typeof texts>) => items.map(({ json }) => String(json?.text));
const accepted = () => lab.control.stats().accepted;
const entriesOf = (result: RunResult) => Object.values(ledgerOf(result)) as IDataObject[];

describe('the Idempotency-Key', () => {
	const keys = () =>
		lab.control.requests(ENDPOINTS.synthesize).map(({ idempotencyKey }) => idempotencyKey);

	it('is the same for every try at an item until it is finally refused, and no other’s', async () => {
		lab.control.addFaults({
			match: { body: 'number 1 ', times: 3 },
			do: { kind: 'status', status: 429, retryAfter: 0 },
		});
		lab.control.addFaults({ match: { body: 'number 1 ' }, do: { kind: 'status', status: 422 } });
		const parameters = synthesize({ options: { concurrency: 1, maxRetries: 1 } });
		const settings = { retryOnFail: true, maxTries: 2 };
		const failed = await lab.run(NODE, parameters, { items: texts(2), settings });
		expect(failureOf(failed).details.reason).toBe('unprocessableMedia');
		await lab.engine.retry(failed);
		const [first, ...second] = keys();
		expect(first).toMatch(/^[0-9a-f]{32}$/);
		expect(second).toHaveLength(5);
		// A server that keys its answers would repeat the refusal to a key that it knows.
		const [refused, afterwards] = [second.slice(0, 4), second[4]];
		expect(new Set(refused).size).toBe(1);
		expect(afterwards).not.toBe(refused[0]);
		expect(second).not.toContain(first);
	});

	it('differs between two executions, two items and two texts', async () => {
		const same = [{ json: { text: 'The same text.' } }, { json: { text: 'The same text.' } }];
		await lab.run(NODE, synthesize(), { items: same });
		await lab.run(NODE, synthesize(), { items: same });
		expect(new Set(keys()).size).toBe(4);
		expect(keys()).not.toContain(undefined);
	});

	it('goes with no read', async () => {
		await lab.run(NODE, createJob(), { items: texts(1) });
		const reads = lab.control.requests().filter(({ method }) => method === 'GET');
		expect(new Set(reads.map(({ idempotencyKey }) => idempotencyKey))).toEqual(
			new Set([undefined]),
		);
	});
});

describe('what the ledger holds', () => {
	it('is nothing after a run without a failed row', async () => {
		const result = await lab.run(NODE, createJob(), { items: texts(3) });
		expect(result.contextData['node:Node'] ?? {}).toEqual({});
	});

	it('is nothing after a Retry that went well', async () => {
		refuse('number 2 ');
		const failed = await lab.run(NODE, synthesize(oneAtATime), { items: texts(3) });
		expect(entriesOf(failed)).toHaveLength(3);
		const retried = await lab.engine.retry(failed);
		expect(retried.contextData['node:Node'] ?? {}).toEqual({});
	});

	it('is nothing of reads', async () => {
		await lab.run(NODE, createJob({ waitForCompletion: false }), { items: texts(1) });
		const [jobId] = lab.control.jobIds('speech');
		const items = [{ json: { jobId } }, { json: { jobId: 'unknown' } }];
		const result = await lab.run(NODE, getJob(), { items });
		expect(failureOf(result).itemIndex).toBe(1);
		expect(ledgerOf(result)).toEqual({});
		expect(failureOf(result).message).toContain('1 of 2 items are done, 0 were not sent.');
	});

	it.each([
		['synthesize as a file', synthesize(oneAtATime)],
		['synthesize as a file via a URL', synthesize({ ...oneAtATime, delivery: 'fileViaUrl' })],
		['synthesize as a URL', synthesize({ ...oneAtATime, delivery: 'url' })],
		['a job', createJob(oneAtATime)],
	])('costs at most 1,400 bytes for %s', async (_name, parameters) => {
		lab.control.configure({ usageHeaders: true });
		refuse('number 1 ');
		const failed = await lab.run(NODE, parameters, { items: texts(2) });
		const [row] = Object.entries(ledgerOf(failed));
		expect(row?.[1]).toHaveProperty('sealed');
		expect(Buffer.byteLength(JSON.stringify(row))).toBeLessThanOrEqual(1_400);
	});

	it('has neither request text nor token nor the query string of a URL', async () => {
		const items = texts(3);
		refuse('number 2 ');
		const failed = await lab.run(NODE, synthesize({ ...oneAtATime, delivery: 'fileViaUrl' }), {
			items,
		});
		const stored = JSON.stringify(failed.contextData);
		for (const text of textsOf(items)) expect(stored).not.toContain(text.slice(0, 24));
		expect(stored).not.toContain(lab.sandbox.token);
		expect(stored).not.toContain('signature=');
	});

	it('tells the runs of a loop apart', async () => {
		const node = {
			id: 'speak',
			name: 'Speak',
			type: 'n8n-nodes-fishspeech.fishSpeechTextToSpeech',
			typeVersion: 1,
			position: [0, 0] as [number, number],
			parameters: synthesize({ text: 'The same text in every round.' }),
			credentials: { fishSpeechApi: { id: 'x', name: 'x' } },
		};
		const at = { typeVersion: 1, position: [0, 0] as [number, number] };
		const result = await lab.engine.runWorkflow(
			{
				nodes: [
					{ ...at, id: 's', name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
					{
						...at,
						id: 'l',
						name: 'Loop',
						type: 'n8n-nodes-base.splitInBatches',
						parameters: { batchSize: 1 },
					},
					node,
				],
				connections: {
					Start: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
					Loop: { main: [[], [{ node: 'Speak', type: 'main', index: 0 }]] },
					Speak: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
				},
				pinData: { Start: texts(3).map(({ json }) => ({ json: json ?? {} })) },
			},
			{ credentials: { fishSpeechApi: lab.credential }, nodeName: 'Speak' },
		);
		expect(result.status).toBe('success');
		expect(result.runsOf('Speak')).toHaveLength(3);
		const keys = lab.control.requests().map(({ idempotencyKey }) => idempotencyKey);
		expect(new Set(keys).size).toBe(3);
	});

	it('is ignored where it has another version or a shape that makes no sense', async () => {
		refuse('number 1 ');
		const failed = await lab.run(NODE, synthesize(oneAtATime), { items: texts(2) });
		const context = failed.run.data.executionData?.contextData['node:Node'];
		if (context === undefined) throw new Error('no context');
		const ledger = context.paidCalls as IDataObject & { entries: IDataObject };
		const key = Object.keys(ledger.entries).find((place) => place.startsWith('0.0.'));
		ledger.entries[String(key)] = { rows: 'not rows', executionId: 7 };
		expect((await lab.engine.retry(failed)).status).toBe('success');
		expect(accepted()).toBe(3);
		ledger.version = 1;
		refuse('number 1 ');
		expect((await lab.engine.retry(failed)).status).toBe('error');
	});

	it('survives polls, not only creates: a job’s entry is there before its first poll', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob, times: 'always' },
			do: { kind: 'status', status: 403 },
		});
		const failed = await lab.run(NODE, createJob(), { items: texts(1) });
		const [jobId] = lab.control.jobIds('speech');
		expect(failureOf(failed).details).toMatchObject({ reason: 'forbidden', jobId });
		expect(failureOf(failed).error).toContain(`Job: ${jobId}.`);
		expect(entriesOf(failed)[0]).toHaveProperty('sealed');
		expect(JSON.stringify(ledgerOf(failed))).not.toContain(jobId);
		lab.control.clearFaults();
		expect((await lab.engine.retry(failed)).status).toBe('success');
		expect(accepted()).toBe(1);
	});
});
