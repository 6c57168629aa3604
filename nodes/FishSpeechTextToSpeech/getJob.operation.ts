import { forOperation, optionsField } from '../shared/host/fields';
import { defineOperation, type ItemParameters } from '../shared/host/operation';
import { callOptionFields } from '../shared/host/optionFields';
import { readCallOptions } from '../shared/host/options';
import { deliveryFields, jobIdField, jobRow, readDelivery, type JobDelivery } from './speechJob';

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
		jobIdField,
		...deliveryFields,
		optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS)),
	]),

	read(reader) {
		const jobId = reader.id('jobId', 'Job ID');
		return {
			call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
			jobId,
			delivery: readDelivery(reader, { fileName: `speech-${jobId}`, format: 'mp3' }),
		};
	},

	async execute({ jobId, delivery }, call) {
		const job = await call.client.getSpeechJob(jobId, { ...call.context, jobId });
		return [await jobRow(job, delivery, call, { jobId })];
	},
});
