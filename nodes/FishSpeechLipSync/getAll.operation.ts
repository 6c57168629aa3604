import type { CreatedJob } from '../shared/api/endpoints/jobs';
import { collectLipSyncJobs, LIP_SYNC_FIELDS } from '../shared/api/endpoints/lipSync';
import { withOtherFields } from '../shared/api/endpoints/readers';
import { filtersField, forOperation, optionsField } from '../shared/host/parameters/fields';
import {
	defineOperation,
	type ItemCall,
	type ItemParameters,
	type Row,
} from '../shared/host/run/operation';
import { callOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions } from '../shared/host/parameters/options';
import { pagingFields, readFilter, readLimit } from '../shared/host/parameters/paging';
import { maskedRow } from '../shared/host/run/rows';
import { jobFields } from './lipSyncJob';

const NAME = 'getAll';
const DEFAULT_TIMEOUT_SECONDS = 60;

interface GetAllParameters extends ItemParameters {
	/** Infinity for all. */
	readonly limit: number;
	readonly status: string | undefined;
}

export const getAll = defineOperation<GetAllParameters>({
	name: NAME,
	creates: false,
	fields: forOperation(NAME, [
		...pagingFields,
		filtersField([
			{
				displayName: 'Status',
				name: 'status',
				type: 'string',
				default: '',
				placeholder: 'e.g. completed',
				description: 'Only jobs with this status, in the words of the service',
			},
		]),
		optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS)),
	]),

	read: (reader) => ({
		call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
		limit: readLimit(reader),
		status: readFilter(reader, 'status', 'Status'),
	}),

	async execute({ limit, status }, call) {
		const jobs = await collectLipSyncJobs(
			async (page, pageSize) =>
				await call.client.listLipSyncJobs({ page, limit: pageSize, status }, call.context),
			limit,
		);
		return jobs.map((job) => listRow(job, call));
	},
});

/** The fields of every job's row, whatever else the service tells after them. */
function listRow(job: CreatedJob, call: ItemCall): Row {
	const known = jobFields(job, call);
	return { json: maskedRow(withOtherFields(known, job.raw, LIP_SYNC_FIELDS), call.context) };
}
