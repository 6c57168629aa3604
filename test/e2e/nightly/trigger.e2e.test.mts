import { describe, expect, it } from 'vitest';

import { type Execution, outputOf } from '../host/execution.mts';
import type { Workflow } from '../host/n8n-client.mts';
import { until } from '../host/until.mts';
import { chain } from '../host/workflow.mts';
import { fishSpeechNode } from '../support/nodes.mts';
import { finish, orderLipSyncJob } from '../support/otherClient.mts';
import { useLab } from '../support/useLab.mts';

/** n8n polls once a minute. */
const LONGEST_POLL_MS = 100_000;

describe('FishSpeech Trigger', () => {
	const lab = useLab({ sandbox: { jobDurationMs: 3_600_000 } });

	function jobFinished() {
		const parameters = {
			pollTimes: { item: [{ mode: 'everyMinute' }] },
			event: 'lipSyncJobFinished',
		};
		const { credentials } = lab;
		return chain('Finished', [
			fishSpeechNode('Job Finished', 'fishSpeechTrigger', parameters, { credentials }),
		]);
	}

	/** The executions that the trigger has started beside the known ones, once there is one. */
	async function nextExecution(workflow: Workflow, known: Set<string>): Promise<Execution> {
		const { client } = lab;
		const id = await until('an execution by the trigger', LONGEST_POLL_MS, async () => {
			return (await client.executionsOf(workflow)).find((found) => !known.has(found.id))?.id;
		});
		known.add(id);
		return await client.endOf(id);
	}

	const idsOf = (execution: Execution) =>
		outputOf(execution, 'Job Finished').map(({ json }) => json['jobId']);

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
			const job = finish(lab, 'lipSync', await orderLipSyncJob(lab, 'In an outage.'));
			sandbox.control.addFaults({
				match: { times: 'always' },
				do: { kind: 'status', status: 503 },
			});
			const failed = await nextExecution(workflow, known);
			expect(failed.status).toBe('error');
			expect(failed.data.resultData.error).toMatchObject({
				message: expect.stringContaining('answered 503'),
				description: expect.stringContaining('Run again later'),
			});
			sandbox.control.clearFaults();
			expect(idsOf(await nextExecution(workflow, known))).toEqual([job]);
			await client.deactivate(workflow);
		},
		4 * LONGEST_POLL_MS,
	);

	it('refuses an activation that cannot work, with the reason', async () => {
		lab.sandbox.control.addFaults({
			match: { times: 'always' },
			do: { kind: 'status', status: 401 },
		});
		await expect(lab.activate(jobFinished())).rejects.toThrow('answered 401');
	});

	it('says in a test by hand what is missing, and shows what there is', async () => {
		const missing = await lab.run(jobFinished(), 'Job Finished');
		expect(missing.data.resultData.error).toMatchObject({
			message: expect.stringContaining('no finished lip sync job'),
		});
		const job = finish(lab, 'lipSync', await orderLipSyncJob(lab, 'Here it is.'));
		expect(idsOf(await lab.run(jobFinished(), 'Job Finished'))).toEqual([job]);
	});
});
