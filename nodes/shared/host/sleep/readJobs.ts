import { caught } from '../../api/caught';
import type { ApiClient } from '../../api/client/apiClient';
import { ServiceError } from '../../api/errors';
import type { Job } from '../../api/job';
import { LONGEST_LAG_MS } from './acceptedJobs';
import type { BatchJobs, JobsRead } from './batchJobs';
import type { SleepState } from './finished';
import { isOfJob, isUnknownJob, JobReader, MOST_IDS, READ_PAUSE_MS } from './jobReader';

/**
 * The jobs of a sleep, read anew; `undefined` when they cannot be read. One that is missing counts as running, unless
 * `asksAlone`: those that are left once all others are finished, and the sleep has lasted for a moment, are then asked for
 * alone. Never rejects.
 */
export async function readJobs(
	{ retrieve }: BatchJobs,
	state: SleepState,
	client: ApiClient,
	{ asksAlone }: { readonly asksAlone: boolean },
): Promise<JobsRead | undefined> {
	const ids = Object.values(state.jobs).map(({ jobId }) => jobId);
	const jobs = new Map<string, Job | ServiceError>();
	const missing = () => ids.filter((id) => !jobs.has(id));
	const { clock, context } = client;
	// The clock may have been set back since.
	const lagMs = Math.min(LONGEST_LAG_MS, state.sinceMs + LONGEST_LAG_MS - clock.now());
	const endOfLagMs = clock.elapsed() + lagMs;
	try {
		const isRefused = await readTogether(retrieve, ids, client, jobs);
		if (!asksAlone) return jobs;
		if (isRefused)
			for (const [id, job] of await readAlone(retrieve, missing(), client))
				if (!(job instanceof ServiceError) || clock.elapsed() >= endOfLagMs) jobs.set(id, job);
		if ([...jobs.values()].some(isRunning)) return jobs;
		if (missing().length > 0) {
			await clock.sleep(Math.max(0, endOfLagMs - clock.elapsed()), context.signal);
			for (const [id, job] of await readAlone(retrieve, missing(), client)) jobs.set(id, job);
		}
		return (await areConfirmed(retrieve, jobs, client)) ? jobs : undefined;
	} catch {
		return undefined;
	}
}

/** Whether what is refused is refused again while the service still tells of others: else it was about the service. */
async function areConfirmed(
	retrieve: BatchJobs['retrieve'],
	jobs: Map<string, Job | ServiceError>,
	client: ApiClient,
): Promise<boolean> {
	const known = [...jobs];
	const refused = known.filter(([, job]) => job instanceof ServiceError && !isUnknownJob(job));
	if (refused.length === 0) return true;
	const [told] = known.find(([, job]) => !(job instanceof ServiceError)) ?? [];
	if (told === undefined) return false;
	const ids = refused.map(([id]) => id);
	for (const [id, job] of await readAlone(retrieve, ids, client)) jobs.set(id, job);
	const [[, job] = []] = await readAlone(retrieve, [told], client);
	return job !== undefined && !(job instanceof ServiceError);
}

/** Adds what reads of many tell. Returns whether the service has refused one of them, which one of its jobs may have spoilt. */
async function readTogether(
	retrieve: BatchJobs['retrieve'],
	ids: readonly string[],
	client: ApiClient,
	jobs: Map<string, Job | ServiceError>,
): Promise<boolean> {
	let isRefused = false;
	for (let start = 0; start < ids.length; start += MOST_IDS) {
		if (start > 0) await client.clock.sleep(READ_PAUSE_MS, client.context.signal);
		try {
			const read = await retrieve(client, ids.slice(start, start + MOST_IDS));
			for (const [id, job] of read) jobs.set(id, job);
		} catch (error) {
			if (!isOfJob(error)) throw caught(error);
			isRefused = true;
		}
	}
	return isRefused;
}

/** Asks for jobs among fewer and fewer, until each is known, or what the service says of it alone. */
async function readAlone(
	retrieve: BatchJobs['retrieve'],
	ids: readonly string[],
	client: ApiClient,
): Promise<ReadonlyArray<readonly [string, Job | ServiceError]>> {
	const reader = new JobReader(retrieve);
	await client.clock.sleep(READ_PAUSE_MS, client.context.signal);
	return await Promise.all(
		ids.map(async (id) => {
			const job = await reader.read(client, id).catch((error: unknown) => {
				if (isOfJob(error)) return error;
				throw caught(error);
			});
			return [id, job] as const;
		}),
	);
}

/** Whether the jobs of these items are finished, or of all. */
export function areFinished(
	{ jobs: asleep }: SleepState,
	jobs: JobsRead,
	items: Iterable<string> = Object.keys(asleep),
): boolean {
	return [...items].every((item) => !isRunning(jobs.get(asleep[item]?.jobId ?? '')));
}

function isRunning(job: Job | ServiceError | undefined): boolean {
	return job === undefined || (!(job instanceof ServiceError) && job.state === 'running');
}
