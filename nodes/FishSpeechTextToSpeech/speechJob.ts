import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Job } from '../shared/api/jobs';
import { outputBinaryField, simplifyField } from '../shared/host/fields';
import { failureOf } from '../shared/host/jobs';
import { maskedRow } from '../shared/host/rows';
import type { ItemCall, Row } from '../shared/host/operation';
import type { ParameterReader } from '../shared/host/parameters';

/** What is known of the request that a job was made from. */
export interface JobRequest {
	readonly voiceId: string;
	readonly format: string;
	readonly textHash: string;
}

/** What becomes of a finished job's audio. */
export interface JobDelivery {
	readonly downloadAudio: boolean;
	readonly outputBinaryField: string;
	readonly simplify: boolean;
	/** Of the audio file; jobs found by their id are named after it. */
	readonly fileName: string;
	readonly format: string;
}

export const downloadAudioField: INodeProperties = {
	displayName: 'Download Audio',
	name: 'downloadAudio',
	type: 'boolean',
	default: true,
	description:
		'Whether to put the audio of a finished job into the output item. Otherwise the output has its address only, which may expire soon.',
};

const audioFileField: INodeProperties = {
	...outputBinaryField('data', 'the audio file'),
	displayOptions: { show: { downloadAudio: [true] } },
};

/** The parameters of a job's delivery, in the order of the editor. */
export const deliveryFields: readonly INodeProperties[] = [
	downloadAudioField,
	audioFileField,
	simplifyField,
];

export const jobIdField: INodeProperties = {
	displayName: 'Job ID',
	name: 'jobId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. task_123',
	description: 'The ID that Create Job has returned',
};

export function readDelivery(
	reader: ParameterReader,
	name: Pick<JobDelivery, 'fileName' | 'format'>,
): JobDelivery {
	const downloadAudio = reader.boolean('downloadAudio', 'Download Audio');
	return {
		...name,
		downloadAudio,
		outputBinaryField: downloadAudio
			? reader.fieldName('outputBinaryField', 'Output Data Field Name')
			: '',
		simplify: reader.boolean('simplify', 'Simplify'),
	};
}

/** A job as a row, with its audio when it is finished and wanted. */
export async function jobRow(
	job: Job,
	delivery: JobDelivery,
	call: ItemCall,
	about: { readonly jobId: string; readonly request?: JobRequest },
): Promise<Row> {
	const json = jobFields(job, delivery, call, about);
	if (job.state !== 'succeeded' || !delivery.downloadAudio) return { json };
	const { resultUrl } = job;
	if (resultUrl === undefined) {
		call.hint(
			`Job ${about.jobId} has succeeded, but the service named no audio. Ask again later with Get Job.`,
		);
		return { json };
	}
	const context = { ...call.context, jobId: about.jobId };
	const { binary, bytes } = await call.download(
		async () => await call.client.download(resultUrl, call.binaries.sink(delivery), context),
	);
	return {
		json: { ...json, mimeType: binary.mimeType, bytes },
		binary: { [delivery.outputBinaryField]: binary },
	};
}

function jobFields(
	job: Job,
	{ simplify }: JobDelivery,
	call: ItemCall,
	{ jobId, request }: { readonly jobId: string; readonly request?: JobRequest },
): IDataObject {
	const { state, status, resultUrl, creditsUsed, quotaRemaining, requestId, raw } = job;
	const failure = failureOf(job, call);
	return {
		jobId,
		state,
		...(status !== undefined && { status }),
		...request,
		...(resultUrl !== undefined && { audioUrl: resultUrl }),
		...(creditsUsed !== undefined && { creditsUsed }),
		...(quotaRemaining !== undefined && { quotaRemaining }),
		...(requestId !== undefined && { requestId }),
		...(failure !== undefined && { failure }),
		...(!simplify && { raw: maskedRow(raw, call.context) }),
	};
}
