import type { FishSpeechClient } from '../../api/client';
import type { Job } from '../../api/endpoints/jobs';
import type { CallContext } from '../../api/http/caller';
import type { PollingOptions } from '../../api/policy/polling';
import { forOperation, optionsField } from '../parameters/fields';
import { callOptionFields, waitOptionFields } from '../parameters/optionFields';
import { readCallOptions, readPollingOptions } from '../parameters/options';
import type { ParameterReader } from '../parameters/parameters';
import {
	defineOperation,
	type ItemCall,
	type ItemParameters,
	type Operation,
	type Row,
} from '../run/operation';
import {
	deliveryFields,
	jobIdField,
	readDelivery,
	type FileNaming,
	type JobDelivery,
	type JobMedia,
} from './jobDelivery';
import { waitForJob } from './jobs';

/** Jobs of one kind, of which nothing is known but their id. */
export interface JobKind {
	readonly media: JobMedia;
	readonly exampleId: string;
	nameOf(jobId: string): FileNaming;
	get(client: FishSpeechClient, jobId: string, context: CallContext): Promise<Job>;
	row(job: Job, delivery: JobDelivery, call: ItemCall, jobId: string): Promise<Row>;
}

interface JobParameters extends ItemParameters {
	readonly jobId: string;
	readonly delivery: JobDelivery;
}

const DEFAULT_TIMEOUT_SECONDS = 60;

/** `getJob`: one look at a job, whatever its state, and its media when it is finished. */
export function getJobOperation(kind: JobKind): Operation {
	return defineOperation<JobParameters>({
		name: 'getJob',
		creates: false,
		fields: forOperation('getJob', [
			jobIdField(kind.exampleId),
			...deliveryFields(kind.media),
			optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS)),
		]),
		read: (reader) => readJobParameters(reader, kind),
		async execute({ jobId, delivery }, call) {
			const job = await kind.get(call.client, jobId, { ...call.context, jobId });
			return [await kind.row(job, delivery, call, jobId)];
		},
	});
}

/** `waitForJob`: polls at once and until the job is finished; a failed job fails the item. */
export function waitForJobOperation(kind: JobKind): Operation {
	return defineOperation<JobParameters & { readonly polling: PollingOptions }>({
		name: 'waitForJob',
		creates: false,
		fields: forOperation('waitForJob', [
			jobIdField(kind.exampleId),
			...deliveryFields(kind.media),
			optionsField([...callOptionFields(DEFAULT_TIMEOUT_SECONDS), ...waitOptionFields]),
		]),
		read: (reader) => ({
			...readJobParameters(reader, kind),
			polling: readPollingOptions(reader),
		}),
		async execute({ jobId, delivery, polling }, call) {
			const job = await waitForJob(call, {
				jobId,
				polling,
				pollAtOnce: true,
				getJob: async (context) => await kind.get(call.client, jobId, context),
			});
			return [await kind.row(job, delivery, call, jobId)];
		},
	});
}

function readJobParameters(reader: ParameterReader, { media, nameOf }: JobKind): JobParameters {
	const jobId = reader.id('jobId', 'Job ID');
	return {
		call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
		jobId,
		delivery: readDelivery(reader, media, nameOf(jobId)),
	};
}
