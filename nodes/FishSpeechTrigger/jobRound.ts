import { z } from 'zod/v4';

import { failure, type ServiceError } from '../shared/api/errors';
import type { Job } from '../shared/api/job';
import type { LipSyncPage } from '../shared/fishspeech/lipSyncJobs';
import { createdMsOf, JobOrder, oldestFirst } from './jobOrder';
import { KnownIds, MOST_KNOWN } from './knownIds';

/** The service's own limit. */
export const JOBS_PER_PAGE = 50;
export const MOST_PAGES_A_POLL = 20;

/** A job may appear in the list this long after younger ones and still counts as new. */
const LATE_MS = 10 * 60_000;

/** More unfinished jobs are not remembered: those remembered for longest go first, since they may never finish. */
const MOST_UNFINISHED = 500;

/** What is remembered of the list of jobs between polls. */
export const jobsState = z.object({
	/** Whether what was there at activation is known. */
	isWhole: z.boolean(),
	/** Jobs created before this are not new. */
	markMs: z.number().optional(),
	/** The youngest job when the list was last read as far as needed. */
	newestMs: z.number().optional(),
	/** The youngest job seen. */
	seenMs: z.number().optional(),
	/** Finished jobs that were created after the mark, or nobody knows when. */
	known: z.string(),
	/** When each was last looked at, in milliseconds since the epoch; the one remembered for longest comes first. */
	unfinished: z.array(z.object({ jobId: z.string(), askedMs: z.number() })),
	/** Where the last poll had to stop. */
	nextPage: z.number().optional(),
});
export type JobsState = z.infer<typeof jobsState>;

/**
 * One poll's way through the list of jobs. A list that begins with its newest job is read until nothing on a page is new;
 * any other is read whole, over several polls where it is long.
 */
export class JobRound {
	private readonly known: KnownIds;
	/** Jobs that are still to finish, and when each was last looked at. The one remembered for longest comes first. */
	private readonly unfinished: Map<string, number>;
	private readonly order = new JobOrder();
	private readonly seen = new Set<string>();
	private readonly finished: Job[] = [];
	/** Grows with each poll, so that jobs have their turns whatever the clock does. */
	private readonly turnMs: number;
	private seenMs: number | undefined;
	private pages = 0;
	private page = 1;
	private isOver = false;

	constructor(
		private readonly state: JobsState | undefined,
		private readonly nowMs: number,
	) {
		this.known = new KnownIds(state?.known);
		this.unfinished = new Map(state?.unfinished.map(({ jobId, askedMs }) => [jobId, askedMs]));
		this.turnMs = Math.max(nowMs, ...[...this.unfinished.values()].map((askedMs) => askedMs + 1));
		this.seenMs = state?.seenMs;
	}

	/** What to read next, counted from 1; `undefined` when this poll has read enough. */
	get nextPage(): number | undefined {
		return this.isOver || this.pages >= MOST_PAGES_A_POLL ? undefined : this.page;
	}

	/** Takes the page `nextPage`. Throws `unexpectedResponse` when more jobs without dates come than can be remembered. */
	take({ jobs, totalPages, hasMore }: LipSyncPage): void {
		const { page, seen } = this;
		const seenBefore = seen.size;
		const dates = jobs.map(createdMsOf);
		if (dates.includes(undefined) && page * JOBS_PER_PAGE > MOST_KNOWN) throw tooManyJobs();
		for (const date of dates) this.order.take(date);
		const isNews = jobs.map((job) => this.look(job)).includes(true);
		this.pages++;
		this.page++;
		const isLast =
			hasMore === false ||
			(totalPages !== undefined && page >= totalPages) ||
			seen.size === seenBefore;
		this.isOver = isLast || this.isEnough(jobs, isNews);
	}

	/** Remembered jobs that no page has shown, the longest unasked first. */
	toAsk(most: number): string[] {
		return [...this.unfinished]
			.filter(([jobId]) => !this.seen.has(jobId))
			.sort(([, firstMs], [, secondMs]) => firstMs - secondMs)
			.slice(0, most)
			.map(([jobId]) => jobId);
	}

	/** What a remembered job looks like now; `undefined` when the service does not know it any more. */
	asked(jobId: string, job: Job | undefined): void {
		if (job === undefined) this.unfinished.delete(jobId);
		else this.look({ ...job, jobId });
	}

	/** Remembers a job that is to finish yet. It was just looked at, or could not be: others have their turn first. */
	remember(jobId: string): void {
		this.unfinished.set(jobId, this.turnMs);
		for (const oldest of this.unfinished.keys()) {
			if (this.unfinished.size <= MOST_UNFINISHED) return;
			this.unfinished.delete(oldest);
		}
	}

	/** What the next poll gets, and the jobs that have finished, the oldest first. */
	finish(): { readonly state: JobsState; readonly finished: readonly Job[] } {
		const { state, seenMs, isWatching } = this;
		const isComplete = this.isOver || (!isWatching && this.order.found === 'newestFirst');
		return {
			finished: this.finished.sort(oldestFirst),
			state: {
				isWhole: isWatching || isComplete,
				known: this.known.pack(),
				unfinished: [...this.unfinished].map(([jobId, askedMs]) => ({ jobId, askedMs })),
				seenMs,
				markMs: this.nextMarkMs(),
				newestMs: isComplete ? this.notAhead(seenMs) : state?.newestMs,
				nextPage: isComplete ? undefined : this.page,
			},
		};
	}

	/** Whether an earlier poll has seen what was there at activation, so that what is unknown is new. */
	private get isWatching(): boolean {
		return this.state?.isWhole === true;
	}

	/** Whether the job is news. */
	private look(job: Job): boolean {
		const { jobId } = job;
		const createdMs = createdMsOf(job);
		const wasUnfinished = this.unfinished.has(jobId);
		const isNew = this.isWatching && !wasUnfinished && this.isNew(jobId, createdMs);
		this.seen.add(jobId);
		if (createdMs !== undefined) this.seenMs = Math.max(createdMs, this.seenMs ?? createdMs);
		if (job.state === 'running') {
			this.remember(jobId);
			return isNew;
		}
		this.unfinished.delete(jobId);
		if (wasUnfinished || isNew) this.finished.push(job);
		if (createdMs === undefined || createdMs >= this.rememberedFromMs) this.known.add(jobId);
		return isNew;
	}

	private isNew(jobId: string, createdMs: number | undefined): boolean {
		const { markMs } = this.state ?? {};
		const isOld = createdMs !== undefined && markMs !== undefined && createdMs < markMs;
		return !isOld && !this.known.has(jobId);
	}

	/** Finished jobs created before this need no ID: their date tells that they are old. */
	private get rememberedFromMs(): number {
		const fromMs = this.isWatching ? this.state?.markMs : this.notAhead(this.seenMs);
		return fromMs ?? Number.NEGATIVE_INFINITY;
	}

	/** Whether the rest of the list holds nothing new. Else sets where to read on. */
	private isEnough(jobs: readonly Job[], isNews: boolean): boolean {
		const { nextPage: resumeAt } = this.state ?? {};
		const isNewestFirst = this.order.found === 'newestFirst';
		if (isNewestFirst && !this.isWatching) return jobs.every(({ state }) => state !== 'running');
		const oldestMs = Math.min(...jobs.map((job) => createdMsOf(job) ?? Number.POSITIVE_INFINITY));
		if (isNewestFirst && oldestMs < (this.state?.markMs ?? Number.NEGATIVE_INFINITY)) return true;
		if (isNewestFirst && isNews) return false;
		// One page earlier, should a job have left the list since.
		this.page = Math.max(this.page, (resumeAt ?? 0) - 1);
		return isNewestFirst && resumeAt === undefined;
	}

	/** Jobs that came while a long list was read belong to the next round: the mark follows the round before. */
	private nextMarkMs(): number | undefined {
		if (!this.isWatching) return this.notAhead(this.seenMs);
		const { markMs, newestMs } = this.state ?? {};
		if (newestMs === undefined) return markMs;
		return Math.max(newestMs - LATE_MS, markMs ?? Number.NEGATIVE_INFINITY);
	}

	/** A date in the future is not believed: all jobs until then would count as old. */
	private notAhead<T extends number | undefined>(ms: T): T | number {
		return ms === undefined ? ms : Math.min(ms, this.nowMs);
	}
}

function tooManyJobs(): ServiceError {
	return failure(
		'unexpectedResponse',
		`The list has more than ${MOST_KNOWN} jobs without a date, so new ones cannot be told from old ones.`,
		{
			action:
				'Wait for each job in the workflow that creates it, with Wait for Completion or Wait for Job.',
			attempts: 1,
		},
	);
}
