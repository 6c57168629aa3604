import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../../api/client/apiClient';
import type { Job } from '../../api/job';
import type { PollingOptions } from '../../api/policy/polling';
import { readPollingOptions, waitOptions } from '../parameters/commonOptions';
import { id, type Parameter } from '../parameters/parameter';
import type { ParameterReader } from '../parameters/reader';
import type { MediaName } from '../media/mediaTypes';
import type { Row } from '../rows';
import type { ItemCall } from '../run/itemCall';
import { defineOperation, type Operation } from '../run/operation';
import { deliverJob, type JobDelivery, type JobMedia } from './jobDelivery';
import { waitForJob } from './waitForJob';

/** Jobs of one kind. */
export interface JobKind {
	readonly media: JobMedia;
	readonly exampleId: string;
	readonly names?: JobNames;
	/** Whether jobs that are asked for at the same time are read by one call: then no item waits for a slot. */
	readonly readsTogether?: boolean;
	/** The file's name for a job when only its ID is known. */
	nameOf(jobId: string): MediaName;
	get(client: ApiClient, jobId: string): Promise<Job>;
	/** What the row says about a job. */
	fields(job: Job, call: Pick<ItemCall, 'client'>): IDataObject;
}

/** What the operations and their parameter are called. */
export interface JobNames {
	readonly get: string;
	readonly waitFor: string;
	readonly id: { readonly name: string; readonly displayName: string };
	readonly idDescription: string;
}

const JOB_NAMES: JobNames = {
	get: 'getJob',
	waitFor: 'waitForJob',
	id: { name: 'jobId', displayName: 'Job ID' },
	idDescription: 'The ID that Create Job has returned',
};

interface JobParameters {
	readonly jobId: string;
	readonly delivery: JobDelivery;
}

/** `getJob`: one look at a job, whatever its state, and its media when it is finished. */
export function getJobOperation(kind: JobKind): Operation {
	const jobId = jobIdParameter(kind);
	return defineOperation<JobParameters>({
		name: (kind.names ?? JOB_NAMES).get,
		parameters: [jobId, ...kind.media.parameters],
		read: (reader) => readJob(reader, jobId, kind),
		showsRaw: ({ delivery }) => !delivery.simplify,
		fieldOf: ({ delivery }) => delivery.outputBinaryField,
		execute: async (parameters, call) => {
			if (kind.readsTogether === true) call.releaseSlot();
			const client = call.client.with({ jobId: parameters.jobId });
			const job = await kind.get(client, parameters.jobId);
			return [await jobRow(kind, job, parameters, call)];
		},
	});
}

/** `waitForJob`: polls at once and until the job is finished; a failed job fails the item. */
export function waitForJobOperation(kind: JobKind): Operation {
	const jobId = jobIdParameter(kind);
	return defineOperation<JobParameters & { readonly polling: PollingOptions }>({
		name: (kind.names ?? JOB_NAMES).waitFor,
		parameters: [jobId, ...kind.media.parameters],
		options: waitOptions,
		read: (reader) => ({
			...readJob(reader, jobId, kind),
			polling: readPollingOptions(reader),
		}),
		showsRaw: ({ delivery }) => !delivery.simplify,
		fieldOf: ({ delivery }) => delivery.outputBinaryField,
		execute: async (parameters, call) => {
			const job = await waitForJob(call, {
				...parameters,
				pollAtOnce: true,
				getJob: async (client) => await kind.get(client, parameters.jobId),
			});
			return [await jobRow(kind, job, parameters, call)];
		},
	});
}

function jobIdParameter({ exampleId, names = JOB_NAMES }: JobKind): Parameter<string> {
	return id({
		...names.id,
		default: '',
		required: true,
		placeholder: `e.g. ${exampleId}`,
		description: names.idDescription,
	});
}

function readJob(
	reader: ParameterReader,
	jobId: Parameter<string>,
	{ media }: JobKind,
): JobParameters {
	return { jobId: reader.get(jobId), delivery: media.read(reader) };
}

async function jobRow(
	{ media, fields, nameOf, get }: JobKind,
	job: Job,
	{ jobId, delivery }: JobParameters,
	call: ItemCall,
): Promise<Row> {
	// The job that was asked for, whatever ID its answer shows.
	const asked = { ...job, jobId };
	return await deliverJob(call, media, delivery, {
		job: asked,
		json: fields(asked, call),
		naming: nameOf(jobId),
		getJob: async () => await get(call.client.with({ jobId }), jobId),
	});
}
