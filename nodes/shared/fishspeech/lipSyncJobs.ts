import { json, type ApiClient } from '../api/client/apiClient';
import type { Job } from '../api/job';
import { listTooLong, MOST_LISTED, MOST_PAGES } from '../api/listLimits';
import { asWireObject, firstList, firstNumber, isWireObject, type WireObject } from '../api/wire';
import { JOB_STOP_GRACE_MS, readNewJob, readPolledJob, type JobReading } from './jobReading';

/** What a lip-sync job is made from; the service fetches both (contract §7). */
export interface LipSyncMedia {
	readonly videoUrl: string;
	readonly audioUrl: string;
}

export interface LipSyncPage {
	readonly jobs: readonly Job[];
	/** As the service counts; not to be trusted. */
	readonly totalPages: number | undefined;
	readonly hasMore: boolean | undefined;
}

/** `POST /media/lip-sync/jobs` (contract §7). */
export async function createLipSyncJob(client: ApiClient, media: LipSyncMedia): Promise<Job> {
	const { videoUrl, audioUrl } = media;
	return await client.call({
		methodClass: 'create',
		method: 'POST',
		path: '/media/lip-sync/jobs',
		json: { videoUrl, audioUrl },
		graceMs: JOB_STOP_GRACE_MS,
		read: json((body) => readNewJob(body, readingOf(media)), 'a job id'),
	});
}

/** `GET /media/lip-sync/jobs/{jobId}` (contract §7). `sent` is what the job was made from, where that is known. */
export async function getLipSyncJob(
	client: ApiClient,
	jobId: string,
	sent?: LipSyncMedia,
): Promise<Job> {
	return await client.call({
		methodClass: 'read',
		method: 'GET',
		path: '/media/lip-sync/jobs/{id}',
		id: jobId,
		read: json((body) => readPolledJob(body, jobId, readingOf(sent)), 'a job'),
	});
}

/** `GET /media/lip-sync/jobs` (contract §7): one page, counted from 1, of at most 50 jobs. */
export async function listLipSyncJobs(
	client: ApiClient,
	query: { readonly page: number; readonly limit: number; readonly status?: string },
): Promise<LipSyncPage> {
	const { page, limit, status } = query;
	return await client.call({
		methodClass: 'read',
		method: 'GET',
		path: '/media/lip-sync/jobs',
		query: { page, limit, status },
		read: json(readLipSyncPage, 'a list of jobs'),
	});
}

function readingOf(sent: LipSyncMedia | undefined): JobReading {
	return { makesVideo: true, sentVideoUrl: sent?.videoUrl, sentAudioUrl: sent?.audioUrl };
}

/** The wire's names of what a job's row holds. */
export const LIP_SYNC_FIELDS: readonly string[] = [
	...['id', 'taskId', 'status', 'progress'],
	...['resultUrl', 'result_url', 'outputUrl', 'output_url', 'url'],
	...['creditsUsed', 'credits_used', 'createdAt', 'created_at', 'completedAt', 'completed_at'],
	...['error', 'errorCode', 'error_code', 'errorMessage', 'error_message'],
];

const LIST_KEYS = ['tasks', 'items', 'jobs'];

/**
 * Reads one page of `GET /media/lip-sync/jobs`, whose shape nobody documents: a list in `data`, or the legacy one of
 * tasks with a pagination, inside `data` or without it. `undefined` when it has no list. Entries without an id are not jobs.
 */
export function readLipSyncPage(body: WireObject): LipSyncPage | undefined {
	const inner = asWireObject(body.data);
	const list = Array.isArray(body.data) ? body.data : firstList(body, LIST_KEYS);
	if (list === undefined) return undefined;
	const places = [inner?.pagination, body.pagination, inner, body].filter(isWireObject);
	return {
		jobs: list.filter(isWireObject).flatMap((item) => readNewJob(item, { makesVideo: true }) ?? []),
		totalPages: places
			.map((place) => firstNumber(place, ['total_pages', 'totalPages']))
			.find((total) => total !== undefined),
		hasMore: places
			.map((place) => place.has_more ?? place.hasMore)
			.find((flag) => typeof flag === 'boolean'),
	};
}

/** Fetches a page, counted from 1. */
export type FetchLipSyncPage = (page: number, limit: number) => Promise<LipSyncPage>;

/** The service's own limit. */
const LARGEST_PAGE = 50;

/**
 * Jobs page by page until an empty page, a page without a new id, the last page as the service counts, or `limit`,
 * whichever is first. A wrong page count cannot make an endless loop.
 */
export async function collectLipSyncJobs(
	fetchPage: FetchLipSyncPage,
	limit: number,
): Promise<Job[]> {
	// The same for all pages, since the service counts in pages.
	const pageSize = Math.min(LARGEST_PAGE, limit);
	const byId = new Map<string, Job>();
	for (let page = 1; ; page++) {
		if (page > MOST_PAGES || byId.size > MOST_LISTED) throw listTooLong('jobs', byId.size);
		const { jobs, totalPages, hasMore } = await fetchPage(page, pageSize);
		const known = byId.size;
		for (const job of jobs) if (!byId.has(job.jobId)) byId.set(job.jobId, job);
		const isLast = hasMore === false || (totalPages !== undefined && page >= totalPages);
		if (byId.size === known || isLast || byId.size >= limit)
			return [...byId.values()].slice(0, limit);
	}
}
