import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import {
	callBesideN8n,
	ENDPOINTS,
	failureOf,
	publishClip,
	speak,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechLipSync';

const lab = useLab({ sandbox: { jobDurationMs: 1_000_000_000 } });

async function addJobs(count: number): Promise<void> {
	const { url: audioUrl } = await speak(lab, 'Hello.');
	const videoUrl = await publishClip(lab);
	for (let job = 0; job < count; job++)
		await callBesideN8n(lab, ENDPOINTS.createLipSyncJob, { videoUrl, audioUrl });
}

async function list(parameters: INodeParameters = {}) {
	return await lab.run(NODE, { operation: 'getAll', ...parameters });
}

function answerWith(...bodies: unknown[]): void {
	for (const body of bodies)
		lab.control.addFaults({
			match: { path: ENDPOINTS.listLipSyncJobs },
			do: { kind: 'raw', contentType: 'application/json', body: JSON.stringify(body) },
		});
}

const queries = () => lab.control.requests(ENDPOINTS.listLipSyncJobs).map(({ query }) => query);
const jobs = (...ids: string[]) => ids.map((id) => ({ id, status: 'completed' }));

describe('getAll', () => {
	it('returns up to 50 jobs by default, newest first, each a row of its own', async () => {
		await addJobs(52);
		const { rows } = await list();
		expect(rows.map(({ jobId }) => jobId)).toEqual(lab.control.jobIds('lipSync').slice(0, 50));
		expect(rows[0]).toEqual({
			jobId: expect.any(String),
			state: 'running',
			status: 'queued',
			progress: 40,
			creditsUsed: 5,
			createdAt: expect.any(String),
			videoUrl: expect.any(String),
			updatedAt: expect.any(String),
		});
		expect(queries()).toEqual([{ page: '1', limit: '50' }]);
	});

	it('returns all, in pages of the service’s own limit', async () => {
		await addJobs(101);
		const { rows } = await list({ returnAll: true });
		expect(new Set(rows.map(({ jobId }) => jobId)).size).toBe(101);
		expect(queries()).toEqual(['1', '2', '3'].map((page) => ({ page, limit: '50' })));
	});

	it('cuts a limit above one page', async () => {
		await addJobs(75);
		const { rows } = await list({ limit: 60 });
		expect(rows.map(({ jobId }) => jobId)).toEqual(lab.control.jobIds('lipSync').slice(0, 60));
	});

	it('asks the service for a status', async () => {
		await addJobs(3);
		const [jobId = ''] = lab.control.jobIds('lipSync');
		lab.control.setJobStatus('lipSync', jobId, 'failed');
		const { rows } = await list({ filters: { status: 'failed' } });
		expect(rows).toMatchObject([{ jobId, state: 'failed', failure: { code: expect.any(String) } }]);
		expect(queries()[0]).toEqual({ page: '1', limit: '50', status: 'failed' });
	});

	it.each([
		['a list in data', { success: true, data: jobs('a', 'b') }],
		['items in data', { success: true, data: { items: jobs('a', 'b') } }],
		['tasks without an envelope', { tasks: jobs('a', 'b'), pagination: { has_more: false } }],
		['jobs', { data: { jobs: [...jobs('a', 'b'), { status: 'no id' }, null] } }],
	])('reads %s', async (_name, body) => {
		answerWith(body, { data: [] });
		const { rows } = await list({ returnAll: true });
		expect(rows.map(({ jobId }) => jobId)).toEqual(['a', 'b']);
	});

	it('ends on an empty page, and on one without anything new, whatever the service promises', async () => {
		const more = { has_more: true, total_pages: 1_000 };
		for (const last of [jobs('b', 'a'), []]) {
			answerWith(
				{ data: { tasks: jobs('a', 'b'), pagination: more } },
				{ data: { tasks: last, pagination: more } },
			);
			expect((await list({ returnAll: true })).rows).toHaveLength(2);
		}
		expect(queries()).toHaveLength(4);
	});

	it('ends where the service says that there is no more', async () => {
		answerWith({ data: { tasks: jobs('a'), pagination: { has_more: false } } });
		expect((await list({ returnAll: true })).rows).toHaveLength(1);
		answerWith({ data: { tasks: jobs('a'), pagination: { total_pages: '1' } } });
		expect((await list({ returnAll: true })).rows).toHaveLength(1);
		expect(queries()).toHaveLength(2);
	});

	it('returns no item when there are no jobs', async () => {
		const result = await list();
		expect(result.status).toBe('success');
		expect(result.rows).toEqual([]);
	});

	it('says which fields an answer without a list has', async () => {
		answerWith({ success: true, data: {} }, { success: true, data: {} });
		expect(failureOf(await list()).error).toContain('JSON without a list of jobs');
	});
});
