import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import { type Execution, outputOf } from '../host/execution.mts';
import type { Workflow } from '../host/n8n-client.mts';
import { until } from '../host/until.mts';
import { chain } from '../host/workflow.mts';
import { EVERY_OTHER_SECOND, fishSpeechNode } from '../support/nodes.mts';
import { finish, orderLipSyncJob } from '../support/otherClient.mts';
import { useLab } from '../support/useLab.mts';

/** In an outage, a poll tries again for as long as n8n lets it. */
const LONGEST_POLL_MS = 60_000;
/** A list of 400 pages is read at 20 pages a poll. */
const LONG_LIST_MS = 180_000;

const TRIGGER = 'Trigger';

describe('FishSpeech Trigger', () => {
	const lab = useLab({ sandbox: { jobDurationMs: 3_600_000 } });

	function jobFinished() {
		return triggered({ event: 'lipSyncJobFinished' });
	}

	function triggered(event: INodeParameters) {
		const parameters = {
			pollTimes: EVERY_OTHER_SECOND,
			...event,
		};
		const { credentials } = lab;
		return chain('Triggered', [
			fishSpeechNode(TRIGGER, 'fishSpeechTrigger', parameters, { credentials }),
		]);
	}

	/** Waits until n8n has polled `count` times more. */
	async function polls(count: number, endpoint: string = ENDPOINTS.listLipSyncJobs): Promise<void> {
		const { control } = lab.sandbox;
		await control.waitForRequests(endpoint, control.requests(endpoint).length + count);
	}

	/** The executions that the trigger has started beside the known ones, once there is one. */
	async function nextExecution(
		workflow: Workflow,
		known: Set<string>,
		withinMs = LONGEST_POLL_MS,
	): Promise<Execution> {
		const { client } = lab;
		const id = await until('an execution by the trigger', withinMs, async () => {
			return (await client.executionsOf(workflow)).find((found) => !known.has(found.id))?.id;
		});
		known.add(id);
		return await client.endOf(id);
	}

	const idsOf = (execution: Execution) =>
		outputOf(execution, TRIGGER).map(({ json }) => json['jobId']);

	it(
		'starts a workflow for each job once, over restarts of n8n and activations',
		async () => {
			const { client, server } = lab;
			const known = new Set<string>();
			finish(lab, 'lipSync', await orderLipSyncJob(lab, 'Long before.'));
			const workflow = await lab.activate(jobFinished());

			const first = finish(lab, 'lipSync', await orderLipSyncJob(lab, 'The first one.'));
			expect(idsOf(await nextExecution(workflow, known))).toEqual([first]);

			// Nobody polls while n8n is away; it saved nothing of this job.
			const second = await orderLipSyncJob(lab, 'The second one.');
			await server.kill();
			finish(lab, 'lipSync', second);
			await server.restart();
			expect(idsOf(await nextExecution(workflow, known))).toEqual([second]);

			await client.deactivate(workflow);
			finish(lab, 'lipSync', await orderLipSyncJob(lab, 'While it was not active.'));
			await client.activate(workflow);
			const third = finish(lab, 'lipSync', await orderLipSyncJob(lab, 'The third one.'));
			expect(idsOf(await nextExecution(workflow, known))).toEqual([third]);
			expect(await client.executionsOf(workflow)).toHaveLength(3);
			await client.deactivate(workflow);
		},
		4 * LONGEST_POLL_MS,
	);

	it(
		'ends a failed poll as a failed execution that says what to do, and goes on',
		async () => {
			const { client, sandbox } = lab;
			const known = new Set<string>();
			const workflow = await lab.activate(jobFinished());
			const job = await orderLipSyncJob(lab, 'In an outage.');
			sandbox.control.addFaults({
				match: { times: 'always' },
				do: { kind: 'status', status: 503 },
			});
			finish(lab, 'lipSync', job);
			const failed = await nextExecution(workflow, known);
			expect(failed.status).toBe('error');
			expect(failed.data.resultData.error).toMatchObject({
				message: expect.stringContaining('answered 503'),
				description: expect.stringContaining('Run again later'),
			});
			await polls(3);
			sandbox.control.clearFaults();
			const recovered = async (): Promise<Execution> => {
				const next = await nextExecution(workflow, known);
				return next.status === 'error' ? await recovered() : next;
			};
			expect(idsOf(await recovered())).toEqual([job]);
			await client.deactivate(workflow);
		},
		4 * LONGEST_POLL_MS,
	);

	it.each(['oldestFirst', 'mixed'] as const)(
		'fires a job once from a list that is %s',
		async (jobListOrder) => {
			const { client, sandbox } = lab;
			sandbox.control.configure({ jobListOrder });
			for (const text of ['One.', 'Two.', 'Three.'])
				finish(lab, 'lipSync', await orderLipSyncJob(lab, text));
			const workflow = await lab.activate(jobFinished());
			const job = await orderLipSyncJob(lab, 'The new one.');
			await polls(2);
			finish(lab, 'lipSync', job);
			expect(idsOf(await nextExecution(workflow, new Set()))).toEqual([job]);
			await polls(3);
			expect(await client.executionsOf(workflow)).toHaveLength(1);
			await client.deactivate(workflow);
		},
		2 * LONGEST_POLL_MS,
	);

	it(
		'fires a job that finishes on page 400',
		async () => {
			const { client, sandbox } = lab;
			sandbox.control.configure({ jobListOrder: 'oldestFirst' });
			sandbox.control.addOldLipSyncJobs(20_000);
			const workflow = await lab.activate(jobFinished());
			const job = await orderLipSyncJob(lab, 'Behind all the others.');
			// By then the list is known; what was finished before that is old.
			await polls(450);
			finish(lab, 'lipSync', job);
			expect(idsOf(await nextExecution(workflow, new Set(), LONG_LIST_MS))).toEqual([job]);
			expect(await client.executionsOf(workflow)).toHaveLength(1);
			await client.deactivate(workflow);
		},
		2 * LONG_LIST_MS,
	);

	it(
		'fires an event once when polls overlap',
		async () => {
			const { client, sandbox } = lab;
			const workflow = await lab.activate(jobFinished());
			// Each poll takes longer than n8n waits before the next one.
			sandbox.control.configure({ latencyMs: 5_000 });
			await polls(2);
			const job = finish(lab, 'lipSync', await orderLipSyncJob(lab, 'In the middle.'));
			expect(idsOf(await nextExecution(workflow, new Set()))).toEqual([job]);
			sandbox.control.configure({ latencyMs: 0 });
			await polls(4);
			expect(await client.executionsOf(workflow)).toHaveLength(1);
			await client.deactivate(workflow);
		},
		4 * LONGEST_POLL_MS,
	);

	it('asks for filters where there are more than 10,000 voices', async () => {
		const { control } = lab.sandbox;
		control.addVoices(10_001 - control.voices().length);
		await expect(lab.activate(triggered({ event: 'voiceAdded' }))).rejects.toThrow(
			'more than 10000 voices',
		);
	});

	it('refuses an activation that cannot work, with the reason', async () => {
		lab.sandbox.control.addFaults({
			match: { times: 'always' },
			do: { kind: 'status', status: 401 },
		});
		await expect(lab.activate(jobFinished())).rejects.toThrow('answered 401');
	});

	it('says in a test by hand what is missing, and shows what there is', async () => {
		const missing = await lab.run(jobFinished(), TRIGGER);
		expect(missing.data.resultData.error).toMatchObject({
			message: expect.stringContaining('no finished lip sync job'),
		});
		const job = finish(lab, 'lipSync', await orderLipSyncJob(lab, 'Here it is.'));
		expect(idsOf(await lab.run(jobFinished(), TRIGGER))).toEqual([job]);
	});
});
