import type { PollingOptions } from '../shared/api/policy/polling';
import { forOperation, optionsField } from '../shared/host/parameters/fields';
import {
	deliveryFields,
	noDelivery,
	readDelivery,
	waitingFields,
	type JobDelivery,
} from '../shared/host/jobs/jobDelivery';
import { createAndWait } from '../shared/host/jobs/jobs';
import { defineOperation } from '../shared/host/run/operation';
import {
	callOptionFields,
	createAndWaitOptionFields,
	createOptionFields,
} from '../shared/host/parameters/optionFields';
import { readCallOptions, readPollingOptions } from '../shared/host/parameters/options';
import { formatField, textField, textOptionFields, voiceField } from './fields';
import { jobRow, SPEECH } from './speechJob';
import { readSpeechRequest, type SpeechRequest } from './speechRequest';

const NAME = 'createJob';
const DEFAULT_TIMEOUT_SECONDS = 60;

interface CreateJobParameters extends SpeechRequest {
	readonly delivery: JobDelivery;
	/** Absent when the job is only to be created. */
	readonly polling: PollingOptions | undefined;
}

export const createJob = defineOperation<CreateJobParameters>({
	name: NAME,
	creates: true,
	fields: forOperation(NAME, [
		textField,
		voiceField,
		formatField,
		...waitingFields(deliveryFields(SPEECH)),
		optionsField([
			...callOptionFields(DEFAULT_TIMEOUT_SECONDS),
			...createOptionFields,
			...textOptionFields,
			...createAndWaitOptionFields,
		]),
	]),

	read(reader) {
		const request = readSpeechRequest(reader, readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS));
		const waitForCompletion = reader.boolean('waitForCompletion', 'Wait for Completion');
		return {
			...request,
			delivery: waitForCompletion
				? readDelivery(reader, SPEECH, request)
				: noDelivery(SPEECH, request),
			polling: waitForCompletion ? readPollingOptions(reader) : undefined,
		};
	},

	logicalRequest: ({ body }) => body,

	async execute({ body, voiceId, format, textHash, delivery, polling }, call) {
		const request = { voiceId, format, textHash };
		const job = await createAndWait(call, {
			create: async () => await call.client.createSpeechJob(body, call.context),
			getJob: async (jobId, context) => await call.client.getSpeechJob(jobId, context),
			polling,
			about: { textHash, voiceId },
		});
		return [await jobRow(job, delivery, call, { jobId: job.jobId, request })];
	},
});
