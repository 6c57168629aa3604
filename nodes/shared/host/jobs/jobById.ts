import type { IDataObject } from 'n8n-workflow';

import type { ApiClient } from '../../api/client/apiClient';
import type { Job } from '../../api/job';
import type { PollingOptions } from '../../api/policy/polling';
import { readPollingOptions, waitOptions } from '../parameters/commonOptions';
import { id } from '../parameters/parameter';
import type { MediaName } from '../media/mediaTypes';
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
	/** Whether a job makes something else than media, so that none are missing. */
	hasNoMedia?(job: Job): boolean;
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
	/** Absent for one look. */
	readonly polling: PollingOptions | undefined;
}

/** `getJob`: one look at a job, whatever its state, and its media when it is finished. */
export function getJobOperation(kind: JobKind): Operation {
	return jobOperation(kind, false);
}

/** `waitForJob`: polls at once and until the job is finished; a failed job fails the item. */
export function waitForJobOperation(kind: JobKind): Operation {
	return jobOperation(kind, true);
}

function jobOperation(kind: JobKind, waits: boolean): Operation {
	const { media, exampleId, names = JOB_NAMES, readsTogether = false } = kind;
	const idOfJob = id({
		...names.id,
		type: 'string',
		default: '',
		required: true,
		placeholder: `e.g. ${exampleId}`,
		description: names.idDescription,
	});
	return defineOperation<JobParameters>({
		name: waits ? names.waitFor : names.get,
		parameters: [idOfJob, ...media.parameters],
		options: waits ? waitOptions : [],
		read: (reader) => ({
			jobId: reader.get(idOfJob),
			delivery: media.read(reader),
			polling: waits ? readPollingOptions(reader) : undefined,
		}),
		showsRaw: ({ delivery }) => !delivery.simplify,
		fieldOf: ({ delivery }) => delivery.outputBinaryField,

		async execute({ jobId, delivery, polling }, call) {
			const getJob = async (client: ApiClient) => await kind.get(client, jobId);
			const lookAtJob = async () => await getJob(call.client.with({ jobId }));
			if (readsTogether) call.releaseSlot();
			const job =
				polling === undefined
					? await lookAtJob()
					: await waitForJob(call, { jobId, polling, pollAtOnce: true, getJob });
			// The job that was asked for, whatever ID its answer shows.
			const asked = { ...job, jobId };
			const json = kind.fields(asked, call);
			const naming = kind.nameOf(jobId);
			const hasNoMedia = kind.hasNoMedia?.(asked);
			const result = { job: asked, json, naming, hasNoMedia, getJob: lookAtJob };
			return [await deliverJob(call, media, delivery, result)];
		},
	});
}
