import {
	JobRound,
	JOBS_PER_PAGE,
	type JobsState,
} from '../../../nodes/FishSpeechTrigger/jobRound.ts';
import type { Job } from '../../../nodes/shared/api/job.ts';

/** A job created that many minutes after midnight; without a number, nobody knows when. */
export function job(jobId: string, state: Job['state'], createdMinutes?: number): Job {
	const createdAt =
		createdMinutes === undefined
			? undefined
			: new Date(Date.UTC(2026, 0, 1) + createdMinutes * 60_000).toISOString();
	return {
		jobId,
		state,
		status: state,
		createdAt,
		completedAt: undefined,
		resultUrl: undefined,
		failure: undefined,
		creditsUsed: undefined,
		quotaRemaining: undefined,
		requestId: undefined,
		progress: undefined,
		raw: {},
	};
}

/** `count` finished jobs a minute apart, the newest first: `prefix0` is the oldest. */
export function finishedJobs(count: number, { prefix = 'job', fromMinutes = 0 } = {}): Job[] {
	return Array.from({ length: count }, (_, index) =>
		job(`${prefix}${index}`, 'succeeded', fromMinutes + index),
	).reverse();
}

export interface RoundResult {
	readonly state: JobsState;
	/** The IDs of the jobs that have finished. */
	readonly fired: readonly string[];
	/** The pages that were read, in order. */
	readonly pages: readonly number[];
	/** The jobs that were asked for by ID. */
	readonly asked: readonly string[];
}

export interface RoundOptions {
	readonly nowMs?: number;
	/** Whether the service says how many pages there are. */
	readonly isCounted?: boolean;
	/** Pages after which there is no time left. */
	readonly hasTimeFor?: number;
}

/** After all jobs of the tests. */
export const LATER_MS = Date.UTC(2027, 0, 1);

/** One poll of a service whose list is `list` at that moment. */
export function pollList(
	state: JobsState | undefined,
	list: readonly Job[],
	{ nowMs = LATER_MS, isCounted = true, hasTimeFor = Number.POSITIVE_INFINITY }: RoundOptions = {},
): RoundResult {
	const round = new JobRound(state, nowMs);
	const totalPages = isCounted ? Math.ceil(list.length / JOBS_PER_PAGE) : undefined;
	const pages: number[] = [];
	for (let page = round.nextPage; page !== undefined; page = round.nextPage) {
		pages.push(page);
		const first = (page - 1) * JOBS_PER_PAGE;
		round.take({
			jobs: list.slice(first, first + JOBS_PER_PAGE),
			totalPages,
			hasMore: undefined,
		});
		if (pages.length >= hasTimeFor) break;
	}
	const asked = round.toAsk(20);
	for (const jobId of asked)
		round.asked(
			jobId,
			list.find((known) => known.jobId === jobId),
		);
	const { state: next, finished } = round.finish();
	// As n8n keeps it.
	const saved: JobsState = JSON.parse(JSON.stringify(next));
	return { state: saved, fired: finished.map(({ jobId }) => jobId), pages, asked };
}

/** Polls the same list until what was there at activation is known. */
export function activate(list: readonly Job[]): JobsState {
	let { state } = pollList(undefined, list);
	for (let polls = 0; !state.isWhole && polls < 100; polls++) ({ state } = pollList(state, list));
	return state;
}
