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
import { jobRow, SPEECH } from './speechJob';

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
		jobIdField('task_123'),
		...deliveryFields(SPEECH),
		optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS)),
	]),

	read(reader) {
		const jobId = reader.id('jobId', 'Job ID');
		return {
			call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
			jobId,
			delivery: readDelivery(reader, SPEECH, { fileName: `speech-${jobId}`, format: 'mp3' }),
		};
	},

	async execute({ jobId, delivery }, call) {
		const job = await call.client.getSpeechJob(jobId, { ...call.context, jobId });
		return [await jobRow(job, delivery, call, { jobId })];
	},
});
