import { forOperation, optionsField } from '../shared/host/parameters/fields';
import {
	deliveryFields,
	jobIdField,
	readDelivery,
	type JobDelivery,
} from '../shared/host/jobs/jobDelivery';
import { defineOperation, type ItemParameters } from '../shared/host/run/operation';
import { callOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions } from '../shared/host/parameters/options';
import { maskedRow } from '../shared/host/run/rows';
import { jobRow, LIP_SYNC, videoName } from './lipSyncJob';

const NAME = 'getJob';
const DEFAULT_TIMEOUT_SECONDS = 60;

interface GetJobParameters extends ItemParameters {
	readonly jobId: string;
	readonly delivery: JobDelivery;
}

export const getJob = defineOperation<GetJobParameters>({
	name: NAME,
	creates: false,
	fields: forOperation(NAME, [
		jobIdField('job_123'),
		...deliveryFields(LIP_SYNC),
		optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS)),
	]),

	read(reader) {
		const jobId = reader.id('jobId', 'Job ID');
		return {
			call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
			jobId,
			delivery: readDelivery(reader, LIP_SYNC, videoName(jobId)),
		};
	},

	async execute({ jobId, delivery }, call) {
		const { context } = call;
		const job = await call.client.getLipSyncJob(jobId, { ...context, jobId });
		return [await jobRow(job, delivery, call, { jobId, raw: maskedRow(job.raw, context) })];
	},
});
