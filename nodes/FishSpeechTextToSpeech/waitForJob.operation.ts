import type { PollingOptions } from '../shared/api/policy/polling';
import { forOperation, optionsField } from '../shared/host/parameters/fields';
import {
	deliveryFields,
	jobIdField,
	readDelivery,
	type JobDelivery,
} from '../shared/host/jobs/jobDelivery';
import { waitForJob as waitFor } from '../shared/host/jobs/jobs';
import { defineOperation, type ItemParameters } from '../shared/host/run/operation';
import { callOptionFields, waitOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions, readPollingOptions } from '../shared/host/parameters/options';
import { jobRow, SPEECH } from './speechJob';

const NAME = 'waitForJob';
const DEFAULT_TIMEOUT_SECONDS = 60;

interface WaitForJobParameters extends ItemParameters {
	readonly jobId: string;
	readonly delivery: JobDelivery;
	readonly polling: PollingOptions;
}

export const waitForJob = defineOperation<WaitForJobParameters>({
	name: NAME,
	creates: false,
	fields: forOperation(NAME, [
		jobIdField('task_123'),
		...deliveryFields(SPEECH),
		optionsField([...callOptionFields(DEFAULT_TIMEOUT_SECONDS), ...waitOptionFields]),
	]),

	read(reader) {
		const jobId = reader.id('jobId', 'Job ID');
		return {
			call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
			jobId,
			delivery: readDelivery(reader, SPEECH, { fileName: `speech-${jobId}`, format: 'mp3' }),
			polling: readPollingOptions(reader),
		};
	},

	async execute({ jobId, delivery, polling }, call) {
		const job = await waitFor(call, {
			jobId,
			polling,
			pollAtOnce: true,
			getJob: async (context) => await call.client.getSpeechJob(jobId, context),
		});
		return [await jobRow(job, delivery, call, { jobId })];
	},
});
