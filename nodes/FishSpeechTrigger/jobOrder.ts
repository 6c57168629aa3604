import type { Job } from '../shared/api/job';

/** `unclear` while all dates are the same, or there are too few of them. */
export type ListOrder = 'newestFirst' | 'other' | 'unclear';

/** Finds out, job by job, in which order a list stands. */
export class JobOrder {
	private lastMs: number | undefined;
	private hasFallen = false;
	private isOther = false;

	take(createdMs: number | undefined): void {
		const { lastMs } = this;
		if (createdMs === undefined || (lastMs !== undefined && createdMs > lastMs))
			this.isOther = true;
		else if (lastMs !== undefined && createdMs < lastMs) this.hasFallen = true;
		this.lastMs = createdMs;
	}

	get found(): ListOrder {
		if (this.isOther) return 'other';
		return this.hasFallen ? 'newestFirst' : 'unclear';
	}
}

const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/;

/** When a job was created, in milliseconds since the epoch; `undefined` when the service did not say it in a date. */
export function createdMsOf({ createdAt }: Job): number | undefined {
	if (createdAt === undefined) return undefined;
	// Not in n8n's time zone, whose hours come twice in autumn and not at all in spring.
	const ms = Date.parse(
		WITHOUT_ZONE.test(createdAt) ? `${createdAt.replace(' ', 'T')}Z` : createdAt,
	);
	return Number.isNaN(ms) ? undefined : ms;
}

/** For sorting; a job without a date counts as the oldest. */
export function oldestFirst(first: Job, second: Job): number {
	return (createdMsOf(first) ?? 0) - (createdMsOf(second) ?? 0);
}
