import { collectLipSyncJobs, listLipSyncJobs } from '../shared/fishspeech/lipSyncJobs';
import { lipSyncRow } from '../shared/fishspeechNodes/lipSyncJob';
import { pagingParameters, readFilter, readLimit } from '../shared/host/parameters/paging';
import { optionalText } from '../shared/host/parameters/parameter';
import { defineOperation } from '../shared/host/run/operation';

const status = optionalText({
	displayName: 'Status',
	name: 'status',
	type: 'string',
	default: '',
	placeholder: 'e.g. completed',
	description: 'Only jobs with this status, in the words of the service',
});

export const getAll = defineOperation({
	name: 'getAll',
	parameters: pagingParameters,
	filters: [status],
	read: (reader) => ({
		/** Infinity for all. */
		limit: readLimit(reader),
		status: readFilter(reader, status),
	}),

	async execute({ limit, ...filters }, { client }) {
		const jobs = await collectLipSyncJobs(
			async (page, pageSize) =>
				await listLipSyncJobs(client, { page, limit: pageSize, ...filters }),
			limit,
		);
		return jobs.map((job) => ({ json: lipSyncRow(job, client) }));
	},
});
