import { beforeEach, describe, expect, it, vi } from 'vitest';
import { callBesideN8n, ENDPOINTS, publishClip, speak, useLab } from '../../support/lab/index.mts';

/** Jobs finish when a test says so. */
const lab = useLab({ sandbox: { jobDurationMs: 1_000_000_000 } });

const finished = { event: 'lipSyncJobFinished' };

let media: { readonly videoUrl: string; readonly audioUrl: string };

beforeEach(async () => {
	media = { videoUrl: await publishClip(lab), audioUrl: (await speak(lab, 'Hello.')).url };
});

async function addJob(status?: string): Promise<string> {
	lab.clock?.skip(1_000);
	const answer = await callBesideN8n(lab, ENDPOINTS.createLipSyncJob, media);
	const jobId: string = JSON.parse(answer.toString()).data.id;
	if (status !== undefined) setStatus(jobId, status);
	return jobId;
}

const setStatus = (jobId: string, status: string) =>
	lab.control.setJobStatus('lipSync', jobId, status);
const idsOf = (rows: ReadonlyArray<Record<string, unknown>>) => rows.map(({ jobId }) => jobId);
const listRequests = () => lab.control.requests(ENDPOINTS.listLipSyncJobs).length;
const lookRequests = () => lab.control.requests(ENDPOINTS.getLipSyncJob).length;

describe('Lip Sync Job Finished', () => {
	it('fires nothing old at activation, and each job that finishes once', async () => {
		await addJob('completed');
		const trigger = lab.trigger(finished);
		expect(await trigger.activate()).toEqual([]);
		const running = await addJob();
		expect(await trigger.poll()).toEqual([]);
		setStatus(running, 'completed');
		expect(await trigger.poll()).toEqual([
			expect.objectContaining({
				event: 'lipSyncJobFinished',
				jobId: running,
				state: 'succeeded',
				status: 'completed',
				resultUrl: expect.any(String),
				createdAt: expect.any(String),
			}),
		]);
		expect(await trigger.poll()).toEqual([]);
	});

	it.each([
		['any', 2],
		['succeeded', 1],
		['failed', 1],
	])('fires jobs of the status %s', async (status, count) => {
		const trigger = lab.trigger({ ...finished, status });
		await trigger.activate();
		await addJob('completed');
		await addJob('failed');
		const rows = await trigger.poll();
		expect(rows).toHaveLength(count);
		if (status !== 'any') expect(rows[0]).toMatchObject({ state: status });
		expect(await trigger.poll()).toEqual([]);
	});

	it('shows the service’s own answer with Simplify off', async () => {
		const trigger = lab.trigger({ ...finished, simplify: false });
		await trigger.activate();
		const jobId = await addJob('completed');
		expect(await trigger.poll()).toMatchObject([{ jobId, raw: { id: jobId, credits_used: 5 } }]);
	});

	it('looks for a job that the list does not show any more, and returns the same row', async () => {
		const running = await addJob();
		const trigger = lab.trigger(finished);
		await trigger.activate();
		const [early] = await runningRows();
		for (let job = 0; job < 51; job++) await addJob('completed');
		expect(await trigger.poll()).toHaveLength(51);
		setStatus(running, 'completed');
		const [row] = await trigger.poll();
		expect(row).toMatchObject({ jobId: running, state: 'succeeded', event: finished.event });
		expect(Object.keys(row ?? {})).toEqual(expect.arrayContaining(Object.keys(early ?? {})));
		expect(row).not.toHaveProperty('success');
		expect(lookRequests()).toBe(1);
	});

	async function runningRows() {
		return (await lab.run('fishSpeechLipSync', { operation: 'getAll' })).rows;
	}

	it('costs one request for a list of 10,000 jobs of which none is new', async () => {
		lab.control.addOldLipSyncJobs(10_000);
		const trigger = lab.trigger(finished);
		await trigger.activate();
		const before = lab.control.requests().length;
		expect(await trigger.poll()).toEqual([]);
		expect(lab.control.requests().length - before).toBe(1);
	});
});

describe('over restarts', () => {
	it('loses nothing, though a poll without rows saves nothing', async () => {
		const trigger = lab.trigger(finished);
		await trigger.activate();
		const early = await addJob();
		await trigger.poll();
		const saved = trigger.savedStaticData;
		setStatus(early, 'completed');
		const late = await addJob('failed');
		expect(idsOf(await trigger.activate('init'))).toEqual([early, late]);
		expect(trigger.savedStaticData).not.toEqual(saved);
		expect(await trigger.activate('init')).toEqual([]);
	});

	it('fires no event twice in a process, even from a memory that was rolled back', async () => {
		const trigger = lab.trigger(finished);
		await trigger.activate();
		const copy = structuredClone(trigger.savedStaticData);
		await addJob('completed');
		expect(await trigger.poll()).toHaveLength(1);
		trigger.rollBack(copy);
		expect(await trigger.activate('init')).toEqual([]);
	});

	it('does not count what has happened while the workflow was not active', async () => {
		const trigger = lab.trigger(finished);
		await trigger.activate();
		await addJob('completed');
		expect(await trigger.activate('activate')).toEqual([]);
		expect(await trigger.poll()).toEqual([]);
		const jobId = await addJob('completed');
		expect(idsOf(await trigger.poll())).toEqual([jobId]);
	});

	it('does not fire what another Status has passed over, but what finishes later', async () => {
		const trigger = lab.trigger({ ...finished, status: 'failed' });
		await trigger.activate();
		const running = await addJob();
		for (let job = 0; job < 3; job++) await addJob('completed');
		expect(await trigger.poll()).toEqual([]);
		trigger.change({ status: 'any' });
		expect(await trigger.activate('update')).toEqual([]);
		setStatus(running, 'completed');
		expect(idsOf(await trigger.poll())).toEqual([running]);
	});

	it('goes on when the active workflow was changed', async () => {
		const trigger = lab.trigger(finished);
		await trigger.activate();
		const jobId = await addJob('completed');
		expect(idsOf(await trigger.activate('update'))).toEqual([jobId]);
	});

	it('begins anew with another account, not with another spelling of the same one', async () => {
		const { baseUrl, token: apiToken } = lab.sandbox;
		const use = (url: string) =>
			lab.engine.updateCredential(lab.credential, { baseUrl: url, apiToken });
		const trigger = lab.trigger(finished);
		await trigger.activate();
		await addJob('completed');
		use(`${baseUrl}/`);
		expect(await trigger.poll()).toHaveLength(1);
		await addJob('completed');
		use(baseUrl.replace('127.0.0.1', 'localhost'));
		expect(await trigger.poll()).toEqual([]);
		use(baseUrl);
	});
});

describe('polls', () => {
	it('that run at the same time fire an event once', async () => {
		const trigger = lab.trigger(finished);
		await trigger.activate();
		const jobId = await addJob('completed');
		const rows = (await Promise.all([trigger.poll(), trigger.poll()])).flat();
		expect(idsOf(rows)).toEqual([jobId]);
		expect(listRequests()).toBe(2);
	});

	it.each(['update', 'activate'] as const)(
		'that n8n drops, because the workflow was activated meanwhile (%s), lose no event',
		async (activation) => {
			const trigger = lab.trigger(finished);
			await trigger.activate();
			if (activation === 'update') await addJob('completed');
			lab.control.addFaults({
				match: { path: ENDPOINTS.listLipSyncJobs },
				do: { kind: 'stall' },
			});
			const listed = listRequests();
			const rows = await trigger.activateDuringPoll(activation, async () => {
				await vi.waitUntil(() => listRequests() > listed, { timeout: 20_000 });
			});
			expect(rows).toHaveLength(activation === 'update' ? 1 : 0);
			const later = await addJob('completed');
			expect(idsOf(await trigger.poll())).toEqual([later]);
			expect(await trigger.poll()).toEqual([]);
		},
	);

	it('miss nothing after an outage of several polls', async () => {
		const trigger = lab.trigger(finished);
		await trigger.activate();
		const jobId = await addJob();
		await trigger.poll();
		lab.control.addFaults({ match: { times: 'always' }, do: { kind: 'status', status: 503 } });
		setStatus(jobId, 'completed');
		for (let polls = 0; polls < 3; polls++)
			await expect(trigger.poll()).rejects.toMatchObject({
				message: expect.stringContaining('answered 503'),
				context: { details: { reason: 'serverError', operation: 'lipSyncJobFinished' } },
			});
		lab.control.clearFaults();
		const next = await addJob('completed');
		expect(idsOf(await trigger.poll())).toEqual([jobId, next]);
	});

	it('whose look-up of one job fails hand on what the others have found, and ask again', async () => {
		const stuck = await addJob();
		const trigger = lab.trigger(finished);
		await trigger.activate();
		for (let job = 0; job < 51; job++) await addJob('completed');
		lab.control.addFaults({
			match: { path: ENDPOINTS.getLipSyncJob, times: 'always' },
			do: { kind: 'status', status: 500 },
		});
		expect(await trigger.poll()).toHaveLength(51);
		await expect(trigger.poll()).rejects.toMatchObject({
			context: { details: { reason: 'serverError', jobId: stuck } },
		});
		lab.control.clearFaults();
		setStatus(stuck, 'completed');
		expect(idsOf(await trigger.poll())).toEqual([stuck]);
	});

	it('end within the time that n8n gives them, and lose nothing', async () => {
		const trigger = lab.trigger(finished, { budgetMs: 8_000 });
		await trigger.activate();
		const jobId = await addJob('completed');
		lab.control.addFaults({ match: { times: 'always' }, do: { kind: 'stall' } });
		// Often enough for short and long pauses before the second try, which has time only after short ones.
		for (let polls = 0; polls < 12; polls++) {
			const skippedMs = lab.clock?.skippedMs ?? 0;
			await expect(trigger.poll()).rejects.toMatchObject({
				message: 'FishSpeech did not answer within the 8 seconds that n8n gives a poll.',
				description: expect.stringContaining('the next poll looks for the same events'),
				context: { details: { reason: 'timeout' } },
			});
			// What the machine takes besides is no wait of the poll.
			expect((lab.clock?.skippedMs ?? 0) - skippedMs).toBeLessThan(8_000);
		}
		lab.control.clearFaults();
		expect(idsOf(await trigger.poll())).toEqual([jobId]);
	});

	it('say that the time-out in the options is too short where it is', async () => {
		const trigger = lab.trigger({ ...finished, options: { requestTimeoutSeconds: 2 } });
		await trigger.activate();
		lab.control.addFaults({ match: { times: 'always' }, do: { kind: 'stall' } });
		await expect(trigger.poll()).rejects.toMatchObject({
			message: 'FishSpeech sent nothing for 2 seconds.',
			description: expect.stringContaining('raise Request Timeout (Seconds)'),
		});
	});
});

describe('a test in the editor', () => {
	it('shows the newest finished job whatever the memory, and changes nothing', async () => {
		await addJob('completed');
		const newest = await addJob('failed');
		await addJob();
		const trigger = lab.trigger(finished);
		await trigger.activate();
		const saved = trigger.savedStaticData;
		expect(idsOf(await trigger.fetchTestEvent())).toEqual([newest]);
		expect(idsOf(await trigger.fetchTestEvent())).toEqual([newest]);
		expect(trigger.savedStaticData).toEqual(saved);
	});

	it('finds the newest job of a status, however far down it is', async () => {
		const failed = await addJob('failed');
		for (let job = 0; job < 101; job++) await addJob('completed');
		const trigger = lab.trigger({ ...finished, status: 'failed' });
		expect(idsOf(await trigger.fetchTestEvent())).toEqual([failed]);
	});

	it('says what is missing when there is none', async () => {
		await addJob();
		await expect(lab.trigger(finished).fetchTestEvent()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringContaining('no finished lip sync job'),
			description: expect.stringContaining('Create Job'),
		});
	});
});
