import {
	collectLipSyncJobs,
	LIP_SYNC_FIELDS,
	listLipSyncJobs,
} from '../shared/fishspeech/lipSyncJobs';
import { pagingParameters, readFilter, readLimit } from '../shared/host/parameters/paging';
import { optionalText } from '../shared/host/parameters/parameter';
import { maskedRow, withOtherFields } from '../shared/host/rows';
import { defineOperation } from '../shared/host/run/operation';
import { LIP_SYNC_JOBS } from './lipSyncJob';

const status = optionalText({
	displayName: 'Status',
	name: 'status',
	type: 'string',
	default: '',
	placeholder: 'e.g. completed',
	description: 'Only jobs with this status, in the words of the service',
});

interface GetAllParameters {
	/** Infinity for all. */
	readonly limit: number;
	readonly status: string | undefined;
}

export const getAll = defineOperation<GetAllParameters>({
	name: 'getAll',
	parameters: pagingParameters,
	filters: [status],
	read: (reader) => ({ limit: readLimit(reader), status: readFilter(reader, status) }),

	async execute({ limit, ...filters }, call) {
		const { client } = call;
		const jobs = await collectLipSyncJobs(
			async (page, pageSize) =>
				await listLipSyncJobs(client, { page, limit: pageSize, ...filters }),
			limit,
		);
		// The fields of every job's row, then whatever else the service tells.
		return jobs.map((job) => {
			const row = withOtherFields(LIP_SYNC_JOBS.fields(job, call), job.raw, LIP_SYNC_FIELDS);
			return { json: { ...maskedRow(row, client.context.secrets), jobId: job.jobId } };
		});
	},
});
