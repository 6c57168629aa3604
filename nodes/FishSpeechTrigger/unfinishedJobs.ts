/** More are not remembered: those remembered for longest go first, since they may never finish. */
const MOST_UNFINISHED = 500;

export interface UnfinishedJob {
	readonly jobId: string;
	/** When it was last looked at, in milliseconds since the epoch. */
	readonly askedMs: number;
}

/** The jobs that are still to finish, the one remembered for longest first. */
export class UnfinishedJobs {
	private readonly askedMs: Map<string, number>;

	constructor(jobs: readonly UnfinishedJob[] = []) {
		this.askedMs = new Map(jobs.map(({ jobId, askedMs }) => [jobId, askedMs]));
	}

	has(jobId: string): boolean {
		return this.askedMs.has(jobId);
	}

	/** Remembers a job, or that it was looked at again. */
	asked(jobId: string, nowMs: number): void {
		this.askedMs.set(jobId, nowMs);
		for (const oldest of this.askedMs.keys()) {
			if (this.askedMs.size <= MOST_UNFINISHED) return;
			this.askedMs.delete(oldest);
		}
	}

	delete(jobId: string): void {
		this.askedMs.delete(jobId);
	}

	/** The longest unasked first. */
	longestUnasked(most: number, isKnown: (jobId: string) => boolean): string[] {
		return this.list()
			.filter(({ jobId }) => !isKnown(jobId))
			.sort((first, second) => first.askedMs - second.askedMs)
			.slice(0, most)
			.map(({ jobId }) => jobId);
	}

	/** For n8n's static data. */
	list(): UnfinishedJob[] {
		return [...this.askedMs].map(([jobId, askedMs]) => ({ jobId, askedMs }));
	}
}
