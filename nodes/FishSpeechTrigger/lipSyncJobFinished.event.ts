import type { ApiClient } from '../shared/api/client/apiClient';
import { ServiceError } from '../shared/api/errors';
import type { Job } from '../shared/api/job';
import { asWireObject } from '../shared/api/wire';
import {
	collectLipSyncJobs,
	getLipSyncJob,
	listLipSyncJobs,
} from '../shared/fishspeech/lipSyncJobs';
import { lipSyncRow } from '../shared/fishspeechNodes/lipSyncJob';
import { choice } from '../shared/host/parameters/parameter';
import { defineEvent, type EventRow, type Watch } from './event';
import { createdMsOf, JobOrder, oldestFirst } from './jobOrder';
import { JobRound, JOBS_PER_PAGE, jobsState, MOST_PAGES_A_POLL } from './jobRound';

const MOST_ASKED_A_POLL = 20;

const status = choice(
	{
		displayName: 'Status',
		name: 'status',
		default: 'any',
		description: 'Which finished jobs start the workflow',
	},
	['Any', 'any', 'Jobs that have succeeded and jobs that have failed'],
	['Failed', 'failed', 'Jobs that have failed, with the reason'],
	['Succeeded', 'succeeded', 'Jobs whose video is ready'],
);

type Status = 'any' | 'failed' | 'succeeded';

export const lipSyncJobFinished = defineEvent({
	name: 'lipSyncJobFinished',
	parameters: [status],
	state: jobsState,
	read: (reader) => ({ status: reader.get(status) }),
	// Whatever the status, the same jobs are known.
	scope: () => [],

	async poll(parameters, saved, watch) {
		const round = new JobRound(saved, watch.nowMs);
		await readNewPages(round, watch);
		const failure = await askForUnfinished(round, watch);
		const { state, finished } = round.finish();
		const isWanted = (job: Job) => matches(job, parameters.status);
		return {
			state,
			events: finished
				.filter(isWanted)
				.map((job) => ({ id: job.jobId, row: rowOf(job, watch.client) })),
			passedOver: finished.filter((job) => !isWanted(job)).map(({ jobId }) => jobId),
			failure,
		};
	},

	async latest(parameters, watch) {
		const { job, isWhole } = await newestFinished(parameters.status, watch);
		if (job !== undefined) return { row: rowOf(job, watch.client) };
		const kind = parameters.status === 'any' ? 'finished' : parameters.status;
		return {
			missing: {
				message: isWhole
					? `The account has no ${kind} lip sync job yet, so there is none to show.`
					: `The newest part of the list, which could be read in time, has no ${kind} lip sync job, so there is none to show.`,
				action:
					'Create a job with FishSpeech Lip Sync → Create Job, wait until it is finished, then fetch again. An active workflow starts by itself when a job finishes.',
			},
		};
	},
});

async function readNewPages(round: JobRound, { client, hasTime }: Watch): Promise<void> {
	for (let page = round.nextPage; page !== undefined; page = round.nextPage) {
		round.take(await listLipSyncJobs(client, { page, limit: JOBS_PER_PAGE }));
		if (!hasTime()) return;
	}
}

/** A look that fails takes no event away from the jobs that were looked at. Resolves with the failure, if there was one. */
async function askForUnfinished(round: JobRound, { client, hasTime }: Watch): Promise<unknown> {
	for (const jobId of round.toAsk(MOST_ASKED_A_POLL)) {
		if (!hasTime()) return undefined;
		try {
			round.asked(jobId, await getLipSyncJob(client.with({ jobId }), jobId));
		} catch (error) {
			if (isGone(error)) round.asked(jobId, undefined);
			else {
				// The try was its turn: a job that always fails must not keep the others from theirs.
				round.remember(jobId);
				return error;
			}
		}
	}
	return undefined;
}

function isGone(error: unknown): boolean {
	return error instanceof ServiceError && error.details.reason === 'notFound';
}

/** The newest finished job within the pages that one poll reads, or the first where there are no dates. */
async function newestFinished(
	wanted: Status,
	{ client, hasTime }: Watch,
): Promise<{ readonly job: Job | undefined; readonly isWhole: boolean }> {
	const order = new JobOrder();
	const most = MOST_PAGES_A_POLL * JOBS_PER_PAGE;
	let isFound = false;
	let isCut = false;
	const jobs = await collectLipSyncJobs(async (page, limit) => {
		isCut = (isFound && order.found === 'newestFirst') || !hasTime();
		if (isCut) return { jobs: [], totalPages: undefined, hasMore: false };
		const read = await listLipSyncJobs(client, { page, limit });
		for (const job of read.jobs) order.take(createdMsOf(job));
		isFound ||= read.jobs.some((job) => matches(job, wanted));
		return read;
	}, most);
	const finished = jobs.filter((job) => matches(job, wanted));
	const [job] = finished.sort((first, second) => oldestFirst(second, first));
	return { job, isWhole: !isCut && jobs.length < most };
}

function matches({ state }: Job, wanted: Status): boolean {
	return state !== 'running' && (wanted === 'any' || state === wanted);
}

function rowOf(job: Job, client: ApiClient): EventRow {
	// The answer to a look has the job inside an envelope, whose own fields say nothing about it.
	const raw = job.raw.id === undefined ? (asWireObject(job.raw.data) ?? job.raw) : job.raw;
	return { json: lipSyncRow({ ...job, raw }, client), raw };
}
