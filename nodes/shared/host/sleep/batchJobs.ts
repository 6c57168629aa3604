import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../../api/client/apiClient';
import type { ServiceError } from '../../api/errors';
import type { Job } from '../../api/job';
import type { Service } from '../../api/service';
import type { JobMedia } from '../jobs/jobDelivery';

export type Jobs = ReadonlyMap<string, Job>;

/** What is known of jobs by their IDs: an error of those that the service does not tell of when each is asked for alone. */
export type JobsRead = ReadonlyMap<string, Job | ServiceError>;

/** Jobs of a service that reads many at once and calls back when one is finished. */
export interface BatchJobs {
	readonly service: Service;
	readonly media: JobMedia;
	/** What a row says about a finished job. */
	fields(job: Job): IDataObject;
	/** Jobs by their IDs. One that is missing is not known to the service. */
	retrieve(client: ApiClient, ids: readonly string[]): Promise<Jobs>;
	/** The parameters that may hold the text of a job: services put it into their messages. */
	readonly texts: readonly string[];
	/** Whether the text is hidden already in all that a job says. */
	hidesText(job: Job): boolean;
	/** What the node's context calls the jobs that an execution sleeps for, and the ID of each: users read it. */
	readonly listed: { readonly name: string; readonly id: string };
}
